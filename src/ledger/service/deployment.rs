//! How one deployment replaces another.

use crate::ledger::row::table;

table! { DEPLOYMENT "Deployments" at "";
    "deploymentController" | "deploymentController.type" Exact stays
        "ECS; others are refused unless a fallback is asked for.";
    "deploymentConfiguration" Exact stays
        "How pods are replaced.";
    "deploymentConfiguration.strategy" Exact stays
        "ROLLING; others are refused unless a fallback is asked for.";
    "deploymentConfiguration.maximumPercent" Exact stays
        "maxSurge, as a number of tasks.";
    "deploymentConfiguration.minimumHealthyPercent" Approximate(DrainReducesCapacity) stays
        "maxUnavailable, as a percentage; also bounds what a drained node may stop (PodDisruptionBudget).";
    "deploymentConfiguration.bakeTimeInMinutes" Lossy(BakeTimeNotApplied) stays neutral "0"
        "A deployment is complete as soon as its tasks are.";
    "deploymentConfiguration.earlySuccessCriteria" | "deploymentConfiguration.earlySuccessCriteria.enable"
        | "deploymentConfiguration.earlySuccessCriteria.healthyPercent"
        | "deploymentConfiguration.earlySuccessCriteria.sourceServiceRevisionCleanup"
        Lossy(EarlySuccessNotApplied) stays
        "A deployment is complete when all of its tasks are.";
    "healthCheckGracePeriodSeconds" Approximate(GracePeriodUntilHealthy) stays neutral "0"
        "Time until a container has to be healthy for the first time, from the next deployment on; target groups replace no task anyway.";
}

table! { CIRCUIT_BREAKER "Circuit breaker" at "deploymentConfiguration.deploymentCircuitBreaker";
    "" | "enable" Exact stays
        "A deployment whose tasks fail before they are healthy ends; a pod that cannot start counts again every minute.";
    "rollback" Exact stays
        "The last deployment that was complete comes back, once.";
    "resetOnHealthyTask" Exact stays
        "A task that becomes healthy sets the count back to 0.";
    "thresholdConfiguration" | "thresholdConfiguration.type" | "thresholdConfiguration.value" Exact stays
        "By ECS's formula.";
}

table! { ALARMS "Deployment alarms" at "deploymentConfiguration.alarms";
    "" | "alarmNames" | "rollback" | "enable" Lossy(DeploymentAlarmsNotApplied) stays
        "CloudWatch alarms do not stop a deployment.";
}

table! { HOOKS "Lifecycle hooks" at "deploymentConfiguration";
    "lifecycleHooks" | "lifecycleHooks[].targetType" | "lifecycleHooks[].hookTargetArn"
        | "lifecycleHooks[].roleArn" | "lifecycleHooks[].lifecycleStages" | "lifecycleHooks[].hookDetails"
        | "lifecycleHooks[].timeoutConfiguration" | "lifecycleHooks[].timeoutConfiguration.timeoutInMinutes"
        | "lifecycleHooks[].timeoutConfiguration.action" Lossy(LifecycleHooksNotCalled) stays
        "Hooks are not called, and a deployment does not wait for them.";
}

table! { SHIFT "Traffic shifting" at "deploymentConfiguration";
    "linearConfiguration" | "linearConfiguration.stepPercent" | "linearConfiguration.stepBakeTimeInMinutes"
        | "canaryConfiguration" | "canaryConfiguration.canaryPercent"
        | "canaryConfiguration.canaryBakeTimeInMinutes" Lossy(TrafficShiftNotApplied) stays
        "Traffic is not shifted in steps.";
}
