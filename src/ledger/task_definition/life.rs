//! Order, start, end and health of containers.

use crate::ledger::row::table;

table! { LIFE "Order and life" at "containerDefinitions[]";
    "essential" Approximate(NotYetTranslated) deploys
        "Every container is restarted by itself; none ends the task yet.";
    "dependsOn" | "dependsOn[].containerName" | "dependsOn[].condition" NotYet deploys
        "The containers start together, in no order.";
    "startTimeout" NotYet deploys
        "No start is given up because it takes long.";
    "stopTimeout" NotYet deploys neutral "30"
        "Every container has Kubernetes' 30 seconds to stop.";
}

table! { RESTART "Restart policies" at "containerDefinitions[].restartPolicy";
    "" | "enabled" | "ignoredExitCodes" | "restartAttemptPeriod" NotYet deploys
        "Kubernetes restarts every container, whatever the policy says.";
}

table! { HEALTH "Health checks" at "containerDefinitions[].healthCheck";
    "" | "command" | "interval" | "timeout" | "retries" | "startPeriod" NotYet deploys
        "No probe checks the container.";
}
