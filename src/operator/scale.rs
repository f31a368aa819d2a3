//! Writes the count in force into the spec, where the `scale` subresource reads and writes it.

use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::context::Context;
use super::error::{Error, status};
use super::key::Key;
use super::stores;
use crate::api::labels;

/// Writes `kubernetes.scaledCount` of the spec that was looked at; a spec that has changed since is a conflict,
/// and decided about again.
pub(crate) async fn write(cx: &Context, key: &Key, count: i32) -> Result<(), Error> {
    let Some((_, version)) = cx.stores.root(key.root).get_versioned(&key.name) else {
        return Ok(());
    };
    let patch = json!({
        "metadata": {"resourceVersion": version.to_string()},
        "spec": {"kubernetes": {"scaledCount": count}},
    });
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    let api = cx.api(&stores::root_resource(key.root), &key.name);
    cx.metrics.requested(key.root.kind(), "scale");
    match api.patch(&key.name.name, &params, &Patch::Merge(&patch)).await {
        Ok(answer) => {
            cx.answer_root(key.root, answer, key);
            Ok(())
        }
        Err(error) if status(&error).is_some_and(kube::core::Status::is_not_found) => Ok(()),
        Err(error) => Err(Error::api("scale", key.root.kind(), &key.name, error)),
    }
}
