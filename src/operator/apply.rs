//! Desired objects → the API server: rank by rank, and only what differs.

use std::sync::Arc;

use futures::future::join_all;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::context::Context;
use super::error::{Error, is_outdated, is_refusal, words};
use super::key::Name;
use super::live::Live;
use super::prune;
use super::server_side;
use super::stores;
use super::subject::Subject;
use super::subset::is_subset;
use crate::api::labels;
use crate::desired::{Prune, Refusal};
use crate::model::name::hash_json;
use crate::object::{KINDS, Kind, Object, Ownership, Rank};

/// How often an object is looked at again because somebody else was faster.
const ATTEMPTS: usize = 3;

/// Kinds that only lead to tasks: no task does less, or may more, without them.
const LEADS: &[&str] = &["Service", "TargetGroupBinding", "Ingress", "HTTPRoute"];

/// What applying came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Objects that were written.
    pub(crate) written: usize,
    /// Autoscalers that had to make way for others.
    pub(crate) removed: usize,
    /// Objects that could not be.
    pub(crate) refused: Vec<Refusal>,
}

/// Applies objects, those of one rank at the same time. A refusal ends it after its rank, because what comes later
/// builds on it; but see [`goes_on`].
pub(crate) async fn objects(
    cx: &Context,
    subject: Subject<'_>,
    objects: &[Object],
    prune: Prune,
) -> Result<Applied, Error> {
    let mut applied = Applied::default();
    let mut ranks: Vec<_> = objects.iter().map(|object| object.kind().rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let runs = objects.iter().any(|object| runs(cx, subject, object));
    for rank in ranks {
        if rank == Rank::Scaling {
            applied.removed = prune::autoscalers(cx, subject, objects, prune).await?;
        }
        let of_rank: Vec<_> = objects.iter().filter(|object| object.kind().rank == rank).collect();
        let outcomes = join_all(of_rank.iter().map(|object| one(cx, subject, object))).await;
        let mut kinds = Vec::new();
        for (object, outcome) in of_rank.iter().zip(outcomes) {
            match outcome? {
                Outcome::Unchanged => {}
                Outcome::Written => applied.written += 1,
                Outcome::Refused(refusal) => {
                    applied.refused.push(refusal);
                    kinds.push(object.kind().kind);
                }
            }
        }
        if !goes_on(&kinds, runs) {
            break;
        }
    }
    Ok(applied)
}

/// Whether later ranks are applied although these kinds were refused. The count of a service that runs, and its way
/// back, must not depend on a name that somebody else has; one that does not run yet waits until all leads to it.
fn goes_on(refused: &[&str], runs: bool) -> bool {
    refused.is_empty() || runs && refused.iter().all(|kind| LEADS.contains(kind))
}

/// Whether an object is a workload that is there already, and ours.
fn runs(cx: &Context, subject: Subject<'_>, object: &Object) -> bool {
    let kind = object.kind();
    let name = Name::new(&*subject.key.name.namespace, object.metadata().name.clone().unwrap_or_default());
    kind.rank == Rank::Workload
        && cx
            .stores
            .children(kind)
            .get(&name)
            .is_some_and(|live| !live.deleting && claim(kind.ownership, &live, subject) == Claim::Ours)
}

enum Outcome {
    Unchanged,
    Written,
    Refused(Refusal),
}

async fn one(cx: &Context, subject: Subject<'_>, object: &Object) -> Result<Outcome, Error> {
    let kind = object.kind();
    let namespace = if kind.namespaced { subject.key.name.namespace.as_str() } else { "" };
    let name = Name::new(namespace, object.metadata().name.clone().unwrap_or_default());
    let body = complete(object, subject, kind);
    let refused = |message: String, foreign: bool| {
        Outcome::Refused(Refusal { object: format!("{} {}", kind.kind, name.name), message, foreign })
    };
    let mut live = cx.stores.children(kind).get(&name);
    if live.is_none() && cx.was_foreign(kind, &name) {
        live = fetch(cx, kind, &name).await?;
    }
    for attempt in 1..=ATTEMPTS {
        if let Some(live) = &live {
            match claim(kind.ownership, live, subject) {
                Claim::Foreign => {
                    cx.remember_foreign(kind, &name, true);
                    let message =
                        "exists already and belongs to somebody else; rename or remove it".to_owned();
                    return Ok(refused(message, true));
                }
                Claim::Leftover => {
                    return Err(Error::Leftover { object: format!("{} {name}", kind.kind) });
                }
                // Its removal will be seen; until then nothing that is written to it lasts.
                Claim::Ours if live.deleting => return Ok(Outcome::Unchanged),
                Claim::Ours if is_released(cx, live) => {
                    return match offer_again(cx, subject, kind, &name, live).await {
                        Ok(()) => Ok(Outcome::Written),
                        Err(error) => Err(Error::api("release", kind.kind, &name, error)),
                    };
                }
                Claim::Ours if is_as_desired(&body, live) => return Ok(Outcome::Unchanged),
                Claim::Ours => {}
            }
        }
        cx.remember_foreign(kind, &name, false);
        match patch(cx, subject, kind, &name, &body, live.as_deref()).await {
            Ok(()) => return Ok(Outcome::Written),
            Err(error) if is_refusal(&error) => return Ok(refused(words(&error), false)),
            Err(error) if attempt < ATTEMPTS && is_outdated(&error) => {
                live = fetch(cx, kind, &name).await?;
            }
            Err(error) => return Err(Error::api("apply", kind.kind, &name, error)),
        }
    }
    Ok(Outcome::Unchanged)
}

/// What applying an object would come to.
#[derive(Debug)]
pub(crate) enum Preview {
    /// Nothing would change.
    Same,
    /// It would be written.
    Changed {
        /// As it is.
        live: Option<Value>,
        /// As it would be.
        new: Value,
    },
    /// It would not be.
    Refused {
        /// As it is.
        live: Option<Value>,
        /// Why.
        why: String,
    },
}

/// Asks the API server what applying an object would come to. `is_new` is whether its owner is not there yet.
pub(crate) async fn preview(
    cx: &Context,
    subject: Subject<'_>,
    object: &Object,
    is_new: bool,
) -> Result<Preview, Error> {
    let kind = object.kind();
    let namespace = if kind.namespaced { subject.key.name.namespace.as_str() } else { "" };
    let name = Name::new(namespace, object.metadata().name.clone().unwrap_or_default());
    let mut body = complete(object, subject, kind);
    let found = match cx.stores.children(kind).get(&name) {
        None => fetch(cx, kind, &name).await?,
        found => found,
    };
    let live = found.as_ref().map(|found| found.value.clone());
    if let Some(found) = &found {
        match claim(kind.ownership, found, subject) {
            Claim::Foreign => {
                let why = "exists already and belongs to somebody else; rename or remove it".to_owned();
                return Ok(Preview::Refused { live, why });
            }
            Claim::Ours if is_as_desired(&body, found) => return Ok(Preview::Same),
            Claim::Ours | Claim::Leftover => {}
        }
    }
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut).filter(|_| is_new) {
        metadata.remove("ownerReferences");
    }
    let manager = match kind.ownership {
        Ownership::Shared => subject.shared_manager(),
        Ownership::Service | Ownership::Retained => labels::MANAGER.to_owned(),
    };
    let params = PatchParams { dry_run: true, ..PatchParams::apply(&manager).force() };
    let resource = stores::child_resource(kind);
    match server_side::apply(&cx.api(&resource, &name), &name.name, &params, &body).await {
        Ok(answer) => Ok(Preview::Changed { live, new: stores::live(&resource, answer).2.value }),
        Err(error) if is_refusal(&error) => Ok(Preview::Refused { live, why: words(&error) }),
        Err(error) => Err(Error::api("dry-run", kind.kind, &name, error)),
    }
}

