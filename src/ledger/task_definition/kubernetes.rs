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
    "containers.*.oneShot" NotYet deploys
        "A container that ends is started again.";
    "containers.*.wrapComplete" NotYet deploys
        "Commands are not wrapped.";
    "essentialExit" NotYet deploys
        "A container that exits is restarted by itself.";
    "environmentFiles" | "environmentFiles[].arn" | "environmentFiles[].configMapRef"
        | "environmentFiles[].secretRef" NotYet deploys
        "The mapped objects are not read.";
}
