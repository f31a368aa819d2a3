//! Where output goes.

use crate::ledger::row::table;

table! { LOGGING "Logging" at "containerDefinitions[].logConfiguration";
    "" | "logDriver" | "options" NotYet deploys
        "Output stays on the node, where kubectl logs reads it.";
    "secretOptions" | "secretOptions[].name" | "secretOptions[].valueFrom"
        Approximate(LogSecretNotDelivered) deploys
        "No log driver runs here that could be given the value; what collects the logs has to have it.";
}

table! { FIRELENS "FireLens" at "containerDefinitions[].firelensConfiguration";
    "" | "type" | "options" NotYet deploys
        "The log router runs as a plain container.";
}
