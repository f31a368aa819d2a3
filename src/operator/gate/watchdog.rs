//! Leaves pods to kube-scheduler that have waited for our decision for too long. Every replica does, so that it happens
//! without a leader as well; writes go by the version that was seen, so only one of them comes to something.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{FuturesUnordered, iter};
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{Config, Event, watcher};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::SETTLES;
use super::pin;
use super::view::PodView;
use crate::api::labels;
use crate::operator::context::Context;
use crate::operator::error::{is_not_found, is_outdated, words};
use crate::operator::metrics::Placement;

/// Pods wait for as long as it takes another replica to become the leader, and as long again.
const LEASES: u32 = 2;
/// How long a write may take.
const WRITES: Duration = Duration::from_secs(10);
/// How long until a pod is tried again: after that.
const AGAIN: Duration = Duration::from_secs(12);
/// Pods that are left at one time, at most.
const AT_ONCE: usize = 16;
/// How often an end looks for pods that still wait, and how long that may take.
const ROUNDS: usize = 3;
const END: Duration = Duration::from_secs(5);
/// Replicas do not act at the same moment.
const JITTER: u64 = 1000;

/// Watches pods that ask for our decision, of all namespaces or of these, for as long as the process lives.
pub(crate) fn run(cx: &Arc<Context>, namespaces: &[String], lease: Duration) {
    let mut hasher = DefaultHasher::new();
    cx.settings.identity.hash(&mut hasher);
    let patience = lease * LEASES + Duration::from_millis(hasher.finish() % JITTER);
    let everywhere = [String::new()];
    for scope in if namespaces.is_empty() { &everywhere } else { namespaces } {
        cx.tasks.spawn(look(Arc::clone(cx), scope.clone(), patience));
    }
}

async fn look(cx: Arc<Context>, scope: String, patience: Duration) {
    let api: Api<PodView> = if scope.is_empty() {
        Api::all(cx.client.clone())
    } else {
        Api::namespaced(cx.client.clone(), &scope)
    };
    let asking = Config::default().labels(&format!("{}={}", labels::EXACT, labels::EXACT_TRUE));
    let mut events = std::pin::pin!(watcher(api, asking).default_backoff());
    let mut listed = HashSet::new();
    let mut leaving = FuturesUnordered::new();
    loop {
        let due = cx.gate.due().filter(|_| leaving.len() < AT_ONCE);
        let event = tokio::select! {
            event = events.next() => event,
            Some(()) = leaving.next() => continue,
            () = async { sleep_until(due.unwrap_or_else(Instant::now)).await }, if due.is_some() => {
                let overdue = cx.gate.overdue(Instant::now(), AGAIN, AT_ONCE - leaving.len());
                leaving.extend(overdue.into_iter().map(|pod| leave(&cx, pod)));
                continue;
            }
        };
        match event {
            Some(Ok(Event::Apply(pod))) => cx.gate.observe(pod, patience, cx.time.now()),
            Some(Ok(Event::Delete(pod))) => cx.gate.forget(pod.uid()),
            Some(Ok(Event::Init)) => listed.clear(),
            Some(Ok(Event::InitApply(pod))) => {
                listed.insert(pod.uid().to_owned());
                cx.gate.observe(pod, patience, cx.time.now());
            }
            Some(Ok(Event::InitDone)) => {
                cx.gate.retain(&scope, |uid| listed.contains(uid));
                listed.clear();
            }
            Some(Err(error)) => {
                cx.metrics.watch_failed();
                tracing::warn!(%error, "watch of pods that wait failed, trying again");
            }
            None => return,
        }
    }
}

/// Leaves to kube-scheduler what still waits at the end of a replica after which nobody may come.
pub(crate) async fn leave_rest(cx: &Context) {
    let rounds = async {
        for _ in 0..ROUNDS {
            let rest = cx.gate.rest();
            if rest.is_empty() {
                return;
            }
            iter(rest).for_each_concurrent(AT_ONCE, |pod| leave(cx, pod)).await;
            // What has changed meanwhile becomes known.
            sleep(SETTLES).await;
        }
    };
    drop(timeout(END, rounds).await);
}

/// Leaves a pod to kube-scheduler.
async fn leave(cx: &Context, pod: PodView) {
    let (namespace, name) = (pod.namespace().unwrap_or_default(), pod.name_any());
    let api = Api::<PodView>::namespaced(cx.client.clone(), &namespace);
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    cx.metrics.requested("Pod", "leave");
    let patch = Patch::Merge(pin::nowhere(&pod, None));
    match timeout(WRITES, api.patch(&name, &params, &patch)).await {
        Ok(Ok(_)) => {
            tracing::warn!(namespace, name, "nobody has decided about a task; kube-scheduler does");
            cx.metrics.placed(Placement::Abandoned);
            cx.gate.forget(pod.uid());
            cx.gate.distrust();
        }
        // Somebody has decided by now, or it is gone.
        Ok(Err(error)) if is_not_found(&error) => cx.gate.forget(pod.uid()),
        Ok(Err(error)) if is_outdated(&error) => {}
        // It goes on waiting, so no other pod may begin to.
        failed => {
            let error =
                failed.ok().and_then(Result::err).map_or_else(|| "no answer".to_owned(), |e| words(&e));
            tracing::warn!(namespace, name, error, "cannot leave a task to kube-scheduler");
            cx.gate.distrust();
        }
    }
}

#[cfg(test)]
mod tests;
