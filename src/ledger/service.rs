//! CreateService, with its auto scaling.

use super::row::rows;

rows! {
    "cluster" Exact stays
        "The namespace.";
    "serviceName" Exact stays
        "Names the object; it never changes.";
    "taskDefinition" Exact stays
        "What deploys is the revision that it means, not how it is spelled.";
    "availabilityZoneRebalancing" NotYet stays neutral "DISABLED"
        "Running tasks stay where they are.";
    "loadBalancers" Exact deploys
        "The container and port have to exist; the port is on the service's Service.";
    "loadBalancers[].targetGroupArn" NotYet deploys
        "The target group does not get the tasks yet.";
    "loadBalancers[].loadBalancerName" NotYet deploys
        "The load balancer does not get the tasks yet.";
    "loadBalancers[].advancedConfiguration" NotYet deploys
        "Listener rules are not touched.";
    "serviceRegistries" NotYet deploys
        "Names are not registered in Cloud Map; the Service's name is in the cluster's DNS.";
    "desiredCount" Exact stays
        "The count, until an autoscaler changes it.";
    "clientToken" NotApplicable(NotApplicable) stays
        "Applying an object twice changes nothing.";
    "launchType" Exact deploys
        "FARGATE applies Fargate's rules; everything runs on the cluster's nodes.";
    "capacityProviderStrategy" Exact stays
        "One Deployment for each provider.";
    "capacityProviderStrategy[].capacityProvider" Exact deploys
        "Another provider means other nodes.";
    "capacityProviderStrategy[].weight" Exact stays
        "Moves tasks, restarts none of the others.";
    "capacityProviderStrategy[].base" Exact stays
        "Moves tasks, restarts none of the others.";
    "platformVersion" NotApplicable(NotApplicable) deploys neutral "LATEST"
        "Nodes have the version that they have.";
    "role" NotApplicable(NotApplicable) stays
        "Load balancers are driven by their controller's own role.";
    "deploymentConfiguration.deploymentCircuitBreaker" NotYet stays
        "A failing deployment is not stopped and not rolled back.";
    "deploymentConfiguration.maximumPercent" Exact stays
        "maxSurge, as a number of tasks.";
    "deploymentConfiguration.minimumHealthyPercent" Exact stays
        "maxUnavailable, as a percentage.";
    "deploymentConfiguration.alarms" NotYet stays
        "CloudWatch alarms do not stop a deployment.";
    "deploymentConfiguration.strategy" Exact stays
        "ROLLING; others are refused unless a fallback is asked for.";
    "deploymentConfiguration.bakeTimeInMinutes" NotYet stays neutral "0"
        "A deployment is complete when its tasks are.";
    "deploymentConfiguration.lifecycleHooks" NotYet stays
        "Hooks are not called.";
    "deploymentConfiguration.linearConfiguration" NotYet stays
        "Traffic is not shifted in steps.";
    "deploymentConfiguration.canaryConfiguration" NotYet stays
        "Traffic is not shifted in steps.";
    "deploymentConfiguration.earlySuccessCriteria" NotYet stays
        "A deployment is complete when all of its tasks are.";
    "placementConstraints" Exact stays
        "Node affinity and anti-affinity; takes effect with the next deployment.";
    "placementStrategy" Approximate(StrategyOrderApproximated) stays
        "Soft topology spread; takes effect with the next deployment.";
    "networkConfiguration.awsvpcConfiguration.subnets" NotApplicable(SubnetsNotApplied) deploys
        "Tasks get addresses of the subnets of their nodes.";
    "networkConfiguration.awsvpcConfiguration.securityGroups" Lossy(SecurityGroupsNotApplied) deploys
        "The security groups do not guard the tasks: whatever may reach the nodes' pods reaches them.";
    "networkConfiguration.awsvpcConfiguration.assignPublicIp" Lossy(PublicIpUnsupported) deploys neutral "DISABLED"
        "Tasks get no public address; their way out is that of their node's subnet.";
    "healthCheckGracePeriodSeconds" NotYet stays neutral "0"
        "Health checks are not delayed.";
    "schedulingStrategy" Exact deploys
        "REPLICA becomes Deployments, DAEMON DaemonSets.";
    "deploymentController" Exact stays
        "ECS; others are refused unless a fallback is asked for.";
    "tags" NotYet stays
        "Tags become annotations.";
    "enableECSManagedTags" NotApplicable(NotApplicable) stays
        "Pods carry the service's name as a label instead.";
    "propagateTags" NotYet stays neutral "NONE"
        "Tags are not carried over to tasks.";
    "enableExecuteCommand" NotApplicable(NotApplicable) stays
        "kubectl exec does it; who may is decided by RBAC.";
    "serviceConnectConfiguration" NotYet deploys
        "No proxy stands between services, and aliases have no names.";
    "volumeConfigurations" Exact deploys
        "A generic ephemeral volume of each pod: new with it, deleted with it.";
    "volumeConfigurations[].managedEBSVolume.snapshotId" Exact deploys
        "A volume snapshot that claims start from, by the privilege snapshots; deleting it here keeps it on AWS.";
    "volumeConfigurations[].managedEBSVolume.roleArn" NotApplicable(NotApplicable) deploys
        "Volumes are made with the CSI driver's own role.";
    "volumeConfigurations[].managedEBSVolume.tagSpecifications" Approximate(TagNotApplied) deploys
        "Tags of the volume, where the driver can tell key and value.";
    "volumeConfigurations[].managedEBSVolume.tagSpecifications[].propagateTags" Exact deploys
        "The tags of the service or task definition, as they are when a deployment starts.";
    "vpcLatticeConfigurations" NotYet deploys
        "The target group does not get the tasks.";
    "gatewayConnectors" NotYet deploys
        "No gateway reaches the tasks.";
    "monitoring" NotApplicable(NotApplicable) stays
        "Metrics are those of the cluster.";
    "autoScaling.scalableTarget" Exact stays
        "Bounds of the HorizontalPodAutoscaler.";
    "autoScaling.scalableTarget.MinCapacity" Approximate(MinCapacityRaised) stays
        "minReplicas, at least 1.";
    "autoScaling.scalableTarget.RoleARN" NotApplicable(NotApplicable) stays
        "The cluster scales by itself.";
    "autoScaling.scalableTarget.SuspendedState.ScheduledScalingSuspended" NotYet stays
        "Goes with scheduled actions.";
    "autoScaling.scalableTarget.Tags" NotApplicable(NotApplicable) stays
        "A scalable target is no object of its own.";
    "autoScaling.scalingPolicies" Exact stays
        "Metrics of the HorizontalPodAutoscaler.";
    "autoScaling.scalingPolicies[].StepScalingPolicyConfiguration" NotYet stays
        "Nothing scales in steps.";
    "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration" NotYet stays
        "Nothing scales ahead of time.";
    "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration" Exact stays
        "A utilization target.";
    "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification" NotYet stays
        "CloudWatch metrics are not read.";
    "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown" Approximate(ScaleOutCooldownApproximated) stays
        "A minute of stabilization.";
    "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration.ScaleInCooldown" Approximate(CooldownClamped) stays
        "The stabilization window of scale-down, from 5 minutes to an hour.";
    "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration.DisableScaleIn" Approximate(DisableScaleInIgnored) stays
        "Counts where every policy has it.";
    "autoScaling.scheduledActions" NotYet stays
        "The bounds do not change with time.";
    "kubernetes.scaledCount" Exact stays
        "The count in force.";
    "kubernetes.paused" Exact stays
        "The operator changes nothing while it is set.";
    "kubernetes.minReadySeconds" Exact stays
        "minReadySeconds of the workload; no pod is restarted for it.";
    "kubernetes.imagePullPolicy" Exact deploys
        "imagePullPolicy of the containers.";
    "kubernetes.serviceAccountName" Exact deploys
        "serviceAccountName of the pods.";
    "kubernetes.placement" NotYet stays neutral "Native"
        "kube-scheduler decides.";
    "kubernetes.securityGroups" NotYet deploys neutral "Ignore"
        "Security groups are not applied.";
    "kubernetes.ingress" NotYet deploys
        "No Ingress is made.";
    "kubernetes.gateway" NotYet deploys
        "No route is made.";
    "kubernetes.forceNewDeployment" Exact deploys
        "Any new value deploys again.";
    "kubernetes.deploymentFallback" Exact stays
        "Rolls where ECS would shift traffic.";
    "kubernetes.acceptFindings" Exact stays
        "Findings with these codes are reported as Info.";
    "kubernetes.podTemplate" NotYet deploys
        "The overlay is not merged.";
}