/// Whose a live object of the wanted name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// Ours to write.
    Ours,
    /// Somebody else's, not to be touched.
    Foreign,
    /// Of a deleted custom resource of the same name; garbage collection is on its way.
    Leftover,
}

fn claim(ownership: Ownership, live: &Live, subject: Subject<'_>) -> Claim {
    let made_by_us = live.annotation(labels::APPLIED).is_some();
    match ownership {
        // Whoever made an object of that name before us decides what it does.
        Ownership::Retained if made_by_us => Claim::Ours,
        Ownership::Shared if made_by_us || live.is_owned_by(subject.uid) => Claim::Ours,
        Ownership::Retained | Ownership::Shared => Claim::Foreign,
        Ownership::Service => {
            let own_name = subject.key.name.name.as_str();
            match live.owners().find(|owner| owner.controller) {
                Some(owner) if owner.uid == subject.uid => Claim::Ours,
                Some(owner) if owner.kind == subject.key.root.kind() && owner.name == own_name => {
                    Claim::Leftover
                }
                Some(_) => Claim::Foreign,
                None if stores::is_left_behind(live, own_name) => Claim::Ours,
                None => Claim::Foreign,
            }
        }
    }
}

/// The manifest as it is sent: with owner, our label, and the hash of what is wanted.
fn complete(object: &Object, subject: Subject<'_>, kind: &Kind) -> Value {
    let mut body = object.to_value();
    set(&mut body, "labels", labels::MANAGED_BY, labels::MANAGED_BY_US.into());
    // The owner is no part of it: services that share an object want the same.
    let wanted = hash_json(&body, 16);
    set(&mut body, "annotations", labels::APPLIED, wanted.into());
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
        if kind.namespaced {
            metadata.insert("namespace".into(), subject.key.name.namespace.clone().into());
        }
        let owner = match kind.ownership {
            Ownership::Service => Some(subject.controller_reference()),
            Ownership::Shared => Some(subject.shared_reference()),
            Ownership::Retained => None,
        };
        if let Some(owner) = owner {
            metadata.insert("ownerReferences".into(), json!([owner]));
        }
    }
    body
}

