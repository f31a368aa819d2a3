//! Labels, annotations and field managers: every name that we write on objects, in one place.

/// Prefix of all our labels and annotations on objects.
pub const PREFIX: &str = "ecs-bridge.dev/";

/// Label: `metadata.name` of the EcsService that a pod or child belongs to. Part of every selector.
pub const SERVICE: &str = "ecs-bridge.dev/service";
/// Label: the capacity provider object's name, `fargate` for launch type FARGATE, else `none`. Part of
/// every selector.
pub const CAPACITY_PROVIDER: &str = "ecs-bridge.dev/capacity-provider";
/// Label of pods that belong to no service: the group of their task, where constraints of others speak of it.
pub const TASK_GROUP: &str = "ecs-bridge.dev/task-group";
/// Label: revision number of the task definition that a pod runs.
pub const REVISION: &str = "ecs-bridge.dev/revision";
/// Label: id of the deployment (service revision) that made a pod.
pub const DEPLOYMENT_ID: &str = "ecs-bridge.dev/deployment-id";
/// Label on ControllerRevisions: `metadata.name` of the TaskDefinition (family) that they belong to.
pub const FAMILY: &str = "ecs-bridge.dev/family";
/// Label: what made an object.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Value of [`MANAGED_BY`].
pub const MANAGED_BY_US: &str = "ecs-bridge";

/// Annotation: the ECS name, where Kubernetes had to spell it differently.
pub const ECS_NAME: &str = "ecs-bridge.dev/ecs-name";
/// Prefix of annotations on pods: the ECS name of the container whose name follows, where Kubernetes had to spell it
/// differently.
pub const CONTAINER_NAME: &str = "container.ecs-bridge.dev/";
/// Prefix of annotations on workloads: the ECS tag whose key follows.
pub const TAG: &str = "tag.ecs-bridge.dev/";
/// What annotations of pods say about one container, see [`of_container`]: the Docker label whose key follows.
pub const DOCKER_LABEL: &str = "docker-label";
/// What annotations of pods say about one container, see [`of_container`]: where its output belongs.
pub const LOG: &str = "log";
/// Pod label: `none` for pods that a NetworkPolicy cuts off.
pub const NETWORK: &str = "ecs-bridge.dev/network";
/// Value of [`NETWORK`].
pub const NETWORK_NONE: &str = "none";
/// Annotation on pods, written by users: the time (RFC 3339) until which the task is the last to be stopped.
pub const PROTECTED_UNTIL: &str = "ecs-bridge.dev/protected-until";
/// Annotation on pods: the value of [`PROTECTED_UNTIL`] that was acted upon, and what stood before in the annotations
/// that protect, as JSON.
pub const PROTECTION: &str = "ecs-bridge.dev/protection";
/// Pod label: the operator decides on the node of the pod, as ECS would. Its value is always [`EXACT_TRUE`].
pub const EXACT: &str = "ecs-bridge.dev/exact";
/// Value of [`EXACT`].
pub const EXACT_TRUE: &str = "true";
/// Annotation on pods with [`EXACT`]: strategies and constraints in ECS's own members, as JSON. Also the name of the
/// scheduling gate under which such a pod waits for the decision.
pub const PLACEMENT: &str = "ecs-bridge.dev/placement";
/// Annotation on pods with [`EXACT`]: the node that the operator gave it, written with the decision.
pub const PINNED: &str = "ecs-bridge.dev/pinned";
/// Annotation on pods with [`EXACT`] that were given a node while they were created: the review in which that was, by
/// whose uid the node's room is held until the pod is there.
pub const RESERVATION: &str = "ecs-bridge.dev/reservation";
/// Annotation on pods with [`EXACT`]: why no node took it when it was its turn.
pub const UNPLACED: &str = "ecs-bridge.dev/unplaced";
/// Annotation of an EcsService: the `desiredCount` that was taken over last, as JSON; written together with the count.
pub const TAKEN_OVER: &str = "ecs-bridge.dev/taken-over";
/// Annotation: hash of the object as we last wanted it; equal hash and no drift means no request.
pub const APPLIED: &str = "ecs-bridge.dev/applied";
/// Annotation on a workload: id of the deployment that the circuit breaker has stopped.
pub const FAILED_DEPLOYMENT: &str = "ecs-bridge.dev/failed-deployment";
/// Annotation beside [`FAILED_DEPLOYMENT`]: how many tasks of it had failed.
pub const FAILED_TASKS: &str = "ecs-bridge.dev/failed-tasks";
/// Annotation on a task definition's ControllerRevision: hash of the ECS members that it holds.
pub const SPEC_HASH: &str = "ecs-bridge.dev/spec-hash";
/// Namespace label: privileges that workloads of this namespace are granted, separated by `.`.
pub const ALLOW: &str = "ecs-bridge.dev/allow";

/// Field manager of everything that one service owns alone.
pub const MANAGER: &str = "ecs-bridge";

/// PriorityClass of the chart for pods whose node the operator decides on: priority 0, and no preemption, which would
/// evict others from the one node that such a pod may have.
pub const PRIORITY_CLASS: &str = "ecs-bridge-exact";

/// Prefix of annotations on pods that speak of one container, given by its Kubernetes name.
#[must_use]
pub fn of_container(container: &str, what: &str) -> String {
    format!("{container}.{what}.{PREFIX}")
}
