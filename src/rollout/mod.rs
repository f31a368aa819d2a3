//! Deployments of a service: what is recorded, what starts, what is held.

pub mod arithmetic;
pub mod bounds;
pub mod count;
pub mod observed;
pub mod plan;
pub mod revision;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};

/// Everything that a rendering of a service depends on, as the API has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// The EcsService's spec.
    pub service: EcsServiceSpec,
    /// The task definition revision that it runs.
    pub task_definition: TaskDefinitionSpec,
    /// Number of that revision.
    pub revision: i64,
    /// Capacity providers that the service names and that exist, by `metadata.name`.
    #[serde(default)]
    pub providers: BTreeMap<String, CapacityProviderSpec>,
}

/// A recorded deployment (ECS calls it a service revision): stored in an immutable ControllerRevision, so that
/// what runs never changes because something else did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRevision {
    /// Hash of `input_hash` and `counter`; label on pods, suffix of the ControllerRevision's name.
    pub id: String,
    /// Hash of the members whose change is a deployment, as the release that recorded it made it.
    pub input_hash: String,
    /// How many deployments were recorded before this one.
    pub counter: i64,
    /// When it was recorded (RFC 3339).
    pub created_at: String,
    /// What it was rendered from.
    pub inputs: Inputs,
    /// The pod template of each child, by capacity provider label, exactly as it was rendered then.
    pub templates: BTreeMap<String, Value>,
}
