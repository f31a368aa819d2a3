//! Where output goes.

use crate::ledger::row::table;

table! { LOGGING "Logging" at "containerDefinitions[].logConfiguration";
    "" | "logDriver" | "options" Approximate(LogDriverReplaced) deploys
        "Output stays on the node; annotations of the pod tell collectors where awslogs would send it.";
    "secretOptions" | "secretOptions[].name" | "secretOptions[].valueFrom"
        Approximate(LogSecretOptionsNotApplied) deploys
        "No log driver reads them; the collector on the nodes has to.";
}

table! { FIRELENS "FireLens" at "containerDefinitions[].firelensConfiguration";
    "" | "type" | "options" Approximate(FireLensNotConfigured) deploys
        "The router stays a container, with its image's configuration; FLUENT_HOST leads to it.";
}
