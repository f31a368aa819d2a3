use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::time::advance;

use super::*;
use crate::operator::answers;
use crate::operator::key::{Name, Root};

fn event(note: &str, times: &Value) -> Event {
    let mut event = json!({"metadata": {"name": note}, "note": note, "reason": "FailedCreate"});
    event.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
    serde_json::from_value(event).unwrap()
}

fn at(time: &str) -> Timestamp {
    format!("2026-01-01T{time}Z").parse().unwrap()
}

fn last(time: &str) -> Value {
    json!({"deprecatedLastTimestamp": at(time).to_string()})
}

#[test]
fn the_newest_event_says_why_whichever_way_its_time_is_told() {
    let series = json!({"series": {"count": 9, "lastObservedTime": "2026-01-01T12:00:03.000000Z"}});
    let events = [
        event("Error creating: first", &last("12:00:01")),
        event("Error creating: pods \"agent-1\" is forbidden: exceeded quota: small", &series),
        event("third", &json!({"eventTime": "2026-01-01T12:00:02.000000Z"})),
    ];
    let said = Said::of(&events).unwrap();
    assert_eq!(said.words, "pods \"agent-1\" is forbidden: exceeded quota: small");
    assert_eq!(Said::of(&[]), None);
}

#[test]
fn a_refusal_is_over_when_a_pod_was_made_since_or_nobody_repeats_it() {
    let said = Said::of(&[event("Error creating: quota", &last("12:00:10"))]).unwrap();
    let says = |made: Option<&str>, now: &str| said.holds(made.map(at), at(now));
    assert!(says(None, "12:00:11"));
    assert!(says(Some("12:00:10"), "12:00:11"), "some are made and some are not");
    assert!(!says(Some("12:00:11"), "12:00:12"));
    assert!(says(None, "12:20:10"));
    assert!(!says(None, "12:20:11"));
}

/// A service whose DaemonSet lacks pods, and an API server that counts how often it is asked why.
struct Lacking {
    cx: Context,
    key: Key,
    lists: Arc<AtomicUsize>,
    workloads: Vec<Workload>,
}

impl Lacking {
    /// Lists of events are answered with this code, and with this event from the list of that number on.
    fn new(code: u16, from: usize) -> Self {
        let lists = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lists);
        let client = answers::client(move |_, _| {
            let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
            if code != 200 {
                return (code, answers::failure(code, "InternalError"));
            }
            let event = json!({"metadata": {"name": "e"}, "note": "Error creating: quota", "eventTime": null,
                "deprecatedLastTimestamp": "1970-01-01T00:00:00Z"});
            let items = if number < from { json!([]) } else { json!([event]) };
            (
                200,
                json!({"kind": "EventList", "apiVersion": "events.k8s.io/v1", "metadata": {}, "items": items}),
            )
        });
        let live = json!({
            "kind": "DaemonSet", "metadata": {"name": "agent", "uid": "u"},
            "status": {"observedGeneration": 1, "desiredNumberScheduled": 3},
        });
        Self {
            cx: answers::context(client),
            key: Key::new(Root::EcsService, Name::new("shop", "agent")),
            lists,
            workloads: Workload::of(&live).into_iter().collect(),
        }
    }

    /// Asks, as a reconcile does.
    async fn ask(&mut self) -> Option<&str> {
        ask(&self.cx, &self.key, &[], &mut self.workloads).await;
        self.workloads[0].refusal.as_deref()
    }

    /// How often the API server was asked in ten minutes with a reconcile every second.
    async fn lists(&mut self) -> usize {
        for _ in 0..600 {
            self.ask().await;
            advance(Duration::from_secs(1)).await;
        }
        self.lists.load(Ordering::Relaxed)
    }
}

#[tokio::test(start_paused = true)]
async fn however_often_a_service_is_reconciled_it_is_asked_once_a_minute() {
    assert_eq!(Lacking::new(200, 1).lists().await, 10);
    assert_eq!(
        Lacking::new(200, usize::MAX).lists().await,
        11,
        "once more after a moment, where nothing was said"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_said_is_known_until_it_is_asked_again_and_a_pod_that_is_there_ends_it() {
    let mut lacking = Lacking::new(200, 2);
    assert_eq!(lacking.ask().await, None, "the event comes after the status");
    advance(SOON).await;
    assert_eq!(lacking.ask().await, Some("quota"));
    assert_eq!(lacking.ask().await, Some("quota"), "not asked again");
    assert_eq!(lacking.lists.load(Ordering::Relaxed), 2);
    let made = Task { created_at: Timestamp::from_second(5).ok(), ..Task::default() };
    ask(&lacking.cx, &lacking.key, &[made], &mut lacking.workloads).await;
    assert_eq!(lacking.workloads[0].refusal, None);
    // Nothing is missing for a while, and then something is again: that is another story.
    lacking.workloads[0].total = 3;
    lacking.ask().await;
    lacking.workloads[0].total = 2;
    lacking.ask().await;
    assert_eq!(lacking.lists.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_is_tried_again_in_a_moment_and_holds_up_nothing() {
    let mut failing = Lacking::new(500, 0);
    assert_eq!(failing.ask().await, None);
    failing.ask().await;
    assert_eq!(failing.lists.load(Ordering::Relaxed), 1);
    advance(SOON).await;
    failing.ask().await;
    assert_eq!(failing.lists.load(Ordering::Relaxed), 2);
}
