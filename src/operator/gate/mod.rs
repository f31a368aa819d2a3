//! Exact placement: pods that wait for our decision get it, and never wait for long.
//!
//! The leader decides (`lane`, `keeper`): it alone knows nodes and pods of the whole cluster, from the moment on at which the
//! first pod asks. A pod gets its node while it is created (`newcomer`) where the leader is asked and has one for it, and
//! nobody else waits; otherwise it is gated and gets it by a write. Every replica keeps an eye on pods that wait (`watchdog`):
//! where no leader acts, they are left to kube-scheduler.

mod keeper;
mod lane;
mod newcomer;
mod pin;
mod placer;
mod view;
mod watchdog;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use super::lock;

pub(crate) use lane::run as decide;
pub(crate) use newcomer::{Newcomer, Verdict};
pub(crate) use view::PodView;
pub(crate) use watchdog::{leave_rest, run as guard};

/// What takes our gate away from a pod and leaves it to kube-scheduler; `None` for a pod that does not wait for us.
pub(crate) fn ungated(pod: &PodView) -> Option<Value> {
    pod.is_gated().then(|| pin::nowhere(pod, None))
}

/// How long no pod is gated after one had to be left to kube-scheduler because nobody decided.
const DISTRUST: Duration = Duration::from_secs(120);
/// How long a pod that was gated a moment ago may take to become known.
const SETTLES: Duration = Duration::from_millis(500);
/// How long a pod may wait at least, whatever its age: a leader has to get to know it first.
const GRACE: Duration = Duration::from_secs(5);
/// How much longer pods may wait where others are decided about meanwhile, as a multiple of the patience.
const BACKLOG: u32 = 10;
/// How long an end waits for pods that wait.
const LAST_PODS: Duration = Duration::from_secs(3);

/// What every replica knows of pods that wait.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Namespaces whose pods are ours to decide on; empty is all.
    scopes: Vec<String>,
    waiting: Mutex<HashMap<String, Waiting>>,
    /// How many pods wait.
    count: watch::Sender<usize>,
    /// Whether a pod has ever asked for our decision.
    asked: watch::Sender<bool>,
    /// Namespaces (empty: all of them) of which it is known which pods wait.
    known: Mutex<HashSet<String>>,
    closed: AtomicBool,
    distrusted: Mutex<Option<Instant>>,
    /// Where pods that are being created ask for a node, while this replica leads.
    leader: Mutex<Option<mpsc::Sender<newcomer::Asking>>>,
}

/// A pod that waits.
#[derive(Clone, Debug)]
struct Waiting {
    pod: PodView,
    /// When it has waited for long enough; never while others' gates keep it waiting besides.
    until: Option<Instant>,
    /// The latest that this may become.
    latest: Instant,
}

impl Gate {
    /// Nobody waits yet.
    pub(crate) fn new(scopes: &[String]) -> Self {
        Self {
            scopes: scopes.to_vec(),
            waiting: Mutex::default(),
            count: watch::Sender::new(0),
            asked: watch::Sender::new(false),
            known: Mutex::default(),
            closed: AtomicBool::new(false),
            distrusted: Mutex::default(),
            leader: Mutex::default(),
        }
    }

    /// Whether a pod of this namespace may be gated: somebody takes the gate away again.
    pub(crate) fn accepts(&self, namespace: &str) -> bool {
        let distrusted = lock(&self.distrusted).is_some_and(|until| Instant::now() < until);
        self.knows(namespace)
            && !self.closed.load(Ordering::Relaxed)
            && !distrusted
            && self.is_ours(namespace)
    }

    fn knows(&self, namespace: &str) -> bool {
        let known = lock(&self.known);
        known.contains("") || known.contains(namespace)
    }

