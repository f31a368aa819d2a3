//! What the operator reports of a service.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// What DescribeServices would say, and the conditions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsServiceStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`, `Reconciling`, `Stalled`, `Fidelity`.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// The count in force.
    pub desired_count: i32,
    /// Tasks that run.
    pub running_count: i32,
    /// Tasks that are being placed or started.
    pub pending_count: i32,
    /// The task definition of the primary deployment, as `family:revision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Rollout state of the primary deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_state: Option<RolloutState>,
    /// Deployments, newest first; at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["id"]), length(max = 10))]
    pub deployments: Vec<Deployment>,
    /// The deployment that the circuit breaker has ended, while nothing else was asked for since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_deployment: Option<FailedDeployment>,
    /// What the circuit breaker has counted, and what was told of the primary deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<Failures>,
    /// The `desiredCount` that was last taken over into the count in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_count: Option<i32>,
    /// The bounds of the count, as scheduled actions have left them. Only with a scalable target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_scaling: Option<ScalingStatus>,
    /// Pods of the service that exist and are not being stopped: what the `scale` subresource reports.
    pub replicas: i32,
    /// Label selector of the service's pods, for autoscalers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// What cannot be translated exactly; at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub findings: Vec<Finding>,
    /// Findings beyond the 64 that are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_omitted: Option<i64>,
}

/// The bounds of the count in force, and what they came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScalingStatus {
    /// Lowest count that scaling sets.
    pub min_capacity: i32,
    /// Highest count that scaling sets.
    pub max_capacity: i32,
    /// The scalable target that was registered last. A change of it takes precedence over earlier scheduled actions.
    pub scalable_target: Capacities,
    /// The scheduled action that was carried out last since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scheduled_action: Option<String>,
    /// What was due up to this time (RFC 3339) has been carried out.
    pub actions_until: String,
    /// Whether scheduled scaling was suspended: what is due then is not made up for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scheduled_scaling_suspended: bool,
    /// The scheduled actions that are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub scheduled_actions: Vec<SeenAction>,
}

/// Bounds of a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capacities {
    /// The lowest.
    pub min_capacity: i32,
    /// The highest.
    pub max_capacity: i32,
}

/// A scheduled action that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeenAction {
    /// Its name.
    pub name: String,
    /// Hash of what it says.
    pub digest: String,
    /// Since when it says so (RFC 3339); `rate` counts from here.
    pub since: String,
}

impl EcsServiceStatus {
    /// Whether a deployment is in progress, also when it is not known yet.
    #[must_use]
    pub fn is_rolling(&self, deployment: &str) -> bool {
        let known = self.deployments.iter().find(|known| known.id == deployment);
        known.is_none_or(|known| known.rollout_state == RolloutState::InProgress)
    }
}

/// One deployment, with the member names of DescribeServices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Id of the deployment; pods carry it as a label.
    pub id: String,
    /// PRIMARY is the newest, ACTIVE one is being replaced.
    pub status: DeploymentStatus,
    /// `family:revision`.
    pub task_definition: String,
    /// Where the rollout stands.
    pub rollout_state: RolloutState,
    /// The same as a sentence.
    pub rollout_state_reason: String,
    /// Tasks that this deployment should have.
    pub desired_count: i32,
    /// Tasks of it that run.
    pub running_count: i32,
    /// Tasks of it that are being placed or started.
    pub pending_count: i32,
    /// Tasks of it that failed.
    pub failed_tasks: i32,
    /// When it was recorded (RFC 3339).
    pub created_at: String,
    /// When one of the members above last changed (RFC 3339).
    pub updated_at: String,
}

/// A deployment that the circuit breaker has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedDeployment {
    /// Its id.
    pub id: String,
    /// `family:revision`.
    pub task_definition: String,
    /// Tasks of it that had failed by then.
    pub failed_tasks: i32,
    /// Why they failed, and what to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The record of failed tasks: what is in it is not counted, and not told, again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// The deployment that it is about.
    pub deployment_id: String,
    /// Tasks that failed since one became healthy.
    #[serde(default)]
    pub failed_tasks: i32,
    /// How many failures of each pod that still exists are counted, by the beginning of its UID; at most 300.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, i32>,
    /// When the last one was counted (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_at: Option<String>,
    /// What was told in events, each once for a deployment; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
}

/// Whether a deployment is the one that should run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "ECS's own words")]
pub enum DeploymentStatus {
    #[default]
    Primary,
    Active,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "ECS's own words")]
pub enum RolloutState {
    #[default]
    InProgress,
    Completed,
    Failed,
}
