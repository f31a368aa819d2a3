//! DOC module lifecycle_hook

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC DeploymentLifecycleHook
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentLifecycleHook {
    /// DOC DeploymentLifecycleHook.targetType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<HookTargetType>,
    /// DOC DeploymentLifecycleHook.hookTargetArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_target_arn: Option<String>,
    /// DOC DeploymentLifecycleHook.roleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// DOC DeploymentLifecycleHook.lifecycleStages
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_stages: Vec<LifecycleStage>,
    /// DOC DeploymentLifecycleHook.hookDetails
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_details: Option<HookDetails>,
    /// DOC DeploymentLifecycleHook.timeoutConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_configuration: Option<DeploymentLifecycleHookTimeoutConfiguration>,
}

/// DOC HookDetails
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HookDetails {}

/// DOC DeploymentLifecycleHookTimeoutConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentLifecycleHookTimeoutConfiguration {
    /// DOC DeploymentLifecycleHookTimeoutConfiguration.timeoutInMinutes
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20160))]
    pub timeout_in_minutes: Option<i32>,
    /// DOC DeploymentLifecycleHookTimeoutConfiguration.action
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<HookTimeoutAction>,
}

ecs_enum! {
    /// DOC enum HookTargetType
    HookTargetType { AwsLambda = "AWS_LAMBDA", Pause = "PAUSE" }
}

ecs_enum! {
    /// DOC enum LifecycleStage
    LifecycleStage { ReconcileService = "RECONCILE_SERVICE", PreScaleUp = "PRE_SCALE_UP", PostScaleUp = "POST_SCALE_UP", TestTrafficShift = "TEST_TRAFFIC_SHIFT", PostTestTrafficShift = "POST_TEST_TRAFFIC_SHIFT", PreProductionTrafficShift = "PRE_PRODUCTION_TRAFFIC_SHIFT", ProductionTrafficShift = "PRODUCTION_TRAFFIC_SHIFT", PostProductionTrafficShift = "POST_PRODUCTION_TRAFFIC_SHIFT" }
}

ecs_enum! {
    /// DOC enum HookTimeoutAction
    HookTimeoutAction { Rollback = "ROLLBACK", Continue = "CONTINUE" }
}