    /// Whether we decide about pods of this namespace at all.
    pub(crate) fn is_ours(&self, namespace: &str) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == namespace)
    }

    /// Gates no pod any more.
    pub(crate) fn shut(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether a pod is known that waits.
    pub(crate) fn is_awaited(&self) -> bool {
        *self.count.borrow() > 0
    }

    /// Gates no pod any more, and returns when none waits, or after a while.
    pub(crate) async fn close(&self) {
        self.shut();
        if !*self.asked.borrow() {
            return;
        }
        sleep(SETTLES).await;
        drop(timeout(LAST_PODS, self.count.subscribe().wait_for(|count| *count == 0)).await);
    }

    /// Returns once a pod has asked for our decision.
    async fn asked(&self) {
        drop(self.asked.subscribe().wait_for(|asked| *asked).await);
    }

    /// Takes over what is known of a pod that asks for our decision; it may wait for `patience` from its creation on, which is
    /// told by the time of day, so that an operator that starts again and again does not keep it for ever.
    fn observe(&self, pod: PodView, patience: Duration, time: Timestamp) {
        self.asked.send_if_modified(|asked| !std::mem::replace(asked, true));
        let now = Instant::now();
        let mut waiting = lock(&self.waiting);
        if !pod.is_gated() || pod.is_deleting() {
            let waited = waiting.remove(pod.uid()).is_some();
            if waited && pod.is_decided() {
                // Somebody leads and gets on: whoever is behind this one in the queue is not forgotten.
                for other in waiting.values_mut() {
                    other.until = other.until.map(|until| until.max((now + patience).min(other.latest)));
                }
            }
        } else {
            let until = pod.waits_for_us().then(|| {
                let created = pod.0.metadata.creation_timestamp.as_ref();
                let age = created.and_then(|created| Duration::try_from(time.duration_since(created.0)).ok());
                now + patience.saturating_sub(age.unwrap_or_default()).max(GRACE.min(patience))
            });
            let latest = now + patience * BACKLOG;
            let (until, latest) = match waiting.get(pod.uid()) {
                Some(known) if until.is_some() && known.until.is_some() => (known.until, known.latest),
                _ => (until, latest),
            };
            waiting.insert(pod.uid().to_owned(), Waiting { pod, until, latest });
        }
        self.count.send_replace(waiting.len());
    }

    fn forget(&self, uid: &str) {
        let mut waiting = lock(&self.waiting);
        if waiting.remove(uid).is_some() {
            self.count.send_replace(waiting.len());
        }
    }

    /// Keeps what a complete list of a namespace (empty: of all) has.
    fn retain(&self, scope: &str, listed: impl Fn(&str) -> bool) {
        lock(&self.known).insert(scope.to_owned());
        let mut waiting = lock(&self.waiting);
        let elsewhere = |pod: &PodView| {
            !scope.is_empty() && pod.0.metadata.namespace.as_deref().unwrap_or_default() != scope
        };
        waiting.retain(|uid, known| elsewhere(&known.pod) || listed(uid));
        self.count.send_replace(waiting.len());
    }

    /// When the first pod will have waited for long enough.
    fn due(&self) -> Option<Instant> {
        lock(&self.waiting).values().filter_map(|waiting| waiting.until).min()
    }

    /// Pods that have waited for long enough, so many at most; they may wait for `again` before they are named once more.
    fn overdue(&self, now: Instant, again: Duration, most: usize) -> Vec<PodView> {
        let mut waiting = lock(&self.waiting);
        let overdue = waiting.values_mut().filter(|waiting| waiting.until.is_some_and(|until| until <= now));
        overdue
            .take(most)
            .map(|waiting| {
                waiting.until = Some(now + again);
                waiting.pod.clone()
            })
            .collect()
    }

    /// All pods that wait.
    fn rest(&self) -> Vec<PodView> {
        lock(&self.waiting).values().map(|waiting| waiting.pod.clone()).collect()
    }

    /// A pod waits, for longer than any test.
    #[cfg(test)]
    pub(crate) fn wait(&self, pod: PodView) {
        self.observe(pod, Duration::from_secs(3600), Timestamp::UNIX_EPOCH);
    }

    /// Knows who waits: nobody.
    #[cfg(test)]
    pub(crate) fn know(&self) {
        self.retain("", |_| false);
    }

    /// Has seen that nobody decides.
    fn distrust(&self) {
        *lock(&self.distrusted) = Some(Instant::now() + DISTRUST);
    }
}

#[cfg(test)]
mod tests;
