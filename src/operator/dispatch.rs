//! Runs reconciles: what is due, a bounded number at a time, never two of one object.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::Instrument as _;

use super::clock::Clock;
use super::context::Context;
use super::key::{Key, Root};
use super::queue::Queue;
use super::{capacity_provider, lock, route, service, task_definition};

/// How soon a change of what is asked for is acted upon. Changes within this time are one reconcile; the first one
/// starts the clock, later ones do not restart it.
pub(crate) const SOON: Duration = Duration::from_millis(20);
/// The same for changes of what runs: they come in bursts, and mostly end in a status.
pub(crate) const CALMLY: Duration = Duration::from_millis(150);
/// How long reconciles that are under way may take to end when the operator stops.
const GRACE: Duration = Duration::from_secs(10);

/// How a reconcile ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Done, or waiting for somebody whose change will be seen.
    Settled,
    /// The rest, which makes nothing run, has its turn after those that wait already.
    Later,
    /// The object is gone.
    Gone,
    /// The API server refused something for a reason that no watch will tell the end of.
    Refused,
}

/// What waits to be reconciled.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    queue: Mutex<Queue<Key>>,
    clock: Mutex<Clock<Key>>,
    wake: Notify,
    leading: AtomicBool,
}

impl Dispatch {
    /// Asks for a reconcile of each key after `wait`. A replica that does not lead forgets it: all is asked for
    /// when it begins to lead.
    pub(crate) fn request(&self, wait: Duration, keys: impl IntoIterator<Item = Key>) {
        if !self.leading.load(Ordering::Acquire) {
            return;
        }
        let at = Instant::now() + wait;
        let mut queue = lock(&self.queue);
        for key in keys {
            queue.push(key, at);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Sets when an object has to be looked at although nothing changes; without a time it need not.
    pub(crate) fn wake_at(&self, key: &Key, at: Option<Timestamp>) {
        lock(&self.clock).set(key, at);
    }

    /// Asks for what is due by the calendar; how long until more may be.
    fn look_at_the_clock(&self, now: Timestamp) -> Option<Duration> {
        let due = lock(&self.clock).take(now);
        if !due.is_empty() {
            self.request(Duration::ZERO, due);
        }
        lock(&self.clock).sleep(now)
    }

    /// Whether other objects are due and wait for their turn.
    pub(crate) fn is_crowded(&self) -> bool {
        lock(&self.queue).next().is_some_and(|at| at <= Instant::now())
    }

    fn pop(&self) -> Option<Key> {
        lock(&self.queue).pop(Instant::now())
    }

    fn done(&self, key: &Key) {
        lock(&self.queue).done(key);
    }

    fn next(&self) -> Option<Instant> {
        lock(&self.queue).next()
    }

    fn len(&self) -> usize {
        lock(&self.queue).len()
    }
}

/// Leads: reconciles everything once, then whatever changes, until `stop` turns true.
pub(crate) async fn run(cx: Arc<Context>, concurrency: usize, mut stop: watch::Receiver<bool>) {
    let dispatch = &cx.dispatch;
    dispatch.leading.store(true, Ordering::Release);
    dispatch.request(Duration::ZERO, route::everything(&cx.stores));
    let mut running = JoinSet::new();
    let mut keys = HashMap::new();
    while !*stop.borrow() {
        let pause = dispatch.look_at_the_clock(cx.time.now());
        while running.len() < concurrency.max(1)
            && let Some(key) = dispatch.pop()
        {
            let handle = running.spawn(reconcile(Arc::clone(&cx), key.clone()));
            keys.insert(handle.id(), key);
        }
        cx.metrics.queued.set(i64::try_from(dispatch.len()).unwrap_or(i64::MAX));
        let next = dispatch.next().filter(|_| running.len() < concurrency.max(1));
        let due = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let tick = async {
            match pause {
                Some(pause) => sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tick => {}
            _ = stop.changed() => {}
            () = dispatch.wake.notified() => {}
            () = due => {}
            Some(ended) = running.join_next_with_id() => {
                let (id, again) = match ended {
                    Ok((id, again)) => (id, again),
                    Err(error) => {
                        tracing::error!(%error, "reconcile ended abnormally");
                        (error.id(), Again::Retry)
                    }
                };
                if let Some(key) = keys.remove(&id) {
                    dispatch.done(&key);
                    match again {
                        Again::No => cx.backoff.reset(&key),
                        Again::Later => dispatch.request(CALMLY, [key]),
                        Again::Retry => dispatch.request(cx.backoff.failed(&key), [key]),
                    }
                }
            }
        }
    }
    dispatch.leading.store(false, Ordering::Release);
    let ending = async { while running.join_next().await.is_some() {} };
    if timeout(GRACE, ending).await.is_err() {
        tracing::warn!("stopped before all reconciles had ended");
    }
}

/// Whether an object comes again without a change.
enum Again {
    No,
    Later,
    Retry,
}

/// One reconcile, logged and counted.
async fn reconcile(cx: Arc<Context>, key: Key) -> Again {
    let span = tracing::info_span!(
        "reconcile",
        kind = key.root.kind(),
        namespace = key.name.namespace,
        object = key.name.name,
        generation = tracing::field::Empty,
    );
    let started = Instant::now();
    let work = async {
        match key.root {
            Root::TaskDefinition => task_definition::reconcile(&cx, &key).await,
            Root::CapacityProvider => capacity_provider::reconcile(&cx, &key).await,
            Root::EcsService => service::reconcile(&cx, &key).await,
        }
    };
    let ended = work.instrument(span.clone()).await;
    let _entered = span.enter();
    let (result, again) = match ended {
        Ok(Verdict::Settled) => ("ok", Again::No),
        Ok(Verdict::Later) => ("later", Again::Later),
        Ok(Verdict::Gone) => ("gone", Again::No),
        Ok(Verdict::Refused) => ("refused", Again::Retry),
        Err(error) => {
            tracing::warn!(reason = error.reason(), %error, "reconcile failed");
            (error.reason(), Again::Retry)
        }
    };
    cx.metrics.reconciled(key.root.kind(), result, started.elapsed());
    again
}
