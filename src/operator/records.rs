//! ControllerRevisions: registered revisions of task definitions, recorded deployments of services. Created once,
//! never changed but for their owners.

use kube::api::{PatchParams, PostParams};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::context::Context;
use super::error::{Error, is_refusal, status, words};
use super::key::Name;
use super::live::Live;
use super::prune;
use super::server_side;
use super::stores::{self, Index};
use super::subject::Subject;
use crate::api::labels;
use crate::desired::Refusal;
use crate::rollout::ServiceRevision;
use crate::rollout::revision::TaskRevision;

const KIND: &str = "ControllerRevision";

/// Name of the ControllerRevision of a recorded deployment.
pub(crate) fn deployment_name(service: &str, id: &str) -> String {
    format!("{service}-d-{id}")
}

/// Registers a revision of a task definition; what the API server has against it, where it refuses.
pub(crate) async fn register(
    cx: &Context,
    subject: Subject<'_>,
    revision: &TaskRevision,
) -> Result<Option<Refusal>, Error> {
    let labels = json!({
        labels::MANAGED_BY: labels::MANAGED_BY_US,
        labels::FAMILY: subject.key.name.name,
        labels::REVISION: revision.revision.to_string(),
    });
    let metadata = json!({
        "name": revision.object,
        "namespace": subject.key.name.namespace,
        "labels": labels,
        "annotations": {labels::SPEC_HASH: revision.hash},
        "ownerReferences": [subject.controller_reference()],
    });
    create(cx, subject, metadata, revision.revision, revision.data()).await
}

/// Records a deployment of a service; what the API server has against it, where it refuses.
pub(crate) async fn record(
    cx: &Context,
    subject: Subject<'_>,
    record: &ServiceRevision,
) -> Result<Option<Refusal>, Error> {
    let labels = json!({
        labels::MANAGED_BY: labels::MANAGED_BY_US,
        labels::SERVICE: subject.key.name.name,
        labels::DEPLOYMENT_ID: record.id,
    });
    let metadata = json!({
        "name": deployment_name(&subject.key.name.name, &record.id),
        "namespace": subject.key.name.namespace,
        "labels": labels,
        "ownerReferences": [subject.controller_reference()],
    });
    // These types are made of what JSON has.
    let data = serde_json::to_value(record).unwrap_or_default();
    create(cx, subject, metadata, record.counter, data).await
}

/// Creates a record. One that is there already is the same, because names say what they hold, unless it is the
/// leftover of a deleted owner.
async fn create(
    cx: &Context,
    subject: Subject<'_>,
    metadata: Value,
    revision: i64,
    data: Value,
) -> Result<Option<Refusal>, Error> {
    let resource = stores::revision_resource();
    let text = metadata.get("name").and_then(Value::as_str).unwrap_or_default();
    let name = Name::new(subject.key.name.namespace.clone(), text);
    let body = json!({
        "apiVersion": resource.api_version,
        "kind": KIND,
        "metadata": metadata,
        "revision": revision,
        "data": data,
    });
    let failed = |error| Error::api("create", KIND, &name, error);
    let object: DynamicObject =
        serde_json::from_value(body).map_err(|error| failed(kube::Error::SerdeError(error)))?;
    let params = PostParams { field_manager: Some(labels::MANAGER.into()), ..PostParams::default() };
    let api = cx.api(&resource, &name);
    cx.metrics.requested(KIND, "create");
    let answer = match api.create(&params, &object).await {
        Ok(answer) => answer,
        Err(error) if status(&error).is_some_and(kube::core::Status::is_already_exists) => {
            let found = api.get(&name.name).await.map_err(failed)?;
            let (_, _, live) = stores::live(&resource, found.clone());
            let same = live.value.get("data") == Some(&data);
            if !same || !live.is_owned_by(subject.uid) {
                return Err(Error::Leftover { object: format!("{KIND} {name}") });
            }
            found
        }
        Err(error) if is_refusal(&error) => return Ok(Some(refusal(&name, &error))),
        Err(error) => return Err(failed(error)),
    };
    cx.answer_revision(answer, subject.key);
    Ok(None)
}

