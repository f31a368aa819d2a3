//! Task protection: what an annotation of a pod asks for, in the words of whoever deletes pods.
//!
//! On ECS a protected task is not stopped by scale-in. ReplicaSets stop the cheapest pods first, autoscalers of nodes
//! leave nodes alone whose pods ask for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;

use crate::api::labels;
use crate::rollout::observed::Task;
use crate::status::Event;

/// What protects a pod while its time is not over: annotations of Kubernetes, Karpenter and the cluster autoscaler.
const MARKS: [(&str, &str); 3] = [
    ("controller.kubernetes.io/pod-deletion-cost", "2147483647"),
    ("karpenter.sh/do-not-disrupt", "true"),
    ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"),
];

/// What a pod says of its protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The time that is asked for, as it is written.
    pub until: Option<String>,
    /// The request that was acted upon last.
    pub done: Option<String>,
    /// Whether everything is there that protects it.
    pub marked: bool,
}

impl Protection {
    /// What a pod says; `None` where nobody has ever asked for protection.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        let annotations = pod.metadata.annotations.as_ref()?;
        let text = |key: &str| annotations.get(key).cloned();
        let (until, done) = (text(labels::PROTECTED_UNTIL), text(labels::PROTECTION));
        (until.is_some() || done.is_some()).then(|| Self {
            marked: MARKS.iter().all(|(key, value)| annotations.get(*key).is_some_and(|has| has == value)),
            until,
            done,
        })
    }
}

/// A change of a pod's annotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Name of the pod.
    pub pod: String,
    /// Its UID.
    pub uid: String,
    /// New values; `None` takes an annotation away.
    pub annotations: BTreeMap<&'static str, Option<String>>,
    /// What is told before.
    pub event: Option<Event>,
}

/// What has to change about pods, and when the next protection is over.
#[must_use]
pub fn decide(tasks: &[Task], now: Timestamp) -> (Vec<Mark>, Option<Timestamp>) {
    let mut marks = Vec::new();
    let mut next: Option<Timestamp> = None;
    for task in tasks {
        let Some(protection) = task.protection.as_deref() else { continue };
        let until = protection.until.as_deref().map(|text| (text, text.trim().parse::<Timestamp>()));
        marks.extend(match until {
            Some((text, Ok(at))) if at > now => {
                next = Some(next.map_or(at, |next| next.min(at)));
                let is_done = protection.marked && protection.done.as_deref() == Some(text);
                (!is_done).then(|| mark(task, protection, true, Some(text.to_owned())))
            }
            Some((text, Err(_))) => {
                let refused = format!("refused: {text}");
                (protection.done.as_ref() != Some(&refused)).then(|| Mark {
                    event: Some(refusal(task, text)),
                    ..mark(task, protection, false, Some(refused))
                })
            }
            Some((_, Ok(_))) | None => protection.done.is_some().then(|| mark(task, protection, false, None)),
        });
    }
    (marks, next)
}

fn mark(task: &Task, protection: &Protection, protect: bool, done: Option<String>) -> Mark {
    // What somebody else wrote is not ours to take away.
    let ours = protect || protection.done.is_some();
    let marks = MARKS.iter().filter(|_| ours);
    let marks = marks.map(|(key, value)| (*key, protect.then(|| (*value).to_owned())));
    let annotations = marks.chain([(labels::PROTECTION, done)]).collect();
    Mark { pod: task.name.clone(), uid: task.uid.clone(), annotations, event: None }
}