fn set(body: &mut Value, map: &str, key: &str, value: Value) {
    let metadata = body.get_mut("metadata").and_then(Value::as_object_mut);
    let entries = metadata.map(|metadata| metadata.entry(map).or_insert_with(|| json!({})));
    if let Some(entries) = entries.and_then(Value::as_object_mut) {
        entries.insert(key.into(), value);
    }
}

/// Whether a request would change nothing.
fn is_as_desired(body: &Value, live: &Live) -> bool {
    let wanted = body.pointer("/metadata/annotations").and_then(|a| a.get(labels::APPLIED)?.as_str());
    live.annotation(labels::APPLIED) == wanted && is_subset(body, &live.value)
}

/// Whether this is bound to a claim, or a snapshot, that is gone. It still names that one by uid, so a new one of the
/// same name would wait for it for ever.
fn is_released(cx: &Context, live: &Live) -> bool {
    match live.text("/kind") {
        Some("PersistentVolume") => live.text("/status/phase") == Some("Released"),
        Some("VolumeSnapshotContent") => {
            let of = |member: &str| live.text(&format!("/spec/volumeSnapshotRef/{member}"));
            let name = Name::new(of("namespace").unwrap_or_default(), of("name").unwrap_or_default());
            let snapshot = KINDS.iter().find(|kind| kind.kind == "VolumeSnapshot");
            let snapshot = snapshot.and_then(|kind| cx.stores.children(kind).get(&name));
            of("uid").zip(snapshot).is_some_and(|(uid, snapshot)| snapshot.uid != uid)
        }
        _ => false,
    }
}

/// Lets the claim, or the snapshot, of the same name have what was released: it is of the same content again.
async fn offer_again(
    cx: &Context,
    subject: Subject<'_>,
    kind: &'static Kind,
    name: &Name,
    live: &Live,
) -> Result<(), kube::Error> {
    let reference = if kind.kind == "PersistentVolume" { "claimRef" } else { "volumeSnapshotRef" };
    let body = json!({
        "metadata": {"uid": live.uid},
        "spec": {reference: {"uid": null, "resourceVersion": null}},
    });
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    cx.metrics.requested(kind.kind, "release");
    let api = cx.api(&stores::child_resource(kind), name);
    let answer = api.patch(&name.name, &params, &Patch::Merge(&body)).await?;
    cx.answer_child(kind, answer, subject.key);
    Ok(())
}

async fn patch(
    cx: &Context,
    subject: Subject<'_>,
    kind: &'static Kind,
    name: &Name,
    body: &Value,
    live: Option<&Live>,
) -> Result<(), kube::Error> {
    let mut body = body.clone();
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
        // Either exactly the object that was looked at, or, by a version that no object has, none at all.
        match live {
            Some(live) => metadata.insert("uid".into(), live.uid.clone().into()),
            None => metadata.insert("resourceVersion".into(), "1".into()),
        };
    }
    let manager = match kind.ownership {
        Ownership::Shared => subject.shared_manager(),
        Ownership::Service | Ownership::Retained => labels::MANAGER.to_owned(),
    };
    let api = cx.api(&stores::child_resource(kind), name);
    cx.metrics.requested(kind.kind, "apply");
    let params = PatchParams::apply(&manager).force();
    let answer = server_side::apply(&api, &name.name, &params, &body).await?;
    cx.answer_child(kind, answer, subject.key);
    Ok(())
}

/// Reads an object that the caches do not have: one without our label, or one that they have not heard of yet.
async fn fetch(cx: &Context, kind: &Kind, name: &Name) -> Result<Option<Arc<Live>>, Error> {
    let resource = stores::child_resource(kind);
    let found = cx.api(&resource, name).get_opt(&name.name).await;
    let found = found.map_err(|error| Error::api("get", kind.kind, name, error))?;
    Ok(found.map(|object| Arc::new(stores::live(&resource, object).2)))
}

#[cfg(test)]
mod tests;
