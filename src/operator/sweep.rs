//! Removes objects of ours that nobody owns and nobody needs any more, now and then.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams, Preconditions};
use kube::core::ApiResource;
use serde_json::Value;
use tokio::time::sleep;

use super::context::Context;
use super::error::{Error, is_not_found, is_outdated};
use super::key::Name;
use super::stores;
use crate::api::labels;
use crate::desired::sweep::{Leftovers, may_refer, unneeded};
use crate::object::{KINDS, Kind, Ownership, Rank};

/// Looks again and again, for as long as the operator leads. `namespaces` are those that it watches, empty for all.
pub(crate) async fn run(cx: Arc<Context>, every: Duration, namespaces: Vec<String>) {
    loop {
        sleep(every).await;
        match once(&cx, &namespaces).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "swept what nobody needs any more"),
            Err(error) => tracing::warn!(reason = error.reason(), %error, "cannot sweep"),
        }
    }
}

/// Looks once; how many objects were removed.
async fn once(cx: &Context, namespaces: &[String]) -> Result<usize, Error> {
    let apis = cx.capabilities().apis;
    let served = |kind: &&Kind| !kind.optional || apis.contains(kind.group);
    let mut leftovers = Leftovers { namespaces: namespaces.to_vec(), ..Leftovers::default() };
    // The candidates first: what is referred to later than this has not been one.
    let ours = ListParams::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
    for kind in KINDS.iter().filter(|kind| kind.ownership != Ownership::Service).filter(served) {
        for scope in scopes(kind.namespaced, namespaces) {
            leftovers.candidates.extend(list(cx, &stores::child_resource(kind), scope, &ours).await?);
        }
    }
    if leftovers.candidates.is_empty() {
        return Ok(0);
    }
    leftovers.referrers = referrers(cx, namespaces, served).await?;
    let mut removed = 0;
    for object in unneeded(&leftovers) {
        removed += usize::from(delete(cx, object).await?);
    }
    Ok(removed)
}

/// The namespaces to list objects in.
fn scopes(namespaced: bool, namespaces: &[String]) -> impl Iterator<Item = &str> {
    let some = if namespaced { namespaces } else { &[] };
    some.iter().map(String::as_str).chain(some.is_empty().then_some(""))
}

/// Whoever may refer to a candidate: what the caches have of ours, and every claim, volume and pod there is.
async fn referrers(
    cx: &Context,
    namespaces: &[String],
    served: impl Fn(&&Kind) -> bool,
) -> Result<Vec<Value>, Error> {
    let mut all = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.rank == Rank::Storage).filter(served) {
        if !matches!(kind.kind, "PersistentVolume" | "PersistentVolumeClaim" | "VolumeSnapshot") {
            continue;
        }
        for scope in scopes(kind.namespaced, namespaces) {
            all.extend(list(cx, &stores::child_resource(kind), scope, &ListParams::default()).await?);
        }
    }
    for scope in scopes(true, namespaces) {
        all.extend(list(cx, &ApiResource::erase::<Pod>(&()), scope, &ListParams::default()).await?);
    }
    let workloads = KINDS.iter().filter(|kind| kind.rank == Rank::Workload);
    for cache in workloads.map(|kind| cx.stores.children(kind)).chain([&cx.stores.revisions]) {
        cache.visit(|text| may_refer(text), |live| all.push(live.value.clone()));
    }
    Ok(all)
}

async fn list(
    cx: &Context,
    resource: &ApiResource,
    namespace: &str,
    params: &ListParams,
) -> Result<Vec<Value>, Error> {
    let found = cx.api(resource, &Name::new(namespace, "")).list(params).await;
    let found =
        found.map_err(|error| Error::api("list", &resource.kind, &Name::new(namespace, ""), error))?;
    let value = |object| {
        // What was just read from JSON goes back into it; lists leave the kind out of their items.
        let mut value = serde_json::to_value(object).unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.insert("apiVersion".into(), resource.api_version.clone().into());
            members.insert("kind".into(), resource.kind.clone().into());
        }
        value
    };
    Ok(found.items.into_iter().map(value).collect())
}

/// Deletes exactly the object that was looked at, as it was then; whether it still was.
async fn delete(cx: &Context, object: &Value) -> Result<bool, Error> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(kind) = KINDS.iter().find(|kind| kind.kind == text("/kind")) else {
        return Ok(false);
    };
    let name = Name::new(text("/metadata/namespace"), text("/metadata/name"));
    let preconditions = Preconditions {
        uid: Some(text("/metadata/uid")),
        resource_version: Some(text("/metadata/resourceVersion")),
    };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    cx.metrics.requested(kind.kind, "delete");
    match cx.api(&stores::child_resource(kind), &name).delete(&name.name, &params).await {
        Ok(_) => Ok(true),
        Err(error) if is_not_found(&error) || is_outdated(&error) => Ok(false),
        Err(error) => Err(Error::api("delete", kind.kind, &name, error)),
    }
}
