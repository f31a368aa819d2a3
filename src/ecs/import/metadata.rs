//! Names and namespaces of custom resources.

use std::collections::BTreeMap;

use kube::core::ObjectMeta;
use serde::Deserialize as _;
use serde_json::Value;

use super::{Definition, Options};
use crate::api::labels;
use crate::ecs::arn;
use crate::ecs::detect::Kind;
use crate::finding::{Code, Finding};
use crate::model::name::{RESOURCE, is_label, is_namespace, label};

/// Longest namespace (DNS label).
const NAMESPACE: usize = 63;
/// What `kubectl apply` notes down for itself.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What counts of the `metadata` of a custom resource, and what is wrong with it, by the rules of the
/// CustomResourceDefinition and of `kubectl -n`. Paths start at `metadata`.
pub(super) fn read(value: &Value, kind: Kind, options: &Options) -> (ObjectMeta, Vec<Finding>) {
    let metadata = match ObjectMeta::deserialize(value) {
        Ok(metadata) => written(metadata),
        Err(error) => {
            let finding =
                Finding::new(Code::WrongType, "metadata", format!("`metadata` cannot be read: {error}."))
                    .remedy("Write it as Kubernetes has it.");
            return (ObjectMeta::default(), vec![finding]);
        }
    };
    let named = metadata.name.as_deref().and_then(check_name);
    // Where a kind has no namespaces the API server does not look at it.
    let namespace = metadata.namespace.as_deref().filter(|_| kind != Kind::CapacityProvider);
    let placed = namespace.and_then(|namespace| check_namespace(namespace, options));
    (metadata, named.into_iter().chain(placed).collect())
}

/// What somebody wrote, without what an API server adds to it.
fn written(metadata: ObjectMeta) -> ObjectMeta {
    let mut annotations = metadata.annotations.unwrap_or_default();
    annotations.remove(LAST_APPLIED);
    ObjectMeta {
        name: metadata.name,
        namespace: metadata.namespace.filter(|namespace| !namespace.is_empty()),
        labels: metadata.labels,
        annotations: Some(annotations).filter(|annotations| !annotations.is_empty()),
        ..ObjectMeta::default()
    }
}

fn check_name(name: &str) -> Option<Finding> {
    let valid = name.len() <= RESOURCE && is_label(name);
    (!valid).then(|| {
        let message = format!(
            "`{name}` is no name of a custom resource: that has at most {RESOURCE} lower case letters, digits and \
             hyphens, a letter first and no hyphen last."
        );
        Finding::new(Code::InvalidMetadata, "metadata.name", message)
            .remedy("Choose another one; the ECS name in `spec` stays as it is.")
    })
}

fn check_namespace(namespace: &str, options: &Options) -> Option<Finding> {
    let member = "metadata.namespace";
    if !is_namespace(namespace) {
        let message = format!(
            "`{namespace}` is no namespace: that has up to {NAMESPACE} lower case letters, digits and hyphens, no \
             hyphen first or last."
        );
        return Some(
            Finding::new(Code::InvalidMetadata, member, message)
                .remedy("Name one that the cluster can have."),
        );
    }
    let given = options.namespace.as_deref().filter(|given| *given != namespace)?;
    let message = format!("The custom resource is in the namespace `{namespace}`, and `-n` says `{given}`.");
    Some(
        Finding::new(Code::NamespaceMismatch, member, message)
            .remedy(format!("Give `-n {namespace}` or no `-n`; or change the member.")),
    )
}

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
