//! `EcsService`: a CreateService request.

mod kubernetes;
mod status;

pub use kubernetes::*;
pub use status::*;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ecs::{
    CapacityProviderStrategyItem, DeploymentConfiguration, DeploymentController, GatewayConnector,
    LaunchType, LoadBalancer, MetricAlarm, MonitoringConfiguration, NetworkConfiguration,
    PlacementConstraint, PlacementStrategy, PropagateTags, ScalableTarget, ScalingPolicy, ScheduledAction,
    SchedulingStrategy, ServiceConnectConfiguration, ServiceRegistry, ServiceVolumeConfiguration, Tag,
    Toggle, VpcLatticeConfiguration,
};

/// The CreateService request, its auto scaling, and what only Kubernetes has a word for.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "ecs-bridge.dev",
    version = "v1alpha1",
    kind = "EcsService",
    plural = "ecsservices",
    shortname = "ecssvc",
    category = "ecs",
    namespaced,
    status = "EcsServiceStatus",
    scale(
        spec_replicas_path = ".spec.kubernetes.scaledCount",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "Desired", type_ = "integer", json_path = ".status.desiredCount"),
    printcolumn(name = "Running", type_ = "integer", json_path = ".status.runningCount"),
    printcolumn(name = "Pending", type_ = "integer", json_path = ".status.pendingCount"),
    printcolumn(name = "Task definition", type_ = "string", json_path = ".status.taskDefinition"),
    printcolumn(name = "Rollout", type_ = "string", json_path = ".status.rolloutState"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = r#".status.conditions[?(@.type=="Ready")].status"#
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        priority = 1,
        json_path = r#".status.conditions[?(@.type=="Ready")].reason"#
    ),
    printcolumn(
        name = "Fidelity",
        type_ = "string",
        priority = 1,
        json_path = r#".status.conditions[?(@.type=="Fidelity")].reason"#
    ),
    printcolumn(
        name = "Min",
        type_ = "integer",
        priority = 1,
        json_path = ".status.autoScaling.minCapacity"
    ),
    printcolumn(
        name = "Max",
        type_ = "integer",
        priority = 1,
        json_path = ".status.autoScaling.maxCapacity"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    doc = "An Amazon ECS service, run as Deployments or a DaemonSet and what belongs to them."
)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::duplicated_attributes, reason = "each column has a type and a path")]
pub struct EcsServiceSpec {
    /// Name or ARN of the cluster; `default` without it. One cluster is one namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Name of the service, unique in its cluster: 1 to 255 letters, digits, `-` and `_`. It cannot be
    /// changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub service_name: Option<String>,
    /// What the tasks run: `family` follows the latest active revision, `family:revision` or an ARN pins one.
    /// Needed with deployment controllers ECS and CODE_DEPLOY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Whether tasks are moved when they are spread unevenly over the zones; default ENABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone_rebalancing: Option<Toggle>,
    /// Target groups that the tasks are registered with, or one Classic Load Balancer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_balancers: Vec<LoadBalancer>,
    /// Service discovery registry that lists the tasks' addresses, at most one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    pub service_registries: Vec<ServiceRegistry>,
    /// Number of tasks to run. Needed on ECS for REPLICA, refused for DAEMON; autoscalers and `kubectl scale`
    /// change `kubernetes.scaledCount` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub desired_count: Option<i32>,
    /// Token that makes repeated calls of the ECS API one, at most 36 characters. It has no effect here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    /// Infrastructure that runs the tasks; EC2 where neither it nor a strategy (the cluster's default
    /// included) is given. Exclusive with `capacityProviderStrategy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_type: Option<LaunchType>,
    /// Capacity providers that run the tasks, and their shares; at most 20. Exclusive with `launchType`;
    /// without both the cluster's default holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    /// Version of the Fargate platform; default LATEST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<String>,
    /// Name or ARN of the role with which ECS calls the load balancer. Only without `awsvpc`; normally the
    /// service-linked role does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// How the service moves from one version to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_configuration: Option<DeploymentConfiguration>,
    /// Rules about the nodes that tasks may run on, at most 10 together with the task definition's. Not on
    /// Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Preferences about the nodes that tasks run on, at most 5; the later ones decide where the earlier ones
    /// leave a choice. Not on Fargate and not for DAEMON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub placement_strategy: Vec<PlacementStrategy>,
    /// Subnets and security groups of the tasks. Needed with network mode `awsvpc`, refused with any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_configuration: Option<NetworkConfiguration>,
    /// Seconds after the start of a task during which failed health checks, of load balancers and of
    /// containers, are ignored; default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub health_check_grace_period_seconds: Option<i32>,
    /// REPLICA (the default) runs `desiredCount` tasks, DAEMON one on each node that fits. It cannot be
    /// changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduling_strategy: Option<SchedulingStrategy>,
    /// Who carries out deployments; default the service itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_controller: Option<DeploymentController>,
    /// Tags of the service, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub tags: Vec<Tag>,
    /// Whether tasks get tags with the names of their cluster and service. Default false.
    #[serde(rename = "enableECSManagedTags", skip_serializing_if = "Option::is_none")]
    pub enable_ecs_managed_tags: Option<bool>,
    /// Whose tags new tasks get: TASK_DEFINITION, SERVICE or NONE (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<PropagateTags>,
    /// Whether commands can be run in containers of new tasks with ECS Exec. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_execute_command: Option<bool>,
    /// How the service is found by others in its namespace, and finds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_connect_configuration: Option<ServiceConnectConfiguration>,
    /// EBS volumes for the task definition's volume with `configuredAtLaunch`. REPLICA only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volume_configurations: Vec<ServiceVolumeConfiguration>,
    /// VPC Lattice target groups that the tasks are registered with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vpc_lattice_configurations: Vec<VpcLatticeConfiguration>,
    /// Connection to the gateways of the cluster, at most one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    pub gateway_connectors: Vec<GatewayConnector>,
    /// Which CloudWatch metrics of the service are published how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<MonitoringConfiguration>,
    /// Service auto scaling, in Application Auto Scaling's own shapes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_scaling: Option<AutoScaling>,
    /// What ECS has no word for. Optional: an ECS definition without it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<EcsServiceKubernetes>,
}

/// The auto scaling of one service: the requests RegisterScalableTarget, PutScalingPolicy,
/// PutScheduledAction, and PutMetricAlarm for the alarms that step scaling goes by. `ResourceId` may be left
/// out; where it stands it has to name this service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoScaling {
    /// The bounds of the desired count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_target: Option<ScalableTarget>,
    /// Target tracking, step and predictive policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_policies: Vec<ScalingPolicy>,
    /// Changes of the bounds at points in time, at most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub scheduled_actions: Vec<ScheduledAction>,
    /// CloudWatch alarms whose actions are the step scaling policies: they have metric and threshold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<MetricAlarm>,
}
