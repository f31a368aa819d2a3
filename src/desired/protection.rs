//! Task protection: what an annotation of a pod asks for, in the words of whoever deletes pods.
//!
//! On ECS a protected task is not stopped by scale-in. ReplicaSets stop the cheapest pods first, autoscalers of nodes
//! leave nodes alone whose pods ask for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use serde::{Deserialize, Serialize};

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
    /// What was done about it last.
    pub done: Option<Done>,
    /// Values that the pod has where [`MARKS`] are.
    marks: BTreeMap<&'static str, String>,
}

/// What was done about a request, as it is written down on the pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Done {
    /// The task is protected.
    Protected {
        /// The request.
        until: String,
        /// What others had written in the places of the marks, to be put back.
        before: BTreeMap<String, String>,
    },
    /// The request is no time.
    Refused(String),
}

impl Protection {
    /// What a pod says; `None` where nobody has ever asked for protection.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        let annotations = pod.metadata.annotations.as_ref()?;
        let text = |key: &str| annotations.get(key).cloned();
        // What cannot be read says of no mark that it is ours.
        let read = |text: String| serde_json::from_str(&text).unwrap_or(Done::Refused(text));
        let (until, done) = (text(labels::PROTECTED_UNTIL), text(labels::PROTECTION).map(read));
        (until.is_some() || done.is_some()).then(|| Self {
            marks: MARKS.iter().filter_map(|(key, _)| Some((*key, text(key)?))).collect(),
            until,
            done,
        })
    }

    /// Whether a mark is there as it protects.
    fn has(&self, (key, value): (&str, &str)) -> bool {
        self.marks.get(key).is_some_and(|has| has == value)
    }

    /// The marks that protect, and what stood in their places.
    fn protect(&self, until: &str) -> BTreeMap<&'static str, Option<String>> {
        let before = match &self.done {
            Some(Done::Protected { before, .. }) => before.clone(),
            _ => self.marks.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        };
        let marks = MARKS.iter().map(|(key, value)| (*key, Some((*value).to_owned())));
        marks.chain([noted(&Done::Protected { until: until.to_owned(), before })]).collect()
    }

    /// What is left of the marks when they protect no longer: what stood there before. What was never ours, or no
    /// longer is, stays.
    fn give_back(&self) -> BTreeMap<&'static str, Option<String>> {
        let Some(Done::Protected { before, .. }) = &self.done else { return BTreeMap::new() };
        let ours = MARKS.iter().filter(|mark| self.has(**mark));
        ours.map(|(key, _)| (*key, before.get(*key).cloned())).collect()
    }
}

fn noted(done: &Done) -> (&'static str, Option<String>) {
    (labels::PROTECTION, serde_json::to_string(done).ok())
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
        let (annotations, event) = match until {
            Some((text, Ok(at))) if at > now => {
                next = Some(next.map_or(at, |next| next.min(at)));
                let is_asked =
                    matches!(&protection.done, Some(Done::Protected { until, .. }) if until == text);
                if is_asked && MARKS.iter().all(|mark| protection.has(*mark)) {
                    continue;
                }
                (protection.protect(text), None)
            }
            Some((text, Err(_))) => {
                let refused = Done::Refused(text.to_owned());
                if protection.done.as_ref() == Some(&refused) {
                    continue;
                }
                let mut annotations = protection.give_back();
                annotations.extend([noted(&refused)]);
                (annotations, Some(refusal(task, text)))
            }
            Some((_, Ok(_))) | None if protection.done.is_none() => continue,
            Some((_, Ok(_))) | None => {
                let mut annotations = protection.give_back();
                annotations.insert(labels::PROTECTION, None);
                (annotations, None)
            }
        };
        marks.push(Mark { pod: task.name.clone(), uid: task.uid.clone(), annotations, event });
    }
    (marks, next)
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
        assert_eq!(
            longer[labels::PROTECTION],
            r#"{"protected":{"until":"2026-01-02T12:00:00Z","before":{}}}"#
        );
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

    /// A pod that somebody else has marked, and asks for protection.
    fn own(until: Option<&str>) -> Value {
        let mut own = json!({ "controller.kubernetes.io/pod-deletion-cost": "5", "karpenter.sh/do-not-disrupt": "true" });
        if let Some(until) = until {
            own[labels::PROTECTED_UNTIL] = json!(until);
        }
        own
    }

    #[test]
    fn what_others_wrote_on_a_pod_that_nobody_protects_stays() {
        assert_eq!(decided(&own(None), SOON), (own(None), None, None));
        let (mut refused, ..) = decided(&own(Some("tomorrow")), SOON);
        assert_eq!(refused["controller.kubernetes.io/pod-deletion-cost"], "5");
        refused.as_object_mut().unwrap().remove(labels::PROTECTED_UNTIL);
        assert_eq!(decided(&refused, SOON).0, own(None), "taken back");
        let (mut refused, ..) = decided(&own(Some("tomorrow")), SOON);
        refused[labels::PROTECTED_UNTIL] = json!("2025-01-01T00:00:00Z");
        assert_eq!(decided(&refused, SOON).0, own(Some("2025-01-01T00:00:00Z")), "corrected, and over");
        let mut foreign = own(None);
        foreign[labels::PROTECTION] = json!("nobody knows");
        assert_eq!(decided(&foreign, SOON).0, own(None));
    }

    #[test]
    fn what_stood_in_the_places_of_the_marks_is_put_back() {
        let early = "2026-01-01T11:00:00Z";
        let (marked, ..) = decided(&own(Some(SOON)), early);
        assert_eq!(marked["controller.kubernetes.io/pod-deletion-cost"], "2147483647");
        assert_eq!(marked["cluster-autoscaler.kubernetes.io/safe-to-evict"], "false");
        assert_eq!(decided(&marked, SOON).0, own(Some(SOON)), "it is over");
        let mut longer = marked.clone();
        longer[labels::PROTECTED_UNTIL] = json!("2026-01-02T12:00:00Z");
        let (mut longer, ..) = decided(&longer, early);
        longer.as_object_mut().unwrap().remove(labels::PROTECTED_UNTIL);
        assert_eq!(decided(&longer, early).0, own(None), "also after a longer time");
        let mut wrong = marked.clone();
        wrong[labels::PROTECTED_UNTIL] = json!("tomorrow");
        let (mut wrong, ..) = decided(&wrong, early);
        wrong.as_object_mut().unwrap().remove(labels::PROTECTION);
        assert_eq!(wrong, own(Some("tomorrow")), "a request that is refused ends the one before");
        let mut changed = marked;
        changed["controller.kubernetes.io/pod-deletion-cost"] = json!("7");
        let mut expected = own(Some(SOON));
        expected["controller.kubernetes.io/pod-deletion-cost"] = json!("7");
        assert_eq!(decided(&changed, SOON).0, expected, "what is no longer ours stays");
    }
}
