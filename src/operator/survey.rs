//! A namespace as it is now, for commands: the caches of the operator, filled by lists instead of watches.

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::ResourceExt as _;
use kube::api::{Api, ListParams};
use kube::core::{ApiResource, DynamicObject};

use super::capabilities;
use super::context::Context;
use super::error::{Error, is_not_found};
use super::key::{Name, Root};
use super::live::{Live, version};
use super::stores::{self, Objects};
use crate::api::labels;
use crate::object::KINDS;

/// Lists everything that has to do with the services of a namespace into the caches.
pub(crate) async fn fill(cx: &Context, namespace: &str) -> Result<(), Error> {
    let served = capabilities::apis(&cx.client).await?;
    let at = Name::new("", namespace);
    let found = Api::<Namespace>::all(cx.client.clone()).get(namespace).await;
    let found = found.map_err(|error| Error::api("get", "Namespace", &at, error))?;
    cx.stores.namespaces.watched("", at, 0, Some(stores::namespace(&found.metadata)));
    let everything = ListParams::default();
    for root in Root::ALL {
        let scope = if root.namespaced() { namespace } else { "" };
        list(cx, &stores::root_resource(root), scope, &everything, cx.stores.root(root)).await?;
    }
    let ours = ListParams::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
    for kind in KINDS.iter().filter(|kind| !kind.optional || served.contains(kind.group)) {
        let scope = if kind.namespaced { namespace } else { "" };
        list(cx, &stores::child_resource(kind), scope, &ours, cx.stores.children(kind)).await?;
    }
    list(cx, &stores::revision_resource(), namespace, &ours, &cx.stores.revisions).await?;
    let pods = Api::<Pod>::namespaced(cx.client.clone(), namespace);
    let pods = pods.list(&ListParams::default().labels(labels::SERVICE)).await;
    for pod in pods.map_err(|error| Error::api("list", "Pod", &Name::new(namespace, ""), error))?.items {
        let name = Name::new(namespace, pod.name_any());
        let seen = version(pod.metadata.resource_version.as_deref());
        cx.stores.tasks.watched(namespace, name, seen, stores::task(&pod));
    }
    let others = format!("{}!={}", labels::MANAGED_BY, labels::MANAGED_BY_US);
    let rivals = Api::<HorizontalPodAutoscaler>::namespaced(cx.client.clone(), namespace);
    let failed = |error| Error::api("list", "HorizontalPodAutoscaler", &Name::new(namespace, ""), error);
    for rival in rivals.list(&ListParams::default().labels(&others)).await.map_err(failed)?.items {
        let name = Name::new(namespace, rival.name_any());
        let seen = version(rival.metadata.resource_version.as_deref());
        cx.stores.rivals.watched(namespace, name, seen, Some(stores::rival(&rival)));
    }
    Ok(())
}

/// Lists one resource; one that is not served, or that may not be read, has no objects.
async fn list(
    cx: &Context,
    resource: &ApiResource,
    scope: &str,
    params: &ListParams,
    into: &Objects,
) -> Result<(), Error> {
    let at = Name::new(scope, "");
    let listed = match cx.api(resource, &at).list(params).await {
        Ok(listed) => listed.items,
        Err(error) if is_not_found(&error) => Vec::new(),
        Err(error) => return Err(Error::api("list", &resource.kind, &at, error)),
    };
    for object in listed {
        put(resource, object, into);
    }
    Ok(())
}

fn put(resource: &ApiResource, object: DynamicObject, into: &Objects) {
    let (name, version, live) = stores::live(resource, object);
    let scope = name.namespace.clone();
    into.watched(&scope, name, version, Some(live));
}

/// Puts an object into a cache as if the cluster had it.
pub(crate) fn assume(into: &Objects, name: Name, value: serde_json::Value) {
    let live = Live::new(value);
    let scope = name.namespace.clone();
    into.watched(&scope, name, u64::MAX, Some(live));
}
