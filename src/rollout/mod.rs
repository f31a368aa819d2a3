//! Deployments of a service: what is recorded, what starts, what is held.

pub mod arithmetic;
pub mod bounds;
pub mod breaker;
pub mod budget;
pub mod cause;
pub mod count;
pub mod failures;
pub mod observed;
pub mod placing;
pub mod plan;
pub mod revision;
pub mod trouble;
pub mod why;

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
    /// Id of the newest deployment that was complete when this one was recorded: what is rolled back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<String>,
    /// Set where this records a return to an earlier deployment, whose inputs and templates it then holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
}

/// A return to an earlier deployment because a newer one has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollback {
    /// Id of the deployment that has failed.
    pub from: String,
    /// Its input hash, as the release that recorded it made it.
    pub from_hash: String,
    /// Id of the deployment that runs again. Its pods carry that id, so the ones that still run simply stay.
    pub to: String,
    /// How many of its tasks had failed. Like the reason it is known only as long as they are there.
    #[serde(default)]
    pub failed_tasks: i32,
    /// Why they failed, the gravest first; empty where nothing told.
    #[serde(default)]
    pub reason: String,
}

impl ServiceRevision {
    /// Id of the deployment that the record makes PRIMARY: its own, or the one that it returns to.
    #[must_use]
    pub fn deployment_id(&self) -> &str {
        self.rollback.as_ref().map_or(&self.id, |rollback| &rollback.to)
    }

    /// The deployment that the record makes PRIMARY.
    #[must_use]
    pub fn deployment(&self) -> Self {
        Self { id: self.deployment_id().to_owned(), ..self.clone() }
    }
}
