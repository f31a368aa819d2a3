//! Removes what is ours and no longer desired.

use std::collections::HashSet;

use kube::api::{DeleteParams, Patch, PatchParams, Preconditions, PropagationPolicy};
use kube::core::ApiResource;
use serde_json::json;

use super::context::Context;
use super::error::{Error, is_another, is_not_found, is_outdated};
use super::key::Name;
use super::live::Live;
use super::subject::Subject;
use super::{gather, stores};
use crate::desired::Prune;
use crate::object::{KINDS, Object, Ownership, Rank};

/// Deletes autoscalers of a service that are not in `desired`, before another kind of them is applied: two would work
/// against each other, and KEDA refuses to be the second.
pub(crate) async fn autoscalers(
    cx: &Context,
    subject: Subject<'_>,
    desired: &[Object],
    prune: Prune,
) -> Result<usize, Error> {
    let another = desired.iter().any(|object| object.kind().rank == Rank::Scaling);
    match prune {
        Prune::Nothing => Ok(0),
        Prune::KeepRunning | Prune::All if !another => Ok(0),
        Prune::KeepRunning | Prune::All => objects(cx, subject, desired, Prune::KeepRunning).await,
    }
}

/// Deletes a service's own objects that are not in `desired`, and lets go of shared ones; how many it was.
pub(crate) async fn objects(
    cx: &Context,
    subject: Subject<'_>,
    desired: &[Object],
    prune: Prune,
) -> Result<usize, Error> {
    if prune == Prune::Nothing {
        return Ok(0);
    }
    let wanted: HashSet<(&str, &str)> = desired
        .iter()
        .filter_map(|object| Some((object.kind().kind, object.metadata().name.as_deref()?)))
        .collect();
    let mut removed = 0;
    for kind in KINDS {
        if kind.rank != Rank::Scaling && prune == Prune::KeepRunning {
            continue;
        }
        for (name, live) in gather::own(cx, kind, subject.key, subject.uid) {
            if live.deleting || wanted.contains(&(kind.kind, name.name.as_str())) {
                continue;
            }
            let resource = stores::child_resource(kind);
            match kind.ownership {
                Ownership::Service => {
                    if !is_own(&live, subject) {
                        continue;
                    }
                    cx.metrics.requested(kind.kind, "delete");
                    delete(cx, &resource, &name, &live).await?;
                }
                Ownership::Shared => {
                    cx.metrics.requested(kind.kind, "release");
                    let released = release(cx, subject, &resource, &name, &live).await?;
                    if let Some(object) = released {
                        cx.answer_child(kind, object, subject.key);
                    }
                }
                Ownership::Retained => continue,
            }
            removed += 1;
        }
    }
    Ok(removed)
}

/// What [`objects`] would remove, as `Kind name`.
pub(crate) fn surplus(cx: &Context, subject: Subject<'_>, desired: &[Object], prune: Prune) -> Vec<String> {
    if prune == Prune::Nothing {
        return Vec::new();
    }
    let is_wanted = |kind: &str, name: &str| {
        let mut wanted = desired.iter();
        wanted.any(|object| object.kind().kind == kind && object.metadata().name.as_deref() == Some(name))
    };
    let mut all = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.ownership == Ownership::Service) {
        for (name, live) in gather::own(cx, kind, subject.key, subject.uid) {
            if is_own(&live, subject) && !live.deleting && !is_wanted(kind.kind, &name.name) {
                all.push(format!("{} {}", kind.kind, name.name));
            }
        }
    }
    all
}

/// Whether an object is the service's alone, or was an earlier one's of its name and is nobody's now.
fn is_own(live: &Live, subject: Subject<'_>) -> bool {
    live.owners().any(|owner| owner.controller && owner.uid == subject.uid)
        || stores::is_left_behind(live, &subject.key.name.name)
}

/// Deletes exactly the object that was looked at.
pub(crate) async fn delete(
    cx: &Context,
    resource: &ApiResource,
    name: &Name,
    live: &Live,
) -> Result<(), Error> {
    let preconditions = Preconditions { uid: Some(live.uid.clone()), resource_version: None };
    let params = DeleteParams {
        preconditions: Some(preconditions),
        propagation_policy: Some(PropagationPolicy::Background),
        ..DeleteParams::default()
    };
    let api = cx.api(resource, name);
    let failed = |error| Error::api("delete", &resource.kind, name, error);
    match api.delete(&name.name, &params).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) if is_outdated(&error) => {
            // Another object by now, or somebody else was only faster: no watch tells of what did not change.
            let found = api.get_opt(&name.name).await.map_err(failed)?;
            let same = found.is_some_and(|found| found.metadata.uid.as_deref() == Some(&*live.uid));
            if same { Err(failed(error)) } else { Ok(()) }
        }
        Err(error) => Err(failed(error)),
    }
}

/// Takes our owner reference out of an object that others may use; the object as it is then.
pub(crate) async fn release(
    cx: &Context,
    subject: Subject<'_>,
    resource: &ApiResource,
    name: &Name,
    live: &Live,
) -> Result<Option<kube::core::DynamicObject>, Error> {
    let patch = json!({"metadata": {
        "uid": live.uid,
        "ownerReferences": [{"$patch": "delete", "uid": subject.uid}],
    }});
    let params = PatchParams { field_manager: Some(subject.shared_manager()), ..PatchParams::default() };
    let api = cx.api(resource, name);
    match api.patch(&name.name, &params, &Patch::Strategic(&patch)).await {
        Ok(object) => Ok(Some(object)),
        Err(error) if is_another(&error) || is_not_found(&error) => Ok(None),
        Err(error) => Err(Error::api("release", &resource.kind, name, error)),
    }
}
