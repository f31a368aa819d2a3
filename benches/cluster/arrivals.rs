//! When objects come into being, by this program's clock.

use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use kube::api::{Api, DynamicObject, ListParams, WatchEvent, WatchParams};
use kube::core::ApiResource;
use kube::{Client, ResourceExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::objects;

/// Longest that no object may come.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long one watch lasts; kube wants it to be shorter than its own time limit of a request.
const WATCH: u32 = 290;

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
        while let Ok(Some((at, kind))) = timeout(PATIENCE, self.events.recv()).await {
            count += 1;
            *kinds.entry(kind).or_default() += 1;
            if count == expected {
                return at;
            }
        }
        panic!("{count} of {expected} objects came, and no more in {PATIENCE:?}: {kinds:?}")
    }
}

async fn follow(
    api: Api<DynamicObject>,
    resource: ApiResource,
    mut version: String,
    namespaces: fn(&str) -> bool,
    sender: mpsc::UnboundedSender<(Instant, String)>,
) {
    let params = WatchParams::default().labels(&objects::made_by_us()).timeout(WATCH);
    while !sender.is_closed() {
        let mut events = pin!(api.watch_metadata(&params, &version).await.expect("a watch"));
        while let Ok(Some(event)) = events.try_next().await {
            let at = Instant::now();
            match event {
                WatchEvent::Added(object) => {
                    version = object.resource_version().unwrap_or_default();
                    let counts = object.metadata.namespace.as_deref().is_none_or(namespaces);
                    if counts && sender.send((at, resource.kind.clone())).is_err() {
                        return;
                    }
                }
                WatchEvent::Modified(object) | WatchEvent::Deleted(object) => {
                    version = object.resource_version().unwrap_or_default();
                }
                WatchEvent::Bookmark(bookmark) => version = bookmark.metadata.resource_version,
                WatchEvent::Error(error) => panic!("the watch of {}: {error:?}", resource.kind),
            }
        }
    }
}