fn refusal(name: &Name, error: &kube::Error) -> Refusal {
    Refusal { object: format!("{KIND} {}", name.name), message: words(error), foreign: false }
}

/// Makes a service an owner of the revision that it uses, besides others; what the API server has against it, where it
/// refuses.
pub(crate) async fn use_revision(
    cx: &Context,
    subject: Subject<'_>,
    revision: &str,
) -> Result<Option<Refusal>, Error> {
    let name = Name::new(subject.key.name.namespace.clone(), revision);
    match cx.stores.revisions.get(&name) {
        Some(live) if !live.is_owned_by(subject.uid) => {
            own(cx, subject, &name, &live, subject.shared_reference()).await
        }
        _ => Ok(None),
    }
}

/// Takes over recorded deployments that nobody controls; how many. What the API server has against it comes to
/// `refused`.
pub(crate) async fn adopt(
    cx: &Context,
    subject: Subject<'_>,
    refused: &mut Vec<Refusal>,
) -> Result<usize, Error> {
    let mut adopted = 0;
    for (name, live) in cx.stores.revisions.find(&Index::LeftBehind(subject.key.name.clone())) {
        let ours = name.name.starts_with(&deployment_name(&subject.key.name.name, ""));
        if ours && !live.deleting && live.owners().all(|owner| !owner.controller) {
            match own(cx, subject, &name, &live, subject.controller_reference()).await? {
                None => adopted += 1,
                Some(refusal) => refused.push(refusal),
            }
        }
    }
    Ok(adopted)
}

/// Adds an owner reference to exactly the object that was looked at.
async fn own(
    cx: &Context,
    subject: Subject<'_>,
    name: &Name,
    live: &Live,
    reference: Value,
) -> Result<Option<Refusal>, Error> {
    let resource = stores::revision_resource();
    let body = json!({
        "apiVersion": resource.api_version,
        "kind": KIND,
        "metadata": {"name": name.name, "uid": live.uid, "ownerReferences": [reference]},
    });
    let params = PatchParams::apply(&subject.shared_manager()).force();
    cx.metrics.requested(KIND, "apply");
    match server_side::apply(&cx.api(&resource, name), &name.name, &params, &body).await {
        Ok(answer) => cx.answer_revision(answer, subject.key),
        Err(error) if is_refusal(&error) => return Ok(Some(refusal(name, &error))),
        Err(error) => return Err(Error::api("own", KIND, name, error)),
    }
    Ok(None)
}

/// Lets go of every revision of a task definition but those in use; how many.
pub(crate) async fn release_others(
    cx: &Context,
    subject: Subject<'_>,
    used: &[String],
) -> Result<usize, Error> {
    let resource = stores::revision_resource();
    let mut released = 0;
    for (name, live) in cx.stores.revisions.find(&Index::Owner(subject.uid.to_owned())) {
        if live.label(labels::FAMILY).is_none() || used.contains(&name.name) {
            continue;
        }
        cx.metrics.requested(KIND, "release");
        if let Some(object) = prune::release(cx, subject, &resource, &name, &live).await? {
            cx.answer_revision(object, subject.key);
        }
        released += 1;
    }
    Ok(released)
}

/// Deletes recorded deployments that nothing needs any more; how many.
pub(crate) async fn forget(cx: &Context, subject: Subject<'_>, ids: &[String]) -> Result<usize, Error> {
    let resource = stores::revision_resource();
    let mut forgotten = 0;
    for id in ids {
        let text = deployment_name(&subject.key.name.name, id);
        let name = Name::new(subject.key.name.namespace.clone(), text);
        if let Some(live) = cx.stores.revisions.get(&name).filter(|live| !live.deleting) {
            cx.metrics.requested(KIND, "delete");
            prune::delete(cx, &resource, &name, &live).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
