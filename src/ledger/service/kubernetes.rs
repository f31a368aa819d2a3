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
    "placement" Lossy(ExactPlacementNotApplied) stays neutral "Native"
        "kube-scheduler decides.";
    "securityGroups" Lossy(SecurityGroupsNotApplied) deploys neutral "Ignore"
        "Security groups are not applied.";
    "ingress" | "ingress.ingressClassName" | "ingress.host" | "ingress.path" | "ingress.annotations"
        Lossy(RouteNotMade) deploys
        "No Ingress is made.";
    "gateway" | "gateway.name" | "gateway.namespace" | "gateway.hostnames" | "gateway.path"
        Lossy(RouteNotMade) deploys
        "No route of a Gateway is made.";
    "forceNewDeployment" Exact deploys
        "Any new value deploys again.";
    "deploymentFallback" Exact stays
        "Rolls where ECS would shift traffic.";
    "acceptFindings" Exact stays
        "Findings with these codes are reported as Info.";
    "podTemplate" Approximate(Overlaid) deploys
        "Merged last into the pods, which are no longer what the definition alone says.";
}
