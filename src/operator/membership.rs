//! Keeps membership labels on nodes: what they mean stands in the templates of recorded deployments.
//!
//! Looks when a node or a record has changed, and writes only to nodes that differ. Records are read only after one of them
//! has changed; a node that cannot be written to is left alone for longer each time, and keeps no other one waiting.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::backoff::Backoff;
use super::context::Context;
use super::dispatch::CALMLY;
use super::error::{Error, is_not_found};
use super::key::Name;
use super::live::version;
use super::stores::{self, Objects};
use crate::api::labels;
use crate::placement::membership::{Facts, PREFIX, asked, changes};
use crate::placement::query::Expression;

/// How many nodes are written to at a time.
const AT_A_TIME: usize = 8;
/// How long nothing is due where nothing failed: any time will do.
const LONG: Duration = Duration::from_secs(3600);

/// Keeps the labels for as long as the operator leads. `complete` says that it sees every namespace: otherwise labels
/// that nobody here asks for may be others'.
pub(crate) async fn run(cx: Arc<Context>, complete: bool) {
    let mut keeper = Keeper::new(&cx.settings.identity, complete);
    // Who led before may have taken note of the last change.
    cx.record_changed();
    loop {
        let written = once(&cx, &mut keeper).await;
        if written > 0 {
            tracing::info!(written, "membership labels of nodes changed");
        }
        let due = keeper.due().unwrap_or_else(|| Instant::now() + LONG);
        tokio::select! {
            () = cx.memberships.notified() => {}
            () = sleep_until(due) => {}
        }
        // What comes together is looked at together.
        sleep(CALMLY).await;
    }
}

/// Looks once; how many nodes were written to.
async fn once(cx: &Context, keeper: &mut Keeper) -> usize {
    if cx.take_record_change() {
        keeper.wanted = wanted(&cx.stores.revisions);
    }
    let writes = keeper.writes(cx.stores.nodes.all(), Instant::now());
    let writes = writes.into_iter().map(|(name, labels)| async {
        let result = write(cx, name.clone(), labels).await;
        (name, result)
    });
    let mut results = stream::iter(writes).buffer_unordered(AT_A_TIME);
    let mut written = 0;
    while let Some((name, result)) = results.next().await {
        match result {
            Ok(()) => {
                keeper.succeeded(&name);
                written += 1;
            }
            Err(error) => {
                let wait = keeper.failed(&name, Instant::now());
                tracing::warn!(
                    node = name.name, reason = error.reason(), %error, ?wait,
                    "cannot keep the membership labels of a node"
                );
            }
        }
    }
    written
}

/// What the templates of all records ask for. Most records ask for nothing, which their text tells.
fn wanted(records: &Objects) -> BTreeMap<String, Option<Expression>> {
    let mut wanted = BTreeMap::new();
    records.visit(
        |text| text.contains(PREFIX),
        |record| {
            let templates = record.value.pointer("/data/templates").and_then(Value::as_object);
            asked(templates.into_iter().flat_map(serde_json::Map::values), &mut wanted);
        },
    );
    wanted
}

/// What is known from one look to the next.
struct Keeper {
    complete: bool,
    /// What recorded deployments ask for.
    wanted: BTreeMap<String, Option<Expression>>,
    /// Failed writes in a row.
    backoff: Backoff<Name>,
    /// Nodes whose last write failed, and when they are tried again.
    waiting: HashMap<Name, Instant>,
}

impl Keeper {
    fn new(seed: &str, complete: bool) -> Self {
        Self { complete, wanted: BTreeMap::new(), backoff: Backoff::new(seed), waiting: HashMap::new() }
    }

    /// The nodes to write to now, and the labels to set or to remove there.
    fn writes(&mut self, nodes: Vec<(Name, Arc<Facts>)>, now: Instant) -> Vec<(Name, Value)> {
        let mut writes = Vec::new();
        let mut waiting = HashMap::new();
        for (name, facts) in nodes {
            let changes = changes(&facts, &self.wanted, self.complete);
            match self.waiting.remove(&name) {
                Some(_) if changes.is_empty() => self.backoff.reset(&name),
                None if changes.is_empty() => {}
                Some(due) if due > now => drop(waiting.insert(name, due)),
                _ => writes.push((name, json!(changes))),
            }
        }
        // The others are gone.
        self.waiting.keys().for_each(|name| self.backoff.reset(name));
        self.waiting = waiting;
        writes
    }

