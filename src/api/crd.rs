//! The CustomResourceDefinitions, made from the types of this folder.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;

use super::{CapacityProvider, EcsService, TaskDefinition};

/// Every CustomResourceDefinition of the project, in the order in which they are listed.
#[must_use]
pub fn all() -> Vec<CustomResourceDefinition> {
    vec![TaskDefinition::crd(), EcsService::crd(), CapacityProvider::crd()]
}
