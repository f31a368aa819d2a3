//! Environment and secrets.

use crate::ledger::row::table;

table! { ENVIRONMENT "Environment and secrets" at "containerDefinitions[]";
    "environment" | "environment[].name" | "environment[].value" Exact deploys
        "env of the container; $(…) stays literal.";
    "environmentFiles" | "environmentFiles[].value" | "environmentFiles[].type" NotYet deploys
        "Files in S3 become a ConfigMap or Secret; the variables are missing until then.";
    "secrets" | "secrets[].name" | "secrets[].valueFrom" NotYet deploys
        "Secrets come through External Secrets; the variables are missing until then.";
}
