//! Keeps membership labels on nodes: what they mean stands in the templates of recorded deployments.
//!
//! Looks when a node or a record has changed, and writes only to nodes that differ.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::context::Context;
use super::dispatch::CALMLY;
use super::error::{Error, is_not_found};
use super::key::Name;
use super::live::version;
use super::stores;
use crate::api::labels;
use crate::placement::membership::{asked, changes};

/// How long until what failed is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How many nodes are written to at a time.
const AT_A_TIME: usize = 8;

/// Keeps the labels for as long as the operator leads. `complete` says that it sees every namespace: otherwise labels
/// that nobody here asks for may be others'.
pub(crate) async fn run(cx: Arc<Context>, complete: bool) {
    loop {
        match once(&cx, complete).await {
            Ok(0) => {}
            Ok(written) => tracing::info!(written, "membership labels of nodes changed"),
            Err(error) => {
                tracing::warn!(reason = error.reason(), %error, "cannot keep the membership labels of nodes");
                sleep(RETRY).await;
                continue;
            }
        }
        cx.memberships.notified().await;
        // What comes together is looked at together.
        sleep(CALMLY).await;
    }
}

/// Looks once; how many nodes were written to.
async fn once(cx: &Context, complete: bool) -> Result<usize, Error> {
    let mut wanted = BTreeMap::new();
    for (_, record) in cx.stores.revisions.all() {
        let templates = record.value.pointer("/data/templates").and_then(Value::as_object);
        asked(templates.into_iter().flat_map(serde_json::Map::values), &mut wanted);
    }
    let mut writes = Vec::new();
    for (name, facts) in cx.stores.nodes.all() {
        let changes = changes(&facts, &wanted, complete);
        if !changes.is_empty() {
            writes.push(write(cx, name, json!(changes)));
        }
    }
    let mut writes = stream::iter(writes).buffer_unordered(AT_A_TIME);
    let mut written = 0;
    let mut failed = None;
    while let Some(result) = writes.next().await {
        match result {
            Ok(()) => written += 1,
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(written), Err)
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