    fn succeeded(&mut self, node: &Name) {
        self.backoff.reset(node);
        self.waiting.remove(node);
    }

    /// Takes note of a failure; how long the node is left alone.
    fn failed(&mut self, node: &Name, now: Instant) -> Duration {
        let wait = self.backoff.failed(node);
        self.waiting.insert(node.clone(), now + wait);
        wait
    }

    /// When the next node is tried again.
    fn due(&self) -> Option<Instant> {
        self.waiting.values().min().copied()
    }
}

async fn write(cx: &Context, name: Name, labels: Value) -> Result<(), Error> {
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    let body = json!({ "metadata": { "labels": labels } });
    cx.metrics.requested("Node", "label");
    match Api::<Node>::all(cx.client.clone()).patch(&name.name, &params, &Patch::Merge(&body)).await {
        Ok(node) => {
            let at = version(node.metadata.resource_version.as_deref());
            cx.stores.nodes.answer(Name::new("", node.name_any()), at, stores::node(&node));
            Ok(())
        }
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(Error::api("label", "Node", &name, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::live::Live;
    use crate::operator::stores::Stores;
    use crate::placement::membership::key;

    const EXPRESSION: &str = "registeredAt < 2018-02-13T00:00:00Z";

    fn keeper() -> Keeper {
        let asks = json!({ "metadata": { "annotations": { key(EXPRESSION): EXPRESSION } } });
        let stores = Stores::default();
        for (name, template) in [("web-d-1", asks), ("api-d-1", json!({ "metadata": {} }))] {
            let record = Live::new(json!({ "data": { "templates": { "none": template } } }));
            stores.revisions.watched("", Name::new("shop", name), 1, Some(record));
        }
        let mut keeper = Keeper::new("a", true);
        keeper.wanted = wanted(&stores.revisions);
        keeper
    }

    fn old(name: &str) -> (Name, Arc<Facts>) {
        let facts = Facts { registered: jiff::Timestamp::from_second(0).ok(), ..Facts::default() };
        (Name::new("", name), Arc::new(facts))
    }

    fn names(writes: &[(Name, Value)]) -> Vec<&str> {
        writes.iter().map(|(name, _)| name.name.as_str()).collect()
    }

    #[test]
    fn records_are_remembered_from_look_to_look() {
        let mut keeper = keeper();
        let now = Instant::now();
        for _ in 0..2 {
            assert_eq!(names(&keeper.writes(vec![old("a")], now)), ["a"]);
        }
        keeper.wanted = wanted(&Stores::default().revisions);
        assert!(keeper.writes(vec![old("a")], now).is_empty());
    }

    #[test]
    fn a_node_that_cannot_be_written_to_waits_longer_each_time_and_no_other_node_with_it() {
        let mut keeper = keeper();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..6 {
            assert_eq!(names(&keeper.writes(vec![old("a"), old("b")], now)), ["a", "b"]);
            keeper.succeeded(&Name::new("", "b"));
            waits.push(keeper.failed(&Name::new("", "a"), now));
            assert_eq!(names(&keeper.writes(vec![old("a"), old("b")], now)), ["b"]);
            now = keeper.due().unwrap();
        }
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert_eq!(names(&keeper.writes(vec![old("a")], now)), ["a"]);
        keeper.succeeded(&Name::new("", "a"));
        assert_eq!(keeper.due(), None);
        assert!(keeper.failed(&Name::new("", "a"), now) <= waits[0]);
    }

    #[test]
    fn a_node_that_is_gone_is_waited_for_no_more() {
        let mut keeper = keeper();
        let now = Instant::now();
        let first = keeper.failed(&Name::new("", "a"), now);
        assert!(keeper.writes(vec![old("b")], now).len() == 1 && keeper.due().is_none());
        assert_eq!(keeper.failed(&Name::new("", "a"), now), first);
    }
}
