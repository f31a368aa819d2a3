//! How a service moves from one version to the next.

use super::lifecycle_hook::DeploymentLifecycleHook;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a service moves from one version to the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConfiguration {
    /// Ends a deployment whose tasks keep failing. Rolling deployments of the ECS controller only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
    /// Upper bound of running and pending tasks during a deployment, in percent of the desired count, rounded
    /// down. Default 200; a DAEMON service has 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_percent: Option<i32>,
    /// Lower bound of healthy running tasks during a deployment, in percent of the desired count, rounded up.
    /// Default 100, for a DAEMON service 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_healthy_percent: Option<i32>,
    /// CloudWatch alarms that end a deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<DeploymentAlarms>,
    /// ROLLING (the default) replaces tasks step by step. BLUE_GREEN, LINEAR and CANARY start the new version
    /// beside the old one and shift traffic at once, in equal steps, or in a small step first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<DeploymentStrategy>,
    /// Minutes for which old and new version both run after traffic has shifted, before the old one is
    /// removed. For strategies other than ROLLING.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bake_time_in_minutes: Option<i32>,
    /// Functions and pauses at stages of a deployment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_hooks: Vec<DeploymentLifecycleHook>,
    /// Steps of strategy LINEAR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_configuration: Option<LinearConfiguration>,
    /// Step of strategy CANARY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_configuration: Option<CanaryConfiguration>,
    /// Lets a rolling deployment succeed before all of its tasks are healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_success_criteria: Option<DeploymentEarlySuccessCriteria>,
}

/// Who carries out deployments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentController {
    /// ECS (the default): the service itself. CODE_DEPLOY: AWS CodeDeploy. EXTERNAL: somebody else, through
    /// task sets.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<DeploymentControllerType>,
}

/// Ends a deployment whose tasks keep failing to start or to become healthy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentCircuitBreaker {
    /// Whether the circuit breaker is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
    /// Whether a failed deployment is followed by a return to the last one that completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub rollback: Option<bool>,
    /// Whether a task that becomes healthy sets the count of failures back to 0. Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_on_healthy_task: Option<bool>,
    /// Number of failures that ends a deployment. Default is 50 percent of the desired count, at least 3 and
    /// at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_configuration: Option<ThresholdConfiguration>,
}

/// How many failed tasks end a deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThresholdConfiguration {
    /// COUNT: `value` failures. BOUNDED_PERCENT: `value` percent of the desired count, at least 3 and at most
    /// 200 failures. UNBOUNDED_PERCENT: the same without these bounds.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<ThresholdType>,
    /// Number of failures, or percent of the desired count (1 to 100).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<i32>,
}

/// CloudWatch alarms that are watched during a deployment and for a while after it. One that is already in
/// ALARM at the start is ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentAlarms {
    /// Names of the alarms; any one of them ends the deployment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required)]
    pub alarm_names: Vec<String>,
    /// Whether a failed deployment is followed by a return to the last one that completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub rollback: Option<bool>,
    /// Whether the alarms are watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
}

/// Traffic shift in equal steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinearConfiguration {
    /// Share of the traffic that each step moves, 3.0 to 100.0 percent; default 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_percent: Option<f64>,
    /// Minutes between two steps, 0 to 1440; default 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_bake_time_in_minutes: Option<i32>,
}

/// Traffic shift in a small step and the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanaryConfiguration {
    /// Share of the traffic that the first step moves, 0.1 to 100.0 percent; default 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_percent: Option<f64>,
    /// Minutes between the first step and the rest, 0 to 1440; default 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_bake_time_in_minutes: Option<i32>,
}

/// When a rolling deployment counts as successful although it still goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentEarlySuccessCriteria {
    /// Whether a deployment may succeed early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
    /// Healthy tasks of the new version that are enough, in percent of the desired count, rounded up and at
    /// least one. Not below `minimumHealthyPercent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub healthy_percent: Option<i32>,
    /// BLOCKING: the tasks of the old version are removed before the deployment succeeds. DEFERRED:
    /// afterwards, within two weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_service_revision_cleanup: Option<SourceServiceRevisionCleanup>,
}

ecs_enum! {
    /// Ways to replace one version by the next.
    DeploymentStrategy { Rolling = "ROLLING", BlueGreen = "BLUE_GREEN", Linear = "LINEAR", Canary = "CANARY" }
}

ecs_enum! {
    /// Who carries out deployments.
    DeploymentControllerType { Ecs = "ECS", CodeDeploy = "CODE_DEPLOY", External = "EXTERNAL" }
}

ecs_enum! {
    /// How the circuit breaker's threshold is computed.
    ThresholdType {
        Count = "COUNT",
        BoundedPercent = "BOUNDED_PERCENT",
        UnboundedPercent = "UNBOUNDED_PERCENT",
    }
}

ecs_enum! {
    /// When the tasks of the old version go.
    SourceServiceRevisionCleanup { Blocking = "BLOCKING", Deferred = "DEFERRED" }
}

ecs_enum! {
    /// How many tasks a service has.
    SchedulingStrategy { Replica = "REPLICA", Daemon = "DAEMON" }
}
