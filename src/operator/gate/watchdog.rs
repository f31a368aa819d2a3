//! Leaves pods to kube-scheduler that have waited for our decision for too long. Every replica does, so that it happens
//! without a leader as well; writes go by the version that was seen, so only one of them comes to something.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{Config, Event, watcher};
use tokio::time::sleep_until;

use super::pin;
use super::view::PodView;
use crate::api::labels;
use crate::operator::context::Context;
use crate::operator::error::{is_not_found, is_outdated, words};
use crate::operator::metrics::Placement;

/// Pods wait for as long as it takes another replica to become the leader, and as long again.
const LEASES: u32 = 2;
/// How long until a pod is tried again.
const AGAIN: Duration = Duration::from_secs(5);
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
    loop {
        let due = cx.gate.due();
        let event = tokio::select! {
            event = events.next() => event,
            () = async { sleep_until(due.unwrap_or_else(tokio::time::Instant::now)).await }, if due.is_some() => {
                for pod in cx.gate.overdue(tokio::time::Instant::now(), AGAIN) {
                    leave(&cx, &pod).await;
                }
                continue;
            }
        };
        match event {
            Some(Ok(Event::Apply(pod))) => cx.gate.observe(pod, patience),
            Some(Ok(Event::Delete(pod))) => cx.gate.forget(pod.uid()),
            Some(Ok(Event::Init)) => listed.clear(),
            Some(Ok(Event::InitApply(pod))) => {
                listed.insert(pod.uid().to_owned());
                cx.gate.observe(pod, patience);
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

/// Leaves a pod to kube-scheduler.
async fn leave(cx: &Context, pod: &PodView) {
    let (namespace, name) = (pod.namespace().unwrap_or_default(), pod.name_any());
    let api = Api::<PodView>::namespaced(cx.client.clone(), &namespace);
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    cx.metrics.requested("Pod", "leave");
    match api.patch(&name, &params, &Patch::Merge(&pin::nowhere(pod, None))).await {
        Ok(_) => {
            tracing::warn!(namespace, name, "nobody has decided about a task; kube-scheduler does");
            cx.metrics.placed(Placement::Abandoned);
            cx.gate.distrust();
        }
        // Somebody has decided by now, or it is gone.
        Err(error) if is_outdated(&error) || is_not_found(&error) => {}
        Err(error) => {
            tracing::warn!(namespace, name, error = words(&error), "cannot leave a task to kube-scheduler");
        }
    }
}
