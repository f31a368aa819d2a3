//! What ECS has no word for.

use crate::ledger::row::table;

table! { KUBERNETES "Under kubernetes" at "kubernetes";
    "" Exact stays
        "What ECS has no word for.";
    "scaledCount" Exact stays
        "The count in force.";
    "paused" Exact stays
        "The operator changes nothing while it is set.";
    "minReadySeconds" Exact stays
        "minReadySeconds of the workload; no pod is restarted for it.";
    "imagePullPolicy" Exact deploys
        "imagePullPolicy of the containers.";
    "serviceAccountName" Exact deploys
        "serviceAccountName of the pods.";
    "placement" Approximate(ExactPlacementNeedsOperator) deploys neutral "Native"
        "Exact: the operator decides on nodes as ECS does, and kube-scheduler confirms.";
    "securityGroups" Approximate(SecurityGroupsNotApplied) deploys neutral "Ignore"
        "A SecurityGroupPolicy, where the VPC CNI gives pods security groups.";
    "ingress" Approximate(RouteNotMade) deploys
        "An Ingress that leads to the service, where it has a TCP port.";
    "ingress.ingressClassName" | "ingress.host" | "ingress.path" | "ingress.port" | "ingress.annotations" Exact deploys
        "What the Ingress says.";
    "gateway" Approximate(RouteNotMade) deploys
        "An HTTPRoute that leads to the service, where Gateway API is served; behind the AWS Load Balancer Controller it needs a TargetGroupConfiguration of yours.";
    "gateway.name" | "gateway.namespace" | "gateway.hostnames" | "gateway.path" | "gateway.port" Exact deploys
        "What the HTTPRoute says.";
    "forceNewDeployment" Exact deploys
        "Any new value deploys again.";
    "deploymentFallback" Exact stays
        "Rolls where ECS would shift traffic.";
    "acceptFindings" Exact stays
        "Findings with these codes are reported as Info.";
    "podTemplate" Approximate(Overlaid) deploys
        "Merged last into the pods, which are no longer what the definition alone says.";
}
