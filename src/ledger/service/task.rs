//! What a service runs and how many of it.

use crate::ledger::row::table;

table! { SERVICE "The service" at "";
    "cluster" Exact stays
        "The namespace.";
    "serviceName" Exact stays
        "Names the object; it never changes.";
    "taskDefinition" Exact stays
        "What deploys is the revision that it means, not how it is spelled.";
    "desiredCount" Exact stays
        "The count, until an autoscaler changes it.";
    "schedulingStrategy" Exact deploys
        "REPLICA becomes Deployments, DAEMON DaemonSets.";
    "launchType" Approximate(LaunchTypeTakenForEc2) deploys
        "FARGATE applies Fargate's rules; everything runs on the cluster's nodes.";
    "platformVersion" NotApplicable(NotApplicable) deploys neutral "LATEST"
        "Nodes have the version that they have.";
}

table! { OPERATION "How it is operated" at "";
    "clientToken" NotApplicable(NotApplicable) stays
        "Applying an object twice changes nothing.";
    "role" NotApplicable(NotApplicable) stays
        "Load balancers are driven by their controller's own role.";
    "tags" | "tags[].key" | "tags[].value" Approximate(TagsAreAnnotations) stays
        "Annotations of the workload, where a change restarts nothing.";
    "enableECSManagedTags" NotApplicable(NotApplicable) stays
        "Pods carry the service's name as a label instead.";
    "propagateTags" Exact stays neutral "NONE"
        "Annotations of the pods, and labels where the value may be one; takes effect with the next deployment.";
    "enableExecuteCommand" NotApplicable(ExecuteCommandReplaced) stays
        "kubectl exec does it; who may is decided by RBAC.";
    "monitoring" | "monitoring.metricConfigurations" | "monitoring.metricConfigurations[].metricNames"
        | "monitoring.metricConfigurations[].resolutionSeconds" NotApplicable(NotApplicable) stays
        "Metrics are those of the cluster.";
}
