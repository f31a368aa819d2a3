//! What ECS has no word for.

use crate::ledger::row::table;

table! { KUBERNETES "Under kubernetes" at "kubernetes";
    "" Exact deploys
        "What ECS has no word for.";
    "revision" Exact stays
        "The least number of the next revision.";
    "deregistered" Exact stays
        "Revisions that nothing new may reference.";
    "containers" Exact deploys
        "By container name.";
    "containers.*.imagePullPolicy" Exact deploys
        "imagePullPolicy of the container.";
    "containers.*.oneShot" Approximate(OneShotRunsFirst) deploys
        "Init: an init container. Shim: kept running when the command has ended.";
    "containers.*.wrapComplete" Exact deploys
        "A shell around the command that takes any exit code for success.";
    "essentialExit" Approximate(EssentialExitUnavailable) deploys
        "Restart policies of the containers, where the cluster has them.";
    "environmentFiles" | "environmentFiles[].arn" | "environmentFiles[].configMapRef"
        | "environmentFiles[].secretRef" Exact deploys
        "Where the variables of an environment file are.";
}
