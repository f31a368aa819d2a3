//! The network of a service's tasks.

use crate::ledger::row::table;

table! { NETWORK "Network" at "networkConfiguration";
    "" | "awsvpcConfiguration" Exact deploys
        "Every task has an address of its own.";
    "awsvpcConfiguration.subnets" NotApplicable(SubnetsNotApplied) deploys
        "Tasks get addresses of the subnets of their nodes.";
    "awsvpcConfiguration.securityGroups" Approximate(SecurityGroupsNotApplied) deploys
        "They guard the tasks where `kubernetes.securityGroups` is `Enforce` and the VPC CNI can do it.";
    "awsvpcConfiguration.assignPublicIp" Lossy(PublicIpUnsupported) deploys neutral "DISABLED"
        "Tasks get no public address; their way out is that of their node's subnet.";
}
