//! Order, start, end and health of containers.

use crate::ledger::row::table;

table! { LIFE "Order and life" at "containerDefinitions[]";
    "essential" Approximate(EssentialExitInPlace) deploys
        "When it exits it is restarted in place, alone or with the others; alone in its task that comes to the same, save for what volumes of the task hold.";
    "dependsOn" | "dependsOn[].containerName" Exact deploys
        "What others wait for is an init container or a sidecar, in the order that this asks for.";
    "dependsOn[].condition" Approximate(CompleteTreatedAsSuccess) deploys
        "START: a sidecar. HEALTHY: a sidecar with a startup probe. SUCCESS: an init container. COMPLETE: the same, any exit code only with wrapComplete.";
    "startTimeout" Approximate(StartTimeoutNotApplied) deploys
        "Limits the startup probe that HEALTHY waits for; COMPLETE and SUCCESS have no limit.";
    "stopTimeout" Approximate(StopTimeoutPodWide) deploys neutral "30"
        "Part of the pod's grace period: the longest of the containers that stop together, plus that of each sidecar.";
}

table! { RESTART "Restart policies" at "containerDefinitions[].restartPolicy";
    "" | "enabled" Approximate(RestartPeriodIgnored) deploys
        "The container is restarted in place, with the kubelet's back-off.";
    "restartAttemptPeriod" Approximate(RestartPeriodIgnored) deploys
        "The kubelet's back-off takes its place.";
    "ignoredExitCodes" Approximate(IgnoredExitCodesRestart) deploys
        "After these codes an essential container ends its task, where the cluster can do that.";
}

table! { HEALTH "Health checks" at "containerDefinitions[].healthCheck";
    "" Approximate(HealthCheckNotRun) deploys
        "Startup and liveness probes that restart the container when ECS would replace the task.";
    "command" Approximate(ReadAs) deploys
        "Command of the probes; $(…) stays literal.";
    "interval" | "timeout" | "retries" | "startPeriod" Exact deploys
        "Periods and thresholds of the probes, which give up when ECS does.";
}
