//! Why pods of a DaemonSet are refused before anybody places them: by quota, admission or limits.
//!
//! A Deployment says so in its status. A DaemonSet's controller makes events of it and nothing else, and these are only
//! asked for while pods are missing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::events::v1::Event;
use kube::api::{Api, ListParams};

use super::context::Context;
use super::error::Error;
use super::key::{Key, Name};
use crate::rollout::observed::{Task, Workload};

/// How long to wait for the controller's event, which comes after its status.
const SOON: Duration = Duration::from_secs(10);
/// How soon it is asked again whether the reason still is the same.
const AGAIN: Duration = Duration::from_secs(60);
/// How long a refusal holds that is not repeated: the controller waits for at most 1000 seconds before it tries again.
const HOLDS: SignedDuration = SignedDuration::from_secs(1200);

/// Asks why pods are missing, of every DaemonSet that lacks some, and sees to it that it is asked again.
pub(crate) async fn ask(
    cx: &Context,
    key: &Key,
    tasks: &[Task],
    workloads: &mut [Workload],
) -> Result<(), Error> {
    for workload in workloads.iter_mut().filter(|workload| workload.lacks_pods()) {
        let about = format!("reason=FailedCreate,regarding.kind=DaemonSet,regarding.uid={}", workload.uid);
        let api = Api::<Event>::namespaced(cx.client.clone(), &key.name.namespace);
        let found = api.list(&ListParams::default().fields(&about)).await.map_err(|error| {
            Error::api("list", "Event", &Name::new(&*key.name.namespace, workload.name.as_str()), error)
        })?;
        let own = tasks.iter().filter(|task| task.provider == workload.provider);
        let made = own.filter_map(|task| task.created_at).max();
        workload.refusal = refusal(&found.items, made, cx.time.now());
        let wait = if workload.refusal.is_some() { AGAIN } else { SOON };
        cx.dispatch.request(wait, [key.clone()]);
    }
    Ok(())
}

/// What the newest of these events says, unless it is over: nobody has repeated it, or a pod was `made` since.
fn refusal(events: &[Event], made: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let newest = events.iter().max_by_key(|event| time_of(event))?;
    let at = time_of(newest)?;
    // Times of creation are whole seconds.
    let over = now.duration_since(at) > HOLDS || made.is_some_and(|made| made.as_second() > at.as_second());
    let words = newest.note.as_deref()?;
    (!over).then(|| words.strip_prefix("Error creating: ").unwrap_or(words).to_owned())
}

/// When an event was told the last time.
fn time_of(event: &Event) -> Option<Timestamp> {
    let times = [
        event.series.as_ref().map(|series| series.last_observed_time.0),
        event.deprecated_last_timestamp.as_ref().map(|time| time.0),
        event.event_time.as_ref().map(|time| time.0),
        event.metadata.creation_timestamp.as_ref().map(|time| time.0),
    ];
    times.into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

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
        let found = refusal(&events, None, at("12:00:05"));
        assert_eq!(found.as_deref(), Some("pods \"agent-1\" is forbidden: exceeded quota: small"));
        assert_eq!(refusal(&[], None, at("12:00:05")), None);
    }

    #[test]
    fn a_refusal_is_over_when_a_pod_was_made_since_or_nobody_repeats_it() {
        let events = [event("Error creating: quota", &last("12:00:10"))];
        let says = |made: Option<&str>, now: &str| refusal(&events, made.map(at), at(now)).is_some();
        assert!(says(None, "12:00:11"));
        assert!(says(Some("12:00:10"), "12:00:11"), "some are made and some are not");
        assert!(!says(Some("12:00:11"), "12:00:12"));
        assert!(says(None, "12:20:10"));
        assert!(!says(None, "12:20:11"));
    }
}
