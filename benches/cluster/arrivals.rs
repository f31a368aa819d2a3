//! When objects come into being, by this program's clock.

use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use kube::Client;
use kube::api::{Api, DynamicObject, ListParams, WatchEvent, WatchParams};
use kube::core::ApiResource;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::objects;

/// Longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(280);

/// Watches of everything that the operator makes.
pub(crate) struct Arrivals {
    events: mpsc::UnboundedReceiver<(Instant, String)>,
}

impl Arrivals {
    /// Watches from now on; `namespaces` tells whose objects count, cluster-scoped ones always do.
    pub(crate) async fn watch(client: &Client, namespaces: fn(&str) -> bool) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        for resource in objects::resources() {
            let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
            let now = api.list_metadata(&ListParams::default().limit(1)).await.expect("a list");
            let version = now.metadata.resource_version.unwrap_or_default();
            tokio::spawn(follow(api, resource, version, namespaces, sender.clone()));
        }
        Self { events }
    }

    /// When the last of so many objects came.
    pub(crate) async fn last_of(&mut self, expected: usize) -> Instant {
        let mut count = 0;
        let mut kinds: HashMap<String, usize> = HashMap::new();
        let last = timeout(PATIENCE, async {
            while let Some((at, kind)) = self.events.recv().await {
                count += 1;
                *kinds.entry(kind).or_default() += 1;
                if count == expected {
                    return Some(at);
                }
            }
            None
        })
        .await;
        match last {
            Ok(Some(at)) => at,
            _ => panic!("{count} of {expected} objects came in {PATIENCE:?}: {kinds:?}"),
        }
    }
}

async fn follow(
    api: Api<DynamicObject>,
    resource: ApiResource,
    version: String,
    namespaces: fn(&str) -> bool,
    sender: mpsc::UnboundedSender<(Instant, String)>,
) {
    let params = WatchParams::default().labels(&objects::made_by_us()).timeout(290);
    let mut events = pin!(api.watch_metadata(&params, &version).await.expect("a watch"));
    while let Ok(Some(event)) = events.try_next().await {
        let at = Instant::now();
        if let WatchEvent::Added(object) = event
            && object.metadata.namespace.as_deref().is_none_or(namespaces)
            && sender.send((at, resource.kind.clone())).is_err()
        {
            return;
        }
    }
}
