//! Exact placement: pods that wait for our decision get it, and never wait for long.
//!
//! The leader decides (`lane`, `keeper`): it alone knows nodes and pods of the whole cluster, from the moment on at which the
//! first pod asks. Every replica keeps an eye on pods that wait (`watchdog`): where no leader acts, they are left to
//! kube-scheduler.

mod keeper;
mod lane;
mod pin;
mod placer;
mod view;
mod watchdog;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::lock;

pub(crate) use lane::run as decide;
pub(crate) use view::PodView;
pub(crate) use watchdog::run as guard;

/// What takes our gate away from a pod and leaves it to kube-scheduler; `None` for a pod that does not wait for us.
pub(crate) fn ungated(pod: &PodView) -> Option<Value> {
    pod.is_gated().then(|| pin::nowhere(pod, None))
}

/// How long no pod is gated after one had to be left to kube-scheduler because nobody decided.
const DISTRUST: Duration = Duration::from_secs(120);
/// How long a pod that was gated a moment ago may take to become known.
const SETTLES: Duration = Duration::from_millis(200);
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
    /// Whether it is known which pods wait.
    knows: AtomicBool,
    closed: AtomicBool,
    distrusted: Mutex<Option<Instant>>,
}

/// A pod that waits.
#[derive(Clone, Debug)]
struct Waiting {
    pod: PodView,
    /// When it has waited for long enough, as seen here.
    until: Instant,
}

impl Gate {
    /// Nobody waits yet.
    pub(crate) fn new(scopes: &[String]) -> Self {
        Self {
            scopes: scopes.to_vec(),
            waiting: Mutex::default(),
            count: watch::Sender::new(0),
            asked: watch::Sender::new(false),
            knows: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            distrusted: Mutex::default(),
        }
    }

    /// Whether a pod of this namespace may be gated: somebody takes the gate away again.
    pub(crate) fn accepts(&self, namespace: &str) -> bool {
        let distrusted = lock(&self.distrusted).is_some_and(|until| Instant::now() < until);
        self.knows.load(Ordering::Relaxed)
            && !self.closed.load(Ordering::Relaxed)
            && !distrusted
            && self.is_ours(namespace)
    }

    fn is_ours(&self, namespace: &str) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == namespace)
    }

    /// Gates no pod any more, and returns when none waits, or after a while.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
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

    /// Takes over what is known of a pod that asks for our decision; it may wait for `patience`.
    fn observe(&self, pod: PodView, patience: Duration) {
        self.asked.send_if_modified(|asked| !std::mem::replace(asked, true));
        if !pod.is_gated() || pod.is_deleting() {
            return self.forget(pod.uid());
        }
        let mut waiting = lock(&self.waiting);
        let until = waiting.get(pod.uid()).map_or_else(|| Instant::now() + patience, |known| known.until);
        waiting.insert(pod.uid().to_owned(), Waiting { pod, until });
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
        self.knows.store(true, Ordering::Relaxed);
        let mut waiting = lock(&self.waiting);
        let elsewhere = |pod: &PodView| {
            !scope.is_empty() && pod.0.metadata.namespace.as_deref().unwrap_or_default() != scope
        };
        waiting.retain(|uid, known| elsewhere(&known.pod) || listed(uid));
        self.count.send_replace(waiting.len());
    }

    /// When the first pod will have waited for long enough.
    fn due(&self) -> Option<Instant> {
        lock(&self.waiting).values().map(|waiting| waiting.until).min()
    }

    /// Pods that have waited for long enough; they may wait for `again` before they are named once more.
    fn overdue(&self, now: Instant, again: Duration) -> Vec<PodView> {
        let mut waiting = lock(&self.waiting);
        let overdue = waiting.values_mut().filter(|waiting| waiting.until <= now);
        overdue
            .map(|waiting| {
                waiting.until = now + again;
                waiting.pod.clone()
            })
            .collect()
    }

    /// Has seen that nobody decides.
    fn distrust(&self) {
        *lock(&self.distrusted) = Some(Instant::now() + DISTRUST);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::labels;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn pod(uid: &str, gated: bool) -> PodView {
        let gates = if gated { json!([{"name": labels::PLACEMENT}]) } else { json!([]) };
        serde_json::from_value(json!({
            "metadata": {"name": uid, "namespace": "shop", "uid": uid},
            "spec": {"containers": [], "schedulingGates": gates},
        }))
        .unwrap()
    }

    fn names(pods: &[PodView]) -> Vec<&str> {
        pods.iter().map(PodView::uid).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_pod_is_overdue_when_it_has_waited_for_too_long_whatever_else_changes_about_it() {
        let gate = Gate::new(&[]);
        gate.observe(pod("a", true), PATIENCE);
        tokio::time::advance(Duration::from_secs(20)).await;
        gate.observe(pod("a", true), PATIENCE);
        gate.observe(pod("b", true), PATIENCE);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(names(&gate.overdue(Instant::now(), PATIENCE)), ["a"]);
        assert!(gate.overdue(Instant::now(), PATIENCE).is_empty(), "not twice at once");
        gate.observe(pod("b", false), PATIENCE);
        gate.forget("a");
        assert_eq!(gate.due(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_says_who_does_not_wait_any_more_in_its_namespace() {
        let gate = Gate::new(&[]);
        gate.observe(pod("a", true), PATIENCE);
        gate.retain("other", |_| false);
        assert!(gate.due().is_some());
        gate.retain("shop", |_| false);
        assert_eq!(gate.due(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn pods_are_gated_only_where_somebody_takes_the_gate_away() {
        let gate = Gate::new(&["shop".to_owned()]);
        assert!(!gate.accepts("shop"), "it is not known yet who waits");
        gate.retain("shop", |_| true);
        assert!(gate.accepts("shop") && !gate.accepts("other"));
        gate.distrust();
        assert!(!gate.accepts("shop"));
        tokio::time::advance(DISTRUST).await;
        assert!(gate.accepts("shop"));
        gate.close().await;
        assert!(!gate.accepts("shop"));
    }
}
