//! What runs, reduced to what the plan and the status ask about.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use serde_json::Value;

use super::trouble::Trouble;
use crate::api::labels;
use crate::desired::protection::Protection;

/// A pod of a service, in ECS's words a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// Pod name; stands where ECS has the task id.
    pub name: String,
    /// `metadata.uid` of the pod.
    pub uid: String,
    /// Capacity provider label: which child of the service made it.
    pub provider: String,
    /// Id of the deployment that made it; empty for a pod that carries none.
    pub deployment_id: String,
    /// Where it is in its life.
    pub state: TaskState,
    /// When its pod was made.
    pub created_at: Option<Timestamp>,
    /// Since when it is ready; `None` while it is not.
    pub ready_since: Option<Timestamp>,
    /// Whether somebody protects it.
    pub protection: Option<Box<Protection>>,
    /// What keeps it from running, or did; `None` for a task that simply runs or starts.
    pub trouble: Option<Box<Trouble>>,
}

/// Where a task is in its life. A pod that is being deleted is none of these: ECS does not count STOPPING tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskState {
    /// Being placed or started.
    #[default]
    Pending,
    /// Its containers have been started.
    Running,
    /// A container of it cannot start or keeps crashing; the kubelet tries again.
    Failing,
    /// It has failed for good (evicted, its node lost) and only its pod is left; another replaces it.
    Failed,
}

impl TaskState {
    /// Whether it still is a task of its service.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Failed)
    }
}

/// Waiting reasons of a container that mean that a task cannot start.
const CANNOT_START: &[&str] = &[
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
];

impl Task {
    /// The task that a pod is; `None` for a pod that is being deleted or has ended well.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        if pod.metadata.deletion_timestamp.is_some() {
            return None;
        }
        let phase = pod.status.as_ref().and_then(|s| s.phase.as_deref()).unwrap_or("Pending");
        let state = match phase {
            "Succeeded" => return None,
            "Failed" => TaskState::Failed,
            _ if cannot_start(pod) => TaskState::Failing,
            "Running" => TaskState::Running,
            _ => TaskState::Pending,
        };
        let label = |key: &str| pod.metadata.labels.as_ref().and_then(|l| l.get(key)).cloned();
        let conditions = pod.status.as_ref().and_then(|s| s.conditions.as_deref()).unwrap_or_default();
        let ready = conditions.iter().find(|c| c.type_ == "Ready" && c.status == "True");
        Some(Self {
            name: pod.metadata.name.clone().unwrap_or_default(),
            uid: pod.metadata.uid.clone().unwrap_or_default(),
            provider: label(labels::CAPACITY_PROVIDER).unwrap_or_default(),
            deployment_id: label(labels::DEPLOYMENT_ID).unwrap_or_default(),
            state,
            created_at: pod.metadata.creation_timestamp.as_ref().map(|time| time.0),
            ready_since: ready.and_then(|c| c.last_transition_time.as_ref()).map(|time| time.0),
            protection: Protection::of(pod).map(Box::new),
            trouble: Trouble::of(pod).map(Box::new),
        })
    }
}

fn cannot_start(pod: &Pod) -> bool {
    let of = pod.status.as_ref();
    let main = of.and_then(|s| s.container_statuses.as_deref()).unwrap_or_default();
    // What others wait for is an init container.
    let first = of.and_then(|s| s.init_container_statuses.as_deref()).unwrap_or_default();
    first.iter().chain(main).filter(|s| !s.ready).any(|s| {
        let waiting = s.state.as_ref().and_then(|state| state.waiting.as_ref());
        waiting.and_then(|w| w.reason.as_deref()).is_some_and(|reason| CANNOT_START.contains(&reason))
    })
}

/// A Deployment or DaemonSet that belongs to a service, as it is in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// `Deployment` or `DaemonSet`.
    pub kind: String,
    /// Name of the object.
    pub name: String,
    /// Its `metadata.uid`.
    pub uid: String,
    /// Capacity provider label: the second half of its selector.
    pub provider: String,
    /// Deployment id of the pod template.
    pub deployment_id: String,
    /// Replicas asked for (DaemonSet: nodes that should run one).
    pub desired: i32,
    /// Pods that have the current template.
    pub updated: i32,
    /// Pods that exist, of any template.
    pub total: i32,
    /// Pods that have been ready for `minReadySeconds`.
    pub available: i32,
    /// Whether the controller has seen the newest spec.
    pub observed: bool,
    /// Whether the controller has told anything at all yet.
    pub seen: bool,
    /// The deployment that the circuit breaker has stopped, as we noted it on the object.
    pub failed: Option<String>,
    /// How many of its tasks had failed, as far as that was noted.
    pub failed_tasks: i32,
    /// Why pods are refused before anybody places them: quota, admission, limits.
    pub refusal: Option<String>,
    /// Whether its controller has seen no progress for longer than a start may take.
    pub stuck: bool,
}

