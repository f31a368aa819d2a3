//! Objects of any kind, as the API server has them.

use ecs_bridge::api::labels;
use ecs_bridge::object::KINDS;
use kube::Client;
use kube::api::{Api, DynamicObject, ListParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::Value;

/// Everything that the operator makes on a cluster without optional APIs: the table of kinds, and the records.
pub(crate) fn resources() -> Vec<ApiResource> {
    let made = KINDS.iter().filter(|kind| !kind.optional).map(|kind| {
        let gvk = GroupVersionKind::gvk(kind.group, kind.version, kind.kind);
        ApiResource::from_gvk_with_plural(&gvk, kind.plural)
    });
    let record = GroupVersionKind::gvk("apps", "v1", "ControllerRevision");
    made.chain([ApiResource::from_gvk_with_plural(&record, "controllerrevisions")]).collect()
}

/// The resource of an object; `None` for kinds that are neither made nor read.
pub(crate) fn resource_of(object: &DynamicObject) -> ApiResource {
    let types = object.types.as_ref().expect("kind and version");
    let gvk = GroupVersionKind::try_from(types).expect("kind and version");
    ApiResource::from_gvk(&gvk)
}

/// What selects the operator's objects.
pub(crate) fn made_by_us() -> String {
    format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US)
}

/// Reads a YAML manifest.
pub(crate) fn parse(yaml: &str) -> DynamicObject {
    serde_saphyr::from_str(yaml).expect("a manifest")
}

/// Creates an object in its namespace.
pub(crate) async fn create(client: &Client, resource: &ApiResource, object: &DynamicObject) {
    let api: Api<DynamicObject> = match &object.metadata.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
        None => Api::all_with(client.clone(), resource),
    };
    if let Err(error) = api.create(&PostParams::default(), object).await {
        panic!("cannot create {} {:?}: {error}", resource.kind, object.metadata.name);
    }
}

/// What the operator has made, as somebody would write it who makes the same: without what the API server adds and
/// without owners.
pub(crate) async fn made(client: &Client) -> Vec<(ApiResource, DynamicObject)> {
    let mut found = Vec::new();
    for resource in resources() {
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let list = api.list(&ListParams::default().labels(&made_by_us())).await.expect("a list");
        found.extend(list.items.into_iter().map(|object| (resource.clone(), plain(object, &resource))));
    }
    // Service by service, as somebody would write them.
    found.sort_by_cached_key(|(_, object)| {
        let label = |name| object.metadata.labels.as_ref().and_then(|labels| labels.get(name)).cloned();
        (object.metadata.namespace.clone(), label(labels::SERVICE).or_else(|| label(labels::FAMILY)))
    });
    found
}

fn plain(mut object: DynamicObject, resource: &ApiResource) -> DynamicObject {
    let metadata = std::mem::take(&mut object.metadata);
    object.metadata.name = metadata.name;
    object.metadata.namespace = metadata.namespace;
    object.metadata.labels = metadata.labels;
    object.metadata.annotations = metadata.annotations.map(|mut annotations| {
        annotations.retain(|name, _| name.starts_with(labels::PREFIX));
        annotations
    });
    object.types =
        Some(kube::core::TypeMeta { api_version: resource.api_version.clone(), kind: resource.kind.clone() });
    if let Value::Object(members) = &mut object.data {
        members.remove("status");
        if let Some(spec) = members.get_mut("spec").and_then(Value::as_object_mut)
            && resource.kind == "Service"
        {
            for assigned in ["clusterIP", "clusterIPs"] {
                let headless = spec.get(assigned).is_some_and(|value| value.to_string().contains("None"));
                if !headless {
                    spec.remove(assigned);
                }
            }
        }
    }
    object
}
