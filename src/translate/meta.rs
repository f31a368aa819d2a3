//! Names, labels and annotations of what we make.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::ObjectMeta;

use crate::api::labels;
use crate::model::Service;
use crate::model::name;
use crate::model::service::NO_PROVIDER;

pub(super) type Labels = BTreeMap<String, String>;

fn label(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// The selector of a child, complete: both labels never change in its life.
pub(super) fn selector(service: &Service, provider: &str) -> LabelSelector {
    LabelSelector { match_labels: Some(identity(service, provider)), match_expressions: None }
}

/// Every pod of the service, whichever child it belongs to.
pub(super) fn service_selector(service: &Service) -> Labels {
    [label(labels::SERVICE, &service.name.label)].into()
}

fn identity(service: &Service, provider: &str) -> Labels {
    [label(labels::SERVICE, &service.name.label), label(labels::CAPACITY_PROVIDER, provider)].into()
}

/// Labels of a pod and of the workload that makes it.
pub(super) fn task_labels(service: &Service, provider: &str) -> Labels {
    let mut all = identity(service, provider);
    all.extend([
        label(labels::REVISION, &service.revision.to_string()),
        label(labels::MANAGED_BY, labels::MANAGED_BY_US),
    ]);
    all
}

/// Metadata of an object that the service owns alone.
pub(super) fn owned(service: &Service, object: &str) -> ObjectMeta {
    let original = &service.name.original;
    let annotations = (*original != service.name.label).then(|| [label(labels::ECS_NAME, original)].into());
    ObjectMeta {
        name: Some(object.to_owned()),
        namespace: Some(service.namespace.clone()),
        labels: Some(
            [label(labels::SERVICE, &service.name.label), label(labels::MANAGED_BY, labels::MANAGED_BY_US)]
                .into(),
        ),
        annotations,
        ..ObjectMeta::default()
    }
}

/// Metadata of an object that is named by its content and may serve several services.
pub(super) fn shared(object: &str, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(object.to_owned()),
        namespace: namespace.map(str::to_owned),
        labels: Some([label(labels::MANAGED_BY, labels::MANAGED_BY_US)].into()),
        ..ObjectMeta::default()
    }
}

/// Name of the workload of a capacity provider: `<service>-<provider>`, or the service's own where it names none.
pub(super) fn child(service: &Service, provider: &str) -> String {
    if provider == NO_PROVIDER {
        service.name.label.clone()
    } else {
        name::child(&service.name.label, provider)
    }
}
