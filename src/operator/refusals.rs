//! Why pods of a DaemonSet are refused before anybody places them: by quota, admission or limits.
//!
//! A Deployment says so in its status. A DaemonSet's controller makes events of it and nothing else, and these are only
//! asked for while pods are missing: at once, a moment later, and then once a minute, however often the service is
//! reconciled.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::events::v1::Event;
use kube::api::{Api, ListParams};
use tokio::time::Instant;

use super::context::Context;
use super::error::words;
use super::key::Key;
use super::lock;
use crate::rollout::observed::{Task, Workload};

/// How long to wait for the controller's event, which comes after its status.
const SOON: Duration = Duration::from_secs(10);
/// How soon it is asked again whether the reason still is the same.
const AGAIN: Duration = Duration::from_secs(60);
/// How long a refusal holds that is not repeated: the controller waits for at most 1000 seconds before it tries again.
const HOLDS: SignedDuration = SignedDuration::from_secs(1200);

/// What is known of DaemonSets that lack pods, by their service.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<Key, HashMap<String, Asked>>>);

impl Refusals {
    /// Forgets a service.
    pub(crate) fn forget(&self, key: &Key) {
        lock(&self.0).remove(key);
    }
}

/// What was asked about a DaemonSet, by whose uid it is known.
#[derive(Clone, Debug)]
struct Asked {
    /// When to ask again.
    again: Instant,
    /// What its controller has said last.
    said: Option<Said>,
}

/// That a pod was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    at: Timestamp,
    words: String,
}

impl Said {
    /// What the newest of these events says.
    fn of(events: &[Event]) -> Option<Self> {
        let newest = events.iter().max_by_key(|event| time_of(event))?;
        let words = newest.note.as_deref()?;
        let words = words.strip_prefix("Error creating: ").unwrap_or(words).to_owned();
        Some(Self { at: time_of(newest)?, words })
    }

    /// Whether it still holds: somebody repeats it, and no pod was `made` since.
    fn holds(&self, made: Option<Timestamp>, now: Timestamp) -> bool {
        // Times of creation are whole seconds.
        now.duration_since(self.at) <= HOLDS
            && made.is_none_or(|made| made.as_second() <= self.at.as_second())
    }
}

/// Finds out why pods are missing, of every DaemonSet that lacks some, and sees to it that it is asked again. What cannot be
/// asked now holds up nothing else.
pub(crate) async fn ask(cx: &Context, key: &Key, tasks: &[Task], workloads: &mut [Workload]) {
    let known = lock(&cx.refusals.0).remove(key).unwrap_or_default();
    let mut asked = HashMap::new();
    for workload in workloads.iter_mut().filter(|workload| workload.lacks_pods()) {
        let before = known.get(&workload.uid);
        let now = Instant::now();
        let entry = match before {
            Some(before) if now < before.again => before.clone(),
            _ => {
                let said = list(cx, key, &workload.uid).await;
                // The first time it may be too early.
                let early = before.is_none() && said.as_ref().is_ok_and(Option::is_none);
                let wait = if early || said.is_err() { SOON } else { AGAIN };
                let said = said.unwrap_or_else(|error| {
                    tracing::warn!(workload = workload.name, error = words(&error), "cannot list events");
                    before.and_then(|before| before.said.clone())
                });
                Asked { again: now + wait, said }
            }
        };
        let own = tasks.iter().filter(|task| task.provider == workload.provider);
        let made = own.filter_map(|task| task.created_at).max();
        let said = entry.said.as_ref().filter(|said| said.holds(made, cx.time.now()));
        workload.refusal = said.map(|said| said.words.clone());
        cx.dispatch.request(entry.again.saturating_duration_since(now), [key.clone()]);
        asked.insert(workload.uid.clone(), entry);
    }
    if !asked.is_empty() {
        lock(&cx.refusals.0).insert(key.clone(), asked);
    }
}

/// What the controller of a DaemonSet has said last.
async fn list(cx: &Context, key: &Key, uid: &str) -> kube::Result<Option<Said>> {
    let about = format!("reason=FailedCreate,regarding.kind=DaemonSet,regarding.uid={uid}");
    let api = Api::<Event>::namespaced(cx.client.clone(), &key.name.namespace);
    let found = api.list(&ListParams::default().fields(&about)).await?;
    Ok(Said::of(&found.items))
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
mod tests;
