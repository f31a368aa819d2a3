//! DOC module deployment

use super::lifecycle_hook::DeploymentLifecycleHook;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC DeploymentConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConfiguration {
    /// DOC DeploymentConfiguration.deploymentCircuitBreaker
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
    /// DOC DeploymentConfiguration.maximumPercent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_percent: Option<i32>,
    /// DOC DeploymentConfiguration.minimumHealthyPercent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_healthy_percent: Option<i32>,
    /// DOC DeploymentConfiguration.alarms
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<DeploymentAlarms>,
    /// DOC DeploymentConfiguration.strategy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<DeploymentStrategy>,
    /// DOC DeploymentConfiguration.bakeTimeInMinutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bake_time_in_minutes: Option<i32>,
    /// DOC DeploymentConfiguration.lifecycleHooks
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_hooks: Vec<DeploymentLifecycleHook>,
    /// DOC DeploymentConfiguration.linearConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_configuration: Option<LinearConfiguration>,
    /// DOC DeploymentConfiguration.canaryConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_configuration: Option<CanaryConfiguration>,
    /// DOC DeploymentConfiguration.earlySuccessCriteria
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_success_criteria: Option<DeploymentEarlySuccessCriteria>,
}

/// DOC DeploymentController
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentController {
    /// DOC DeploymentController.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<DeploymentControllerType>,
}

/// DOC DeploymentCircuitBreaker
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentCircuitBreaker {
    /// DOC DeploymentCircuitBreaker.enable
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
    /// DOC DeploymentCircuitBreaker.rollback
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub rollback: Option<bool>,
    /// DOC DeploymentCircuitBreaker.resetOnHealthyTask
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_on_healthy_task: Option<bool>,
    /// DOC DeploymentCircuitBreaker.thresholdConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_configuration: Option<ThresholdConfiguration>,
}

/// DOC ThresholdConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThresholdConfiguration {
    /// DOC ThresholdConfiguration.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<ThresholdType>,
    /// DOC ThresholdConfiguration.value
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<i32>,
}

/// DOC DeploymentAlarms
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentAlarms {
    /// DOC DeploymentAlarms.alarmNames
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub alarm_names: Vec<String>,
    /// DOC DeploymentAlarms.rollback
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub rollback: Option<bool>,
    /// DOC DeploymentAlarms.enable
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
}

/// DOC LinearConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinearConfiguration {
    /// DOC LinearConfiguration.stepPercent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_percent: Option<f64>,
    /// DOC LinearConfiguration.stepBakeTimeInMinutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_bake_time_in_minutes: Option<i32>,
}

/// DOC CanaryConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanaryConfiguration {
    /// DOC CanaryConfiguration.canaryPercent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_percent: Option<f64>,
    /// DOC CanaryConfiguration.canaryBakeTimeInMinutes
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_bake_time_in_minutes: Option<i32>,
}

/// DOC DeploymentEarlySuccessCriteria
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentEarlySuccessCriteria {
    /// DOC DeploymentEarlySuccessCriteria.enable
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enable: Option<bool>,
    /// DOC DeploymentEarlySuccessCriteria.healthyPercent
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub healthy_percent: Option<i32>,
    /// DOC DeploymentEarlySuccessCriteria.sourceServiceRevisionCleanup
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_service_revision_cleanup: Option<SourceServiceRevisionCleanup>,
}

ecs_enum! {
    /// DOC enum DeploymentStrategy
    DeploymentStrategy { Rolling = "ROLLING", BlueGreen = "BLUE_GREEN", Linear = "LINEAR", Canary = "CANARY" }
}

ecs_enum! {
    /// DOC enum DeploymentControllerType
    DeploymentControllerType { Ecs = "ECS", CodeDeploy = "CODE_DEPLOY", External = "EXTERNAL" }
}

ecs_enum! {
    /// DOC enum ThresholdType
    ThresholdType { Count = "COUNT", BoundedPercent = "BOUNDED_PERCENT", UnboundedPercent = "UNBOUNDED_PERCENT" }
}

ecs_enum! {
    /// DOC enum SourceServiceRevisionCleanup
    SourceServiceRevisionCleanup { Blocking = "BLOCKING", Deferred = "DEFERRED" }
}

ecs_enum! {
    /// DOC enum SchedulingStrategy
    SchedulingStrategy { Replica = "REPLICA", Daemon = "DAEMON" }
}
