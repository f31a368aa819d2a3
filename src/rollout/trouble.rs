//! What keeps a task from running, as its pod tells it.

use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus, Pod};

use crate::api::labels;

/// What keeps a task from running, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Its containers that have ended or cannot start.
    pub containers: Vec<Container>,
    /// Whether it has been ready at some time.
    pub was_ready: bool,
    /// Why no node takes it, in the scheduler's words.
    pub unplaced: Option<String>,
    /// The same in ours, where we decide about its node.
    pub explained: Option<String>,
}

/// A container that has ended or cannot start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name in the pod.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Whether others wait for its success, so that the task cannot start without it.
    pub first: bool,
    /// How often it has ended when it should not have.
    pub ends: i32,
    /// For how many seconds it ran the last time.
    pub ran: i64,
    /// Exit code of the last time.
    pub exit_code: i32,
    /// Whether it was killed for its memory the last time.
    pub out_of_memory: bool,
    /// Whether the kubelet waits longer and longer before it tries again.
    pub backs_off: bool,
    /// Why it cannot start: the kubelet's reason and words.
    pub stuck: Option<(Stuck, String)>,
}

/// Why a container cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Stuck {
    Pull,
    Config,
    Create,
    Start,
}

/// Waiting reasons of the kubelet that mean that a container cannot start.
const STUCK: &[(&str, Stuck)] = &[
    ("CreateContainerConfigError", Stuck::Config),
    ("CreateContainerError", Stuck::Create),
    ("ErrImageNeverPull", Stuck::Pull),
    ("ErrImagePull", Stuck::Pull),
    ("ImagePullBackOff", Stuck::Pull),
    ("InvalidImageName", Stuck::Pull),
    ("RunContainerError", Stuck::Start),
];
/// A pod's first status and its start are written together; the clock may tick between the two.
const SLACK: i64 = 1;

impl Trouble {
    /// What a pod tells of trouble, past or present; `None` if there is none.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        let status = pod.status.as_ref()?;
        let conditions = status.conditions.as_deref().unwrap_or_default();
        let condition = |type_: &str| conditions.iter().find(|c| c.type_ == type_);
        let unplaced = condition("PodScheduled")
            .filter(|c| c.status == "False" && c.reason.as_deref() == Some("Unschedulable"))
            .map(|c| c.message.clone().unwrap_or_default());
        let main = status.container_statuses.as_deref().unwrap_or_default();
        let init = status.init_container_statuses.as_deref().unwrap_or_default();
        let containers: Vec<_> = init
            .iter()
            .map(|s| container(s, !is_sidecar(pod, &s.name)))
            .chain(main.iter().map(|s| container(s, false)))
            .filter(|c| c.ends > 0 || c.stuck.is_some())
            .collect();
        let failed = status.phase.as_deref() == Some("Failed");
        if containers.is_empty() && unplaced.is_none() && !failed {
            return None;
        }
        let was_ready = condition("Ready").is_some_and(|ready| {
            let since = ready.last_transition_time.as_ref().map(|time| time.0.as_second());
            let started = status.start_time.as_ref().map(|time| time.0.as_second());
            ready.status == "True" || since.zip(started).is_some_and(|(since, start)| since > start + SLACK)
        });
        let annotations = pod.metadata.annotations.as_ref();
        let explained = annotations.and_then(|all| all.get(labels::UNPLACED)).filter(|_| unplaced.is_some());
        Some(Self { containers, was_ready, explained: explained.cloned(), unplaced })
    }

    /// The containers whose failure is the task's: essential ones, and those that others wait for.
    pub fn of_task(&self, essential: impl Fn(&str) -> bool) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(move |c| c.first || essential(&c.name))
    }
}

fn is_sidecar(pod: &Pod, name: &str) -> bool {
    let spec = pod.spec.as_ref().and_then(|spec| spec.init_containers.as_deref()).unwrap_or_default();
    spec.iter().any(|c| c.name == name && c.restart_policy.as_deref() == Some("Always"))
}

fn container(status: &ContainerStatus, first: bool) -> Container {
    let state = status.state.as_ref();
    let waiting = state.and_then(|state| state.waiting.as_ref());
    let reason = waiting.and_then(|w| w.reason.as_deref()).unwrap_or_default();
    // One that others wait for has done its part when it ends well.
    let ended = state.and_then(|s| s.terminated.as_ref()).filter(|ended| !first || ended.exit_code != 0);
    let last = ended.or_else(|| status.last_state.as_ref().and_then(|state| state.terminated.as_ref()));
    let backs_off = reason == "CrashLoopBackOff";
    let stuck = STUCK
        .iter()
        .find(|(known, _)| *known == reason)
        .map(|(_, stuck)| (*stuck, waiting.and_then(|w| w.message.clone()).unwrap_or_default()));
    Container {
        name: status.name.clone(),
        image: status.image.clone(),
        first,
        // The next start is counted when it happens; while the kubelet waits for it, the end is.
        ends: status.restart_count + i32::from(ended.is_some() || backs_off),
        ran: last.map_or(0, seconds),
        exit_code: last.map_or(0, |ended| ended.exit_code),
        out_of_memory: last.is_some_and(|ended| ended.reason.as_deref() == Some("OOMKilled")),
        backs_off: backs_off || reason == "ImagePullBackOff",
        stuck,
    }
}

