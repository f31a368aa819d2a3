//! Names and namespaces of custom resources.

use std::collections::BTreeMap;

use kube::core::ObjectMeta;

use super::{Definition, Options};
use crate::api::labels;
use crate::ecs::arn;
use crate::finding::{Code, Finding};
use crate::model::name::{RESOURCE, label};

/// Longest namespace (DNS label).
const NAMESPACE: usize = 63;

/// The namespace that stands for an ECS cluster, given by name or ARN; a service that names none is in `default`.
#[must_use]
pub(super) fn namespace_of(cluster: Option<&str>) -> String {
    label(cluster.map_or("default", arn::name), NAMESPACE)
}

/// The namespace of a service: its own metadata, the command line, its cluster.
pub(super) fn namespace(definition: &Definition, cluster: Option<&str>, options: &Options) -> String {
    definition
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.namespace.clone())
        .or_else(|| options.namespace.clone())
        .unwrap_or_else(|| namespace_of(cluster))
}

/// Metadata of a definition's custom resource; says where the name changes. A custom resource keeps its own.
pub(super) fn metadata(
    definition: &mut Definition,
    original: &str,
    member: &str,
    namespace: Option<String>,
) -> ObjectMeta {
    if let Some(mut metadata) = definition.metadata.clone()
        && metadata.name.is_some()
    {
        metadata.namespace = namespace;
        return metadata;
    }
    let (metadata, finding) = named(original, member, namespace);
    if !definition.is_refused() {
        definition.findings.extend(finding);
    }
    metadata
}

/// Metadata for an ECS name, and what there is to say about the name.
pub(super) fn named(
    original: &str,
    member: &str,
    namespace: Option<String>,
) -> (ObjectMeta, Option<Finding>) {
    let spelled = label(original, RESOURCE);
    let changed = spelled != original;
    let finding = changed.then(|| {
        let message =
            format!("Kubernetes cannot spell the name `{original}`; the custom resource is `{spelled}`.");
        Finding::new(Code::NameChanged, member, message)
    });
    let annotations = changed.then(|| BTreeMap::from([(labels::ECS_NAME.to_owned(), original.to_owned())]));
    let metadata = ObjectMeta { name: Some(spelled), namespace, annotations, ..ObjectMeta::default() };
    (metadata, finding)
}