impl Workload {
    /// Reads a Deployment or DaemonSet.
    #[must_use]
    pub fn of(object: &Value) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let count = |pointer: &str| {
            let number = object.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
            i32::try_from(number).unwrap_or(i32::MAX)
        };
        let kind = text("/kind")?;
        let daemon = kind == "DaemonSet";
        if !daemon && kind != "Deployment" {
            return None;
        }
        let label = |at: &str, key: &str| object.pointer(at)?.get(key)?.as_str().map(str::to_owned);
        let generation = object.pointer("/metadata/generation").and_then(Value::as_i64);
        let seen = object.pointer("/status/observedGeneration").and_then(Value::as_i64);
        let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
        let holds = |kind: &str, status: &str| {
            let mut all = conditions.into_iter().flatten();
            all.find(|condition| condition["type"] == kind && condition["status"] == status)
        };
        let refused = holds("ReplicaFailure", "True");
        let late = holds("Progressing", "False").is_some_and(|c| c["reason"] == "ProgressDeadlineExceeded");
        Some(Self {
            name: text("/metadata/name")?,
            uid: text("/metadata/uid").unwrap_or_default(),
            provider: label("/spec/selector/matchLabels", labels::CAPACITY_PROVIDER).unwrap_or_default(),
            deployment_id: label("/spec/template/metadata/labels", labels::DEPLOYMENT_ID).unwrap_or_default(),
            desired: count(if daemon { "/status/desiredNumberScheduled" } else { "/spec/replicas" }),
            updated: count(if daemon { "/status/updatedNumberScheduled" } else { "/status/updatedReplicas" }),
            total: count(if daemon { "/status/currentNumberScheduled" } else { "/status/replicas" }),
            available: count(if daemon { "/status/numberAvailable" } else { "/status/availableReplicas" }),
            observed: seen.is_some() && seen >= generation,
            seen: seen.is_some(),
            failed: label("/metadata/annotations", labels::FAILED_DEPLOYMENT),
            failed_tasks: label("/metadata/annotations", labels::FAILED_TASKS)
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
            refusal: refused.and_then(|condition| condition["message"].as_str()).map(str::to_owned),
            stuck: late && seen >= generation,
            kind,
        })
    }

    /// Whether pods of a DaemonSet are missing. Why, its status does not say.
    #[must_use]
    pub fn lacks_pods(&self) -> bool {
        self.kind == "DaemonSet" && self.seen && self.total < self.desired
    }

    /// Whether every pod that it asks for has the current template and is available, and no other is left.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.observed
            && self.updated == self.desired
            && self.total == self.desired
            && self.available == self.desired
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(status: &Value, deleted: bool) -> Option<TaskState> {
        let mut pod = json!({ "metadata": { "name": "web-1" }, "status": status });
        if deleted {
            pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        }
        let pod: Pod = serde_json::from_value(pod).expect("a pod");
        Task::of(&pod).map(|task| task.state)
    }

    fn waiting(reason: &str, ready: bool) -> Value {
        let container = json!({
            "name": "app", "image": "i", "imageID": "", "ready": ready, "restartCount": 0,
            "state": { "waiting": { "reason": reason } },
        });
        json!({ "phase": "Running", "containerStatuses": [container] })
    }

    #[test]
    fn a_container_that_others_wait_for_makes_its_task_fail_too() {
        let mut status = waiting("CrashLoopBackOff", false);
        status["initContainerStatuses"] = status["containerStatuses"].take();
        status["phase"] = "Pending".into();
        assert_eq!(state(&status, false), Some(TaskState::Failing));
    }

    #[test]
    fn pods_are_tasks_in_ecs_states() {
        assert_eq!(state(&json!({}), false), Some(TaskState::Pending));
        assert_eq!(state(&json!({ "phase": "Pending" }), false), Some(TaskState::Pending));
        assert_eq!(state(&json!({ "phase": "Running" }), false), Some(TaskState::Running));
        assert_eq!(state(&json!({ "phase": "Failed" }), false), Some(TaskState::Failed));
    }

    #[test]
    fn stopping_and_ended_tasks_are_not_counted() {
        assert_eq!(state(&json!({ "phase": "Running" }), true), None);
        assert_eq!(state(&json!({ "phase": "Succeeded" }), false), None);
    }

    #[test]
    fn a_container_that_cannot_start_makes_its_task_fail() {
        assert_eq!(state(&waiting("ImagePullBackOff", false), false), Some(TaskState::Failing));
        assert_eq!(state(&waiting("ContainerCreating", false), false), Some(TaskState::Running));
    }

    #[test]
    fn only_a_daemon_set_that_was_looked_at_lacks_pods() {
        let object = |kind: &str, status: Value| {
            let live = json!({ "kind": kind, "metadata": { "name": "web" }, "spec": { "replicas": 3 }, "status": status });
            Workload::of(&live).expect("a workload").lacks_pods()
        };
        let counts = |seen: Value, total: i32| {
            json!({
                "observedGeneration": seen, "desiredNumberScheduled": 3, "currentNumberScheduled": total,
            })
        };
        assert!(object("DaemonSet", counts(json!(1), 2)));
        assert!(!object("DaemonSet", counts(json!(1), 3)));
        assert!(!object("DaemonSet", counts(Value::Null, 0)), "nobody has counted yet");
        assert!(!object("Deployment", json!({ "observedGeneration": 1 })), "these say it by themselves");
    }

    #[test]
    fn a_rollout_is_complete_when_every_pod_is_new_and_available() {
        let object = |updated: i32, available: i32, seen: i64| {
            let live = json!({
                "kind": "Deployment", "metadata": { "name": "web", "generation": 3 },
                "spec": { "replicas": 2, "template": {} },
                "status": {
                    "observedGeneration": seen, "replicas": 2, "updatedReplicas": updated, "availableReplicas": available,
                },
            });
            Workload::of(&live).expect("a workload").is_complete()
        };
        assert!(object(2, 2, 3));
        assert!(!object(1, 2, 3));
        assert!(!object(2, 1, 3));
        assert!(!object(2, 2, 2));
    }
}
