//! CreateCapacityProvider.

use super::row::rows;

rows! {
    "name" Exact stays
        "What strategies of services name.";
    "cluster" NotApplicable(NotApplicable) stays
        "The object is the cluster's own.";
    "autoScalingGroupProvider.autoScalingGroupArn" NotApplicable(NotApplicable) stays
        "Which nodes belong to the provider is decided by their labels.";
    "autoScalingGroupProvider.managedScaling" NotYet stays
        "The number of nodes is whatever scales them decides.";
    "autoScalingGroupProvider.managedTerminationProtection" NotYet stays neutral "DISABLED"
        "Nodes are not protected from scale-in.";
    "autoScalingGroupProvider.managedDraining" NotApplicable(NotApplicable) stays
        "Whatever removes a node drains it.";
    "managedInstancesProvider" NotYet stays
        "No instances are started.";
    "tags" NotApplicable(NotApplicable) stays
        "No AWS resource is made that could carry them.";
    "kubernetes.nodeSelector" Exact stays
        "Node selector of the pods.";
    "kubernetes.tolerations" Exact stays
        "Tolerations of the pods.";
    "kubernetes.fargateProfile" NotYet stays
        "EKS Fargate's own rules are not applied.";
    "kubernetes.namespaces" Exact stays
        "Whose services may use the provider.";
    "kubernetes.scaleTarget" NotYet stays
        "The number of nodes is not changed.";
}
