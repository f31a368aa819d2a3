//! Which nodes, and who scales them.

use crate::ledger::row::table;

table! { PROVIDER "The provider" at "";
    "name" Exact stays
        "What strategies of services name.";
    "cluster" NotApplicable(NotApplicable) stays
        "The object is the cluster's own.";
    "tags" | "tags[].key" | "tags[].value" NotApplicable(NotApplicable) stays
        "No AWS resource is made that could carry them.";
}

table! { GROUP "Auto Scaling group" at "autoScalingGroupProvider";
    "" Exact stays
        "Nodes that the provider's label marks.";
    "autoScalingGroupArn" NotApplicable(NotApplicable) stays
        "Which nodes belong to the provider is decided by their labels.";
    "managedScaling" | "managedScaling.status" | "managedScaling.targetCapacity"
        | "managedScaling.minimumScalingStepSize" | "managedScaling.maximumScalingStepSize"
        | "managedScaling.instanceWarmupPeriod" Lossy(NodeScalingNotManaged) stays
        "The number of nodes is what the cluster's own node autoscaler makes it.";
    "managedTerminationProtection" Lossy(NodeScalingNotManaged) stays neutral "DISABLED"
        "Nodes are not protected from scale-in.";
    "managedDraining" NotApplicable(NotApplicable) stays
        "Whatever removes a node drains it.";
}

table! { KUBERNETES "Under kubernetes" at "kubernetes";
    "" Exact stays
        "What ECS has no word for.";
    "nodeSelector" Exact stays
        "Node selector of the pods.";
    "tolerations" | "tolerations[].key" | "tolerations[].operator" | "tolerations[].value"
        | "tolerations[].effect" | "tolerations[].tolerationSeconds" Exact stays
        "Tolerations of the pods.";
    "fargateProfile" Approximate(FargateProfileRequired) stays
        "EKS Fargate's own rules apply to services of FARGATE: sizes with its own part, no Arm, no Windows, no EBS.";
    "namespaces" Exact stays
        "Whose services may use the provider.";
    "scaleTarget" | "scaleTarget.apiVersion" | "scaleTarget.kind" | "scaleTarget.name"
        | "scaleTarget.namespace" Lossy(NodeScalingNotManaged) stays
        "The number of nodes is not changed.";
}
