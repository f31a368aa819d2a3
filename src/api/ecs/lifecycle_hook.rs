//! Hooks at stages of a deployment.

use std::borrow::Cow;

use crate::api::ecs::ecs_enum;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A function to call, or a pause to make, at stages of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentLifecycleHook {
    /// AWS_LAMBDA (the default) calls a function that answers SUCCEEDED, FAILED or IN_PROGRESS. PAUSE waits
    /// for somebody to continue the deployment or to roll it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<HookTargetType>,
    /// ARN of the function. Needed for AWS_LAMBDA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_target_arn: Option<String>,
    /// ARN of the role with which the function is called. Needed for AWS_LAMBDA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Stages at which the hook runs. PAUSE is not possible at TEST_TRAFFIC_SHIFT and
    /// PRODUCTION_TRAFFIC_SHIFT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_stages: Vec<LifecycleStage>,
    /// Parameters of one's own, any JSON, that each call of the function gets. Not used by PAUSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook_details: Option<HookDetails>,
    /// How long the hook may take, and what happens then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_configuration: Option<DeploymentLifecycleHookTimeoutConfiguration>,
}

/// Any JSON that a deployment hook's function gets with each call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HookDetails(pub Value);

impl JsonSchema for HookDetails {
    fn schema_name() -> Cow<'static, str> {
        "HookDetails".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-kubernetes-preserve-unknown-fields": true })
    }
}

/// How long a deployment hook may take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentLifecycleHookTimeoutConfiguration {
    /// Minutes to wait, 1 to 20160; default 1440, a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20160))]
    pub timeout_in_minutes: Option<i32>,
    /// What happens then: ROLLBACK (the default) or CONTINUE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<HookTimeoutAction>,
}

ecs_enum! {
    /// What a deployment hook does.
    HookTargetType { AwsLambda = "AWS_LAMBDA", Pause = "PAUSE" }
}

ecs_enum! {
    /// Stages of a deployment at which hooks may run.
    LifecycleStage {
        ReconcileService = "RECONCILE_SERVICE",
        PreScaleUp = "PRE_SCALE_UP",
        PostScaleUp = "POST_SCALE_UP",
        TestTrafficShift = "TEST_TRAFFIC_SHIFT",
        PostTestTrafficShift = "POST_TEST_TRAFFIC_SHIFT",
        PreProductionTrafficShift = "PRE_PRODUCTION_TRAFFIC_SHIFT",
        ProductionTrafficShift = "PRODUCTION_TRAFFIC_SHIFT",
        PostProductionTrafficShift = "POST_PRODUCTION_TRAFFIC_SHIFT",
    }
}

ecs_enum! {
    /// What happens when a hook takes too long.
    HookTimeoutAction { Rollback = "ROLLBACK", Continue = "CONTINUE" }
}