fn seconds(run: &ContainerStateTerminated) -> i64 {
    let times = run.started_at.as_ref().zip(run.finished_at.as_ref());
    times.map_or(0, |(start, end)| end.0.as_second() - start.0.as_second())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(status: &Value) -> Pod {
        let init = json!([{ "name": "proxy", "restartPolicy": "Always" }, { "name": "migrate" }]);
        let pod = json!({ "spec": { "containers": [], "initContainers": init }, "status": status });
        serde_json::from_value(pod).expect("a pod")
    }

    fn container(name: &str, restarts: i32, state: &Value) -> Value {
        json!({ "name": name, "image": "i", "imageID": "", "ready": false, "restartCount": restarts, "state": state })
    }

    fn ended(code: i32) -> Value {
        json!({ "terminated": { "exitCode": code, "reason": "Error",
            "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:07Z" } })
    }

    #[test]
    fn a_task_that_runs_or_starts_has_no_trouble() {
        let running = json!({ "running": { "startedAt": "2026-01-01T00:00:00Z" } });
        let creating = json!({ "waiting": { "reason": "ContainerCreating" } });
        for state in [running, creating] {
            let status = json!({ "phase": "Running", "containerStatuses": [container("app", 0, &state)] });
            assert_eq!(Trouble::of(&pod(&status)), None);
        }
    }

    #[test]
    fn an_end_is_counted_once_whether_the_next_start_has_come_or_not() {
        let of = |restarts: i32, state: &Value| {
            let status = json!({ "containerStatuses": [container("app", restarts, state)] });
            Trouble::of(&pod(&status)).map(|t| t.containers[0].ends)
        };
        assert_eq!(of(0, &ended(1)), Some(1));
        assert_eq!(of(0, &json!({ "waiting": { "reason": "CrashLoopBackOff" } })), Some(1));
        assert_eq!(of(1, &json!({ "running": {} })), Some(1));
        assert_eq!(of(1, &ended(1)), Some(2));
    }

    #[test]
    fn a_container_that_others_wait_for_may_end_well() {
        let of = |name: &str, code: i32| {
            let status = json!({ "initContainerStatuses": [container(name, 0, &ended(code))] });
            Trouble::of(&pod(&status)).map(|t| t.containers[0].first)
        };
        assert_eq!(of("migrate", 0), None);
        assert_eq!(of("migrate", 1), Some(true));
        assert_eq!(of("proxy", 0), Some(false), "a sidecar should never end");
    }

    #[test]
    fn whether_it_was_ready_is_told_by_when_that_changed() {
        let of = |since: &str| {
            let ready = json!({ "type": "Ready", "status": "False", "lastTransitionTime": since });
            let status = json!({ "startTime": "2026-01-01T00:00:00Z", "conditions": [ready],
                "containerStatuses": [container("app", 1, &ended(1))] });
            let trouble = Trouble::of(&pod(&status)).expect("trouble");
            (trouble.was_ready, trouble.containers[0].ran)
        };
        assert_eq!(of("2026-01-01T00:00:01Z"), (false, 7));
        assert_eq!(of("2026-01-01T00:00:07Z"), (true, 7));
    }

    #[test]
    fn a_pod_that_no_node_takes_is_in_trouble() {
        let condition = json!({ "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available: 3 Insufficient cpu." });
        let trouble = Trouble::of(&pod(&json!({ "phase": "Pending", "conditions": [condition] })));
        assert!(trouble.and_then(|t| t.unplaced).is_some_and(|words| words.contains("Insufficient")));
    }

    #[test]
    fn our_own_explanation_counts_while_no_node_takes_the_pod() {
        let of = |status: &str| {
            let condition = json!({ "type": "PodScheduled", "status": status, "reason": "Unschedulable" });
            let mut pod = pod(&json!({ "phase": "Failed", "conditions": [condition] }));
            pod.metadata.annotations = Some([(labels::UNPLACED.to_owned(), "too small".to_owned())].into());
            Trouble::of(&pod).and_then(|trouble| trouble.explained)
        };
        assert_eq!((of("False").as_deref(), of("True")), (Some("too small"), None));
    }
}
