//! Writes counts: the one in force into the spec, where the `scale` subresource reads and writes it, and those of
//! workloads of which nothing else can be decided.

use std::collections::BTreeMap;

use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::context::Context;
use super::error::{Error, is_another, is_not_found, status};
use super::key::{Key, Name};
use super::stores;
use super::subject::Subject;
use crate::api::labels;
use crate::object::KINDS;

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

/// Sets the counts of Deployments, by name, and nothing else of them; how many it was.
pub(crate) async fn children(
    cx: &Context,
    subject: Subject<'_>,
    counts: &BTreeMap<String, i32>,
) -> Result<usize, Error> {
    let Some(kind) = KINDS.iter().find(|kind| kind.kind == "Deployment") else { return Ok(0) };
    let mut written = 0;
    for (child, count) in counts {
        let name = Name::new(&*subject.key.name.namespace, child.as_str());
        let Some(live) = cx.stores.children(kind).get(&name).filter(|live| !live.deleting) else { continue };
        let patch = json!({"metadata": {"uid": live.uid}, "spec": {"replicas": count}});
        let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
        cx.metrics.requested(kind.kind, "scale");
        match cx.api(&stores::child_resource(kind), &name).patch(child, &params, &Patch::Merge(&patch)).await
        {
            Ok(answer) => {
                cx.answer_child(kind, answer, subject.key);
                written += 1;
            }
            // Gone, or another one by now, which the watch tells of.
            Err(error) if is_not_found(&error) || is_another(&error) => {}
            Err(error) => return Err(Error::api("scale", kind.kind, &name, error)),
        }
    }
    Ok(written)
}
