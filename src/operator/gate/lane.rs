//! Carries decisions out, while this replica leads.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Config, Event, watcher};
use tokio::time::{Instant, sleep_until, timeout};

use super::keeper::{Action, Arrival, Keeper, Order, Outcome};
use super::placer::Placer;
use super::view::{NodeView, PodView};
use crate::api::labels;
use crate::operator::context::Context;
use crate::operator::error::{is_not_found, is_outdated, is_refusal, words};
use crate::operator::metrics::Placement;

/// How long a write may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a pod without a node waits for others that have one, as a part of a Lease: after two of those any replica would
/// let it go.
const HOLD: u32 = 2;

/// How long a question waits for the news that made somebody create the pod, most of all that another one is gone: a watch
/// tells them to us as late as to him, and no later than that where nothing is slow.
const NEWS: Duration = Duration::from_millis(20);

/// Decides about pods of these namespaces, or of all, for as long as this replica leads. Nodes and pods of the cluster are
/// watched from the moment on at which the first pod asks.
pub(crate) async fn run(cx: Arc<Context>, namespaces: Vec<String>, lease: Duration, seed: u64) {
    cx.gate.asked().await;
    let nodes = watcher(Api::<NodeView>::all(cx.client.clone()), Config::default()).default_backoff();
    let pods = watcher(Api::<PodView>::all(cx.client.clone()), Config::default()).default_backoff();
    let mut nodes = std::pin::pin!(nodes);
    let mut pods = std::pin::pin!(pods);
    let mut keeper = Keeper::new(Placer::new(seed), &namespaces, lease / HOLD);
    let mut under_way = FuturesUnordered::new();
    let mut asking = cx.gate.lead();
    let mut asked = VecDeque::new();
    loop {
        while let Some(order) = keeper.next(Instant::now()) {
            under_way.push(carry_out(&cx, order));
        }
        cx.metrics.gated.set(i64::try_from(keeper.waiting()).unwrap_or(i64::MAX));
        let due = keeper.due(Instant::now());
        let first = asked.front().map(|(due, _)| *due);
        tokio::select! {
            // What has happened is heard of before a pod is decided about that is created because of it.
            biased;
            Some((order, outcome)) = under_way.next() => {
                keeper.done(&order.uid, &order.action, outcome, Instant::now());
            }
            Some(event) = nodes.next() => node(&cx, &mut keeper, event),
            Some(event) = pods.next() => pod(&cx, &mut keeper, event),
            Some(asking) = asking.recv() => asked.push_back((Instant::now() + NEWS, asking)),
            () = until(first), if first.is_some() => {
                if let Some((_, asking)) = asked.pop_front() {
                    keeper.answer(asking, Instant::now());
                }
            }
            () = until(due), if due.is_some() => {}
        }
    }
}

async fn until(due: Option<Instant>) {
    sleep_until(due.unwrap_or_else(Instant::now)).await;
}

fn node(cx: &Context, keeper: &mut Keeper, event: watcher::Result<Event<NodeView>>) {
    match event {
        Ok(Event::Apply(node) | Event::InitApply(node)) => keeper.observe_node(node),
        Ok(Event::Delete(node)) => keeper.forget_node(node.name()),
        Ok(Event::Init) => keeper.list_nodes(),
        Ok(Event::InitDone) => keeper.nodes_listed(),
        Err(error) => failed(cx, "Node", &error),
    }
}

fn pod(cx: &Context, keeper: &mut Keeper, event: watcher::Result<Event<PodView>>) {
    match event {
        Ok(Event::Apply(pod) | Event::InitApply(pod)) => {
            if let Some(Arrival { namespace, name, node }) = keeper.observe(pod, Instant::now()) {
                tracing::info!(namespace, name, node, "task placed while it was created");
                cx.metrics.placed(Placement::Placed);
            }
        }
        Ok(Event::Delete(pod)) => keeper.forget(pod.uid()),
        Ok(Event::Init) => keeper.list_pods(),
        Ok(Event::InitDone) => keeper.pods_listed(),
        Err(error) => {
            keeper.lose_pods();
            failed(cx, "Pod", &error);
        }
    }
}

fn failed(cx: &Context, kind: &str, error: &watcher::Error) {
    cx.metrics.watch_failed();
    tracing::warn!(kind, %error, "watch for placement failed, trying again");
}

async fn carry_out(cx: &Context, order: Order) -> (Order, Outcome) {
    let api = Api::<PodView>::namespaced(cx.client.clone(), &order.namespace);
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    let answer = match &order.action {
        Action::Pin { patch, .. } | Action::Leave { patch, .. } => {
            cx.metrics.requested("Pod", "place");
            let patch = Patch::Merge(patch);
            let written = api.patch(&order.name, &params, &patch);
            timeout(PATIENCE, written).await.map(|answer| answer.map(|pod| Outcome::Written(Box::new(pod))))
        }
        Action::Delete { version } => {
            cx.metrics.requested("Pod", "delete");
            let same = Preconditions { uid: Some(order.uid.clone()), resource_version: version.clone() };
            let params = DeleteParams::default().preconditions(same);
            let deleted = api.delete(&order.name, &params);
            timeout(PATIENCE, deleted).await.map(|answer| answer.map(|_| Outcome::Deleted))
        }
    };
    let outcome = match answer {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) if is_not_found(&error) => Outcome::Gone,
        Ok(Err(error)) if is_outdated(&error) => Outcome::Outdated,
        Ok(Err(error)) => {
            let (namespace, name) = (&order.namespace, &order.name);
            tracing::warn!(namespace, name, error = words(&error), "cannot write where a task is placed");
            if is_refusal(&error) { Outcome::Refused } else { Outcome::Unknown }
        }
        Err(_) => Outcome::Unknown,
    };
    if let (Outcome::Refused, Action::Leave { .. }) = (&outcome, &order.action) {
        // Who cannot take the gate away must not have it added.
        cx.gate.distrust();
    }
    told(cx, &order, &outcome);
    (order, outcome)
}

fn told(cx: &Context, order: &Order, outcome: &Outcome) {
    let Order { namespace, name, .. } = order;
    cx.metrics.placed(match (outcome, &order.action) {
        (Outcome::Written(_), Action::Pin { node, .. }) => {
            tracing::info!(namespace, name, node, "task placed");
            Placement::Placed
        }
        (Outcome::Written(_), Action::Leave { reason, .. }) => {
            tracing::info!(namespace, name, reason, "no node for a task; left to kube-scheduler");
            Placement::Unplaced
        }
        (Outcome::Deleted, _) => {
            tracing::warn!(namespace, name, "the node of a task did not take it; another task is made");
            Placement::Replaced
        }
        _ => Placement::Repeated,
    });
}
