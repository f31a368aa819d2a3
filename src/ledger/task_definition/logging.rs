//! Where output goes.

use crate::ledger::row::table;

table! { LOGGING "Logging" at "containerDefinitions[].logConfiguration";
    "" | "logDriver" | "options" | "secretOptions" | "secretOptions[].name" | "secretOptions[].valueFrom"
        NotYet deploys
        "Output stays on the node, where kubectl logs reads it.";
}

table! { FIRELENS "FireLens" at "containerDefinitions[].firelensConfiguration";
    "" | "type" | "options" NotYet deploys
        "The log router runs as a plain container.";
}
