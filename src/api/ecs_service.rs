//! `EcsService`: a CreateService request.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ecs::{
    CapacityProviderStrategyItem, DeploymentConfiguration, DeploymentController, GatewayConnector,
    LaunchType, LoadBalancer, MonitoringConfiguration, NetworkConfiguration, PlacementConstraint,
    PlacementStrategy, PropagateTags, ScalableTarget, ScalingPolicy, ScheduledAction, SchedulingStrategy,
    ServiceConnectConfiguration, ServiceRegistry, ServiceVolumeConfiguration, Tag, Toggle,
    VpcLatticeConfiguration,
};
use super::task_definition::ImagePullPolicy;
use crate::finding::Finding;

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
    doc = "An Amazon ECS service, run as Deployments or a DaemonSet and what belongs to them."
)]
#[serde(rename_all = "camelCase")]
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
    pub service_registries: Vec<ServiceRegistry>,
    /// Number of tasks to run. Needed on ECS for REPLICA, refused for DAEMON; autoscalers and `kubectl scale`
    /// change `kubernetes.scaledCount` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<i32>,
    /// Token that makes repeated calls of the ECS API one, at most 36 characters. It has no effect here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    /// Infrastructure that runs the tasks; EC2 where neither it nor a strategy is given. Exclusive with
    /// `capacityProviderStrategy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_type: Option<LaunchType>,
    /// Capacity providers that run the tasks, and their shares; at most 20. Exclusive with `launchType`;
    /// without both the cluster's default holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Preferences about the nodes that tasks run on, at most 5; the later ones decide where the earlier ones
    /// leave a choice. Not on Fargate and not for DAEMON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_strategy: Vec<PlacementStrategy>,
    /// Subnets and security groups of the tasks. Needed with network mode `awsvpc`, refused with any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_configuration: Option<NetworkConfiguration>,
    /// Seconds after the start of a task during which failed health checks, of load balancers and of
    /// containers, are ignored; default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
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

/// The auto scaling of one service: the requests RegisterScalableTarget, PutScalingPolicy and
/// PutScheduledAction. `ResourceId` may be left out; where it stands it has to name this service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoScaling {
    /// The bounds of the desired count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_target: Option<ScalableTarget>,
    /// Target tracking, step and predictive policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_policies: Vec<ScalingPolicy>,
    /// Changes of the bounds at points in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_actions: Vec<ScheduledAction>,
}

/// Options of a service that ECS has no word for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EcsServiceKubernetes {
    /// The count that is in force: what the `scale` subresource reads and writes. Written by autoscalers,
    /// `kubectl scale` and the operator; leave it out of manifests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub scaled_count: Option<i32>,
    /// While true the operator changes nothing of this service but its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Seconds for which a task has to run before it counts as healthy, where no health check says so.
    /// Without it 40, as on ECS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub min_ready_seconds: Option<i32>,
    /// When images are pulled, for every container that does not say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// An existing ServiceAccount to run as; it is used as it is. Without it the service gets one of its own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub service_account_name: Option<String>,
    /// Who decides on nodes: kube-scheduler from native rules (the default), or ECS's own decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementMode>,
    /// What becomes of `awsvpcConfiguration.securityGroups`. Without it they are not applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<SecurityGroups>,
    /// A new load balancer through an Ingress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<IngressOptions>,
    /// A new load balancer through a Gateway API route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayOptions>,
    /// Any new value starts a new deployment of what is unchanged, as `--force-new-deployment` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub force_new_deployment: Option<String>,
    /// What to do where a deployment strategy cannot be had: `Rolling` rolls instead of refusing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_fallback: Option<DeploymentFallback>,
    /// Codes of findings that are known and accepted: reported as Info from then on. Errors cannot be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept_findings: Vec<String>,
    /// A PodTemplateSpec that is merged last into the rendered one (strategic merge; containers by name).
    /// Labels, selector and scheduling gates of the operator cannot be changed by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "anything")]
    pub pod_template: Option<Value>,
}

/// Who decides on nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum PlacementMode {
    #[default]
    Native,
    Exact,
}

/// What becomes of security groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum SecurityGroups {
    Enforce,
    Ignore,
}

/// What to do where a deployment strategy cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum DeploymentFallback {
    Rolling,
}

/// A new load balancer through an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IngressOptions {
    /// The IngressClass, for example `alb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_class_name: Option<String>,
    /// Host name to answer; without it every host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Path prefix to answer; without it `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Annotations of the Ingress.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// A route of an existing Gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayOptions {
    /// Name of the Gateway.
    pub name: String,
    /// Namespace of the Gateway; without it the service's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Host names to answer; none means every host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<String>,
    /// Path prefix to answer; without it `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What DescribeServices would say, and the conditions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsServiceStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`, `Reconciling`, `Stalled`, `Fidelity`.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// The count in force.
    pub desired_count: i32,
    /// Tasks that run.
    pub running_count: i32,
    /// Tasks that are being placed or started.
    pub pending_count: i32,
    /// The task definition of the primary deployment, as `family:revision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Rollout state of the primary deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_state: Option<RolloutState>,
    /// Deployments, newest first; at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["id"]), length(max = 10))]
    pub deployments: Vec<Deployment>,
    /// The `desiredCount` that was last taken over into the count in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_count: Option<i32>,
    /// Pods of the service that exist and are not being stopped: what the `scale` subresource reports.
    pub replicas: i32,
    /// Label selector of the service's pods, for autoscalers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// What cannot be translated exactly; at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub findings: Vec<Finding>,
    /// Findings beyond the 64 that are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_omitted: Option<i64>,
}

/// One deployment, with the member names of DescribeServices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Id of the deployment; pods carry it as a label.
    pub id: String,
    /// PRIMARY is the newest, ACTIVE one is being replaced.
    pub status: DeploymentStatus,
    /// `family:revision`.
    pub task_definition: String,
    /// Where the rollout stands.
    pub rollout_state: RolloutState,
    /// The same as a sentence.
    pub rollout_state_reason: String,
    /// Tasks that this deployment should have.
    pub desired_count: i32,
    /// Tasks of it that run.
    pub running_count: i32,
    /// Tasks of it that are being placed or started.
    pub pending_count: i32,
    /// Tasks of it that failed.
    pub failed_tasks: i32,
    /// When it was recorded (RFC 3339).
    pub created_at: String,
    /// When one of the members above last changed (RFC 3339).
    pub updated_at: String,
}

/// Whether a deployment is the one that should run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "ECS's own words")]
pub enum DeploymentStatus {
    #[default]
    Primary,
    Active,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "ECS's own words")]
pub enum RolloutState {
    #[default]
    InProgress,
    Completed,
    Failed,
}

fn anything(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}
