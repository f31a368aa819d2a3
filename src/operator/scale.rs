//! Writes counts: the one in force into the spec, where the `scale` subresource reads and writes it, and those of
//! workloads of which nothing else can be decided.

use std::collections::BTreeMap;

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::context::Context;
use super::error::{Error, is_another, is_not_found, is_outdated};
use super::key::Name;
use super::stores;
use super::subject::Subject;
use crate::api::labels;
use crate::desired::World;
use crate::object::KINDS;
use crate::rollout::count::{self, TakenOver};

/// What became of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is in the spec, unless the service is gone.
    Done,
    /// Somebody has scaled since it was decided: that one's count stands.
    Overtaken,
}

/// Writes `kubernetes.scaledCount` of the service that was looked at, which had this version, and beside it which `desiredCount`
/// has had its turn with it. One that has changed since is a conflict, and decided about again; where only its count has changed, whoever changed it came later.
pub(crate) async fn write(
    cx: &Context,
    subject: Subject<'_>,
    (world, version): (&World, u64),
    count: i32,
) -> Result<Written, Error> {
    let (root, name) = (subject.key.root, &subject.key.name);
    let taken_over = TakenOver::of(&world.uid, world.generation, &world.spec);
    let patch = json!({
        "metadata": {
            "resourceVersion": version.to_string(),
            "annotations": {labels::TAKEN_OVER: json!(taken_over).to_string()},
        },
        "spec": {"kubernetes": {"scaledCount": count}},
    });
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    let api = cx.api(&stores::root_resource(root), name);
    cx.metrics.requested(root.kind(), "scale");
    let failed = |error| Error::api("scale", root.kind(), name, error);
    match api.patch(&name.name, &params, &Patch::Merge(&patch)).await {
        Ok(answer) => {
            cx.answer_root(root, answer, subject.key);
            Ok(Written::Done)
        }
        Err(error) if is_not_found(&error) => Ok(Written::Done),
        Err(error) if is_outdated(&error) => {
            let Some(found) = api.get_opt(&name.name).await.map_err(failed)? else {
                return Ok(Written::Done);
            };
            let same = found.metadata.uid.as_deref() == Some(subject.uid);
            if !same || !is_scaled(&world.spec, found.data.get("spec").unwrap_or(&Value::Null)) {
                return Err(failed(error));
            }
            cx.answer_root(root, found, subject.key);
            Ok(Written::Overtaken)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Whether somebody has scaled between two specs, and declared no other count.
fn is_scaled(before: &Value, after: &Value) -> bool {
    let scaled = |spec: &Value| spec.pointer("/kubernetes/scaledCount").cloned();
    count::declared(before) == count::declared(after) && scaled(before) != scaled(after)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_scales_while_a_count_is_taken_over_came_later_and_who_declares_another_one_is_heard() {
        let spec = |declared: i32, scaled: Option<i32>| json!({"desiredCount": declared, "kubernetes": {"scaledCount": scaled}});
        assert!(is_scaled(&spec(5, Some(3)), &spec(5, Some(7))));
        assert!(is_scaled(&json!({"desiredCount": 5}), &spec(5, Some(7))));
        assert!(!is_scaled(&spec(5, Some(3)), &spec(5, Some(3))), "something else has changed");
        assert!(!is_scaled(&spec(5, Some(3)), &spec(6, Some(7))));
    }
}