fn refusal(task: &Task, text: &str) -> Event {
    let message = format!(
        "(task {}) is not protected: {text:?} is no time. Write one as 2027-01-31T18:00:00Z: kubectl annotate --overwrite pod {} {}=TIME",
        task.name,
        task.name,
        labels::PROTECTED_UNTIL
    );
    Event::new(&[&task.uid, "protection", text], "TaskProtectionRefused", message).as_warning()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SOON: &str = "2026-01-01T12:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn pod(annotations: &Value) -> Pod {
        let metadata = json!({ "name": "web-1", "uid": "u", "annotations": annotations });
        serde_json::from_value(json!({ "metadata": metadata, "status": { "phase": "Running" } })).unwrap()
    }

    /// The annotations after what is decided about them, and when to look again.
    fn decided(annotations: &Value, now: &str) -> (Value, Option<Timestamp>, Option<Event>) {
        let tasks: Vec<Task> = Task::of(&pod(annotations)).into_iter().collect();
        let (marks, next) = decide(&tasks, at(now));
        assert!(marks.len() <= 1);
        let mut after = annotations.as_object().unwrap().clone();
        let mut event = None;
        for mark in marks {
            for (key, value) in mark.annotations {
                match value {
                    Some(value) => after.insert(key.to_owned(), value.into()),
                    None => after.remove(key),
                };
            }
            event = mark.event;
        }
        (Value::Object(after), next, event)
    }

    #[test]
    fn a_protected_task_is_the_last_to_go_until_its_time_is_over() {
        let asked = json!({ labels::PROTECTED_UNTIL: SOON });
        let (marked, next, event) = decided(&asked, "2026-01-01T11:00:00Z");
        assert_eq!((next, event), (Some(at(SOON)), None));
        assert_eq!(marked["controller.kubernetes.io/pod-deletion-cost"], "2147483647");
        assert_eq!(marked["karpenter.sh/do-not-disrupt"], "true");
        assert_eq!(marked["cluster-autoscaler.kubernetes.io/safe-to-evict"], "false");
        let (same, next, _) = decided(&marked, "2026-01-01T11:59:59Z");
        assert_eq!((same, next), (marked.clone(), Some(at(SOON))), "nothing is written twice");
        let (after, next, _) = decided(&marked, SOON);
        assert_eq!((after.clone(), next), (asked, None), "what was asked for is left as it is");
        assert_eq!(decided(&after, SOON).0, after);
    }

    #[test]
    fn protection_can_be_taken_back_extended_and_repaired() {
        let (mut marked, ..) = decided(&json!({ labels::PROTECTED_UNTIL: SOON }), "2026-01-01T11:00:00Z");
        let mut longer = marked.clone();
        longer[labels::PROTECTED_UNTIL] = json!("2026-01-02T12:00:00Z");
        let (longer, next, _) = decided(&longer, "2026-01-01T13:00:00Z");
        assert_eq!(next, Some(at("2026-01-02T12:00:00Z")));
        assert_eq!(longer[labels::PROTECTION], "2026-01-02T12:00:00Z");
        let mut touched = marked.clone();
        touched["karpenter.sh/do-not-disrupt"] = json!("false");
        assert_eq!(decided(&touched, "2026-01-01T11:00:00Z").0, marked);
        marked.as_object_mut().unwrap().remove(labels::PROTECTED_UNTIL);
        assert_eq!(decided(&marked, "2026-01-01T11:00:00Z").0, json!({}));
    }

    #[test]
    fn what_is_no_time_protects_nothing_and_is_told_once() {
        let asked = json!({ labels::PROTECTED_UNTIL: "tomorrow" });
        let (after, next, event) = decided(&asked, SOON);
        assert_eq!(next, None);
        assert!(event.unwrap().message.contains("\"tomorrow\" is no time"));
        assert_eq!(after.as_object().unwrap().len(), 2, "{after}");
        let (same, _, event) = decided(&after, SOON);
        assert_eq!((same, event), (after, None));
    }

    #[test]
    fn what_others_wrote_on_a_pod_that_nobody_protects_stays() {
        let own = json!({ "controller.kubernetes.io/pod-deletion-cost": "5", "karpenter.sh/do-not-disrupt": "true" });
        assert_eq!(decided(&own, SOON), (own.clone(), None, None));
    }
}
