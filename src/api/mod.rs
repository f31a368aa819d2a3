//! Custom resource types: one file per kind, plus the ECS shapes that they share.
//!
//! Types only. They are permissive on purpose: one object that does not deserialize must never blind a
//! watch, so what a definition has to look like is decided in `model`, not here.

pub mod capacity_provider;
pub mod condition;
pub mod crd;
pub mod ecs;
pub mod ecs_service;
pub mod labels;
pub mod task_definition;

pub use capacity_provider::{CapacityProvider, CapacityProviderSpec, CapacityProviderStatus};
pub use ecs_service::{EcsService, EcsServiceSpec, EcsServiceStatus};
pub use task_definition::{TaskDefinition, TaskDefinitionSpec, TaskDefinitionStatus};

/// The API group of every custom resource.
pub const GROUP: &str = "ecs-bridge.dev";
/// The version that is served and stored.
pub const VERSION: &str = "v1alpha1";
/// `group/version`, as it stands in a manifest.
pub const API_VERSION: &str = "ecs-bridge.dev/v1alpha1";
