//! Environment and secrets.

use crate::ledger::row::table;

table! { ENVIRONMENT "Environment and secrets" at "containerDefinitions[]";
    "environment" | "environment[].name" | "environment[].value" Exact deploys
        "env of the container; $(…) stays literal.";
    "environmentFiles" | "environmentFiles[].type" Exact deploys
        "envFrom of the container; the first file that has a variable wins, and env wins over files.";
    "environmentFiles[].value" Approximate(EnvironmentFileSnapshotted) deploys
        "What the ConfigMap or Secret holds that kubernetes.environmentFiles names; unmapped files are refused.";
    "secrets" Approximate(SecretRefreshApproximated) deploys
        "Read with each deployment and every hour instead of at each start.";
    "secrets[].name" Exact deploys
        "A variable that refers to a Secret; without its value the container does not start.";
    "secrets[].valueFrom" Approximate(SecretToFill) deploys needs Roles
        "External Secrets makes the Secret where it is installed; else the finding has the command that does.";
}
