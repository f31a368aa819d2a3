//! Watches that keep the caches filled and say what has to be reconciled.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, PartialObjectMeta};
use kube::core::{ApiResource, DynamicObject};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::cache::{Cache, Change, Kept};
use super::context::Context;
use super::dispatch::{CALMLY, SOON};
use super::key::{Name, Root};
use super::live::{Live, version};
use super::route::{self, Keys};
use super::stores::{self, Index, Objects, Stores};
use crate::api::labels;
use crate::object::{KINDS, Kind};

/// What a watch does with an object: its name, its version, and what is kept of it.
type Taken<T> = (Name, u64, Option<T>);

/// Starts every watch: of the whole cluster, or of `namespaces` only as far as objects live in namespaces.
pub(crate) fn start(cx: &Arc<Context>, namespaces: &[String]) {
    let everywhere = [String::new()];
    let scopes = if namespaces.is_empty() { &everywhere } else { namespaces };
    let ours = Config::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
    for root in Root::ALL {
        for scope in if root.namespaced() { scopes } else { &everywhere } {
            let watch = Watch::new(cx, root.kind(), scope, SOON);
            let routes = move |stores: &Stores, change: &Change<Live>| route::root(stores, root, change);
            watch.objects(stores::root_resource(root), Config::default(), move |s| s.root(root), routes);
        }
    }
    for kind in KINDS.iter().filter(|kind| !kind.optional) {
        children(cx, kind, scopes);
    }
    definitions(cx);
    for scope in scopes {
        let watch = Watch::new(cx, "ControllerRevision", scope, SOON);
        let told = Arc::clone(cx);
        let routes = move |stores: &Stores, change: &Change<Live>| {
            told.record_changed(change);
            route::revision(stores, change)
        };
        watch.objects(stores::revision_resource(), ours.clone(), |s| &s.revisions, routes);
        let pods = watcher(api::<Pod>(cx, scope), Config::default().labels(labels::SERVICE));
        let take = |pod: Pod| (name_of(&pod), version_of(&pod), stores::task(&pod));
        let routes = |_: &Stores, change: &Change<_>| route::task(change);
        Watch::new(cx, "Pod", scope, CALMLY).feed(pods, take, |s| &s.tasks, routes);
        let others = Config::default().labels(&format!("{}!={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
        let rivals = watcher(api::<HorizontalPodAutoscaler>(cx, scope), others);
        let take = |rival: HorizontalPodAutoscaler| {
            (name_of(&rival), version_of(&rival), Some(stores::rival(&rival)))
        };
        Watch::new(cx, "HorizontalPodAutoscaler", scope, CALMLY).feed(
            rivals,
            take,
            |s| &s.rivals,
            route::rival,
        );
    }
    let nodes = watcher(Api::<Node>::all(cx.client.clone()), Config::default());
    let take = |node: Node| (name_of(&node), version_of(&node), Some(stores::node(&node)));
    let told = Arc::clone(cx);
    let routes = move |stores: &Stores, change: &Change<_>| {
        told.memberships.notify_one();
        route::node(stores, change)
    };
    Watch::new(cx, "Node", "", CALMLY).feed(nodes, take, |s| &s.nodes, routes);
    let namespaces = watcher(Api::<PartialObjectMeta<Namespace>>::all(cx.client.clone()), Config::default());
    let take = |namespace: PartialObjectMeta<Namespace>| {
        let kept = stores::namespace(&namespace.metadata);
        (name_of(&namespace), version_of(&namespace), Some(kept))
    };
    Watch::new(cx, "Namespace", "", CALMLY).feed(namespaces, take, |s| &s.namespaces, route::namespace);
}

/// Starts the watches of the optional kinds of these API groups that do not run yet.
pub(crate) fn optional(cx: &Arc<Context>, namespaces: &[String], served: &BTreeSet<String>) {
    let everywhere = [String::new()];
    let scopes = if namespaces.is_empty() { &everywhere } else { namespaces };
    for kind in KINDS.iter().filter(|kind| kind.optional && served.contains(kind.group)) {
        if cx.begin_to_watch(kind) {
            children(cx, kind, scopes);
        }
    }
}

/// Watches what we make of a kind.
fn children(cx: &Arc<Context>, kind: &'static Kind, namespaces: &[String]) {
    let everywhere = [String::new()];
    let ours = Config::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
    for scope in if kind.namespaced { namespaces } else { &everywhere } {
        let watch = Watch { optional: kind.optional, ..Watch::new(cx, kind.kind, scope, CALMLY) };
        let of_kind = stores::child_resource(kind);
        watch.objects(of_kind, ours.clone(), move |s| s.children(kind), route::child);
    }
}

/// Tells when the definition of an optional kind comes, changes or goes. What was there at the start has been
/// discovered.
fn definitions(cx: &Arc<Context>) {
    let told = Arc::clone(cx);
    let all = Api::<PartialObjectMeta<CustomResourceDefinition>>::all(cx.client.clone());
    let is_ours = |definition: &PartialObjectMeta<CustomResourceDefinition>| {
        let name = definition.name_any();
        KINDS.iter().any(|kind| kind.optional && name == format!("{}.{}", kind.plural, kind.group))
    };
    cx.tasks.spawn(async move {
        let mut events = std::pin::pin!(watcher(all, Config::default()).default_backoff());
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Apply(definition) | Event::Delete(definition)) if is_ours(&definition) => {
                    told.definitions.notify_one();
                }
                Ok(_) => {}
                Err(error) => {
                    told.metrics.watch_failed();
                    let kind = "CustomResourceDefinition";
                    tracing::warn!(kind, error = failure(&error), "watch failed, trying again");
                }
            }
        }
    });
}

fn api<K>(cx: &Context, scope: &str) -> Api<K>
where
    K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
{
    if scope.is_empty() { Api::all(cx.client.clone()) } else { Api::namespaced(cx.client.clone(), scope) }
}

fn name_of<K: Resource>(object: &K) -> Name {
    Name::new(object.namespace().unwrap_or_default(), object.name_any())
}

fn version_of<K: Resource>(object: &K) -> u64 {
    version(object.meta().resource_version.as_deref())
}

/// A watch that is about to start.
struct Watch {
    cx: Arc<Context>,
    kind: &'static str,
    /// Namespace, or empty for all.
    scope: String,
    /// How soon what it says is acted upon.
    wait: Duration,
    /// Whether the kind may be missing: then nobody waits for its first list in vain.
    optional: bool,
}

impl Watch {
    fn new(cx: &Arc<Context>, kind: &'static str, scope: &str, wait: Duration) -> Self {
        Self { cx: Arc::clone(cx), kind, scope: scope.to_owned(), wait, optional: false }
    }

    /// Watches a dynamic resource into its cache.
    fn objects(
        self,
        resource: ApiResource,
        config: Config,
        cache: impl Fn(&Stores) -> &Objects + Send + 'static,
        routes: impl Fn(&Stores, &Change<Live>) -> Keys + Send + 'static,
    ) {
        let events = watcher(self.cx.api(&resource, &Name::new(self.scope.as_str(), "")), config);
        let take = move |object: DynamicObject| {
            let (name, version, live) = stores::live(&resource, object);
            (name, version, Some(live))
        };
        self.feed(events, take, cache, routes);
    }

    /// Feeds a cache from a watch for as long as the process lives.
    fn feed<K, T>(
        self,
        events: impl Stream<Item = watcher::Result<Event<K>>> + Send + 'static,
        take: impl Fn(K) -> Taken<T> + Send + 'static,
        cache: impl Fn(&Stores) -> &Cache<T, Index> + Send + 'static,
        routes: impl Fn(&Stores, &Change<T>) -> Keys + Send + 'static,
    ) where
        K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
        T: Kept<Form: Send + Sync> + Send + Sync + 'static,
    {
        let Self { cx, kind, scope, wait, optional } = self;
        cx.stores.expect(kind);
        let tasks = Arc::clone(&cx);
        let feed = async move {
            let mut events = std::pin::pin!(events.default_backoff());
            let mut list = Vec::new();
            let mut arrived = false;
            while let Some(event) = events.next().await {
                let cache = cache(&cx.stores);
                let changes = match event {
                    Ok(Event::Apply(object)) => {
                        let (name, version, kept) = take(object);
                        let change = cache.watched(&scope, name, version, kept);
                        change.into_iter().chain(cache.settle(&scope, version)).collect()
                    }
                    Ok(Event::Delete(object)) => {
                        let (name, version, _) = take(object);
                        let change = cache.watched(&scope, name, version, None);
                        change.into_iter().chain(cache.settle(&scope, version)).collect()
                    }
                    Ok(Event::Init) => {
                        list.clear();
                        cache.listing(&scope);
                        continue;
                    }
                    Ok(Event::InitApply(object)) => {
                        list.push(take(object));
                        continue;
                    }
                    Ok(Event::InitDone) => {
                        let changes = cache.listed(&scope, std::mem::take(&mut list));
                        if !arrived {
                            arrived = true;
                            cx.stores.arrived(kind);
                        }
                        changes
                    }
                    Err(error) => {
                        if optional && !arrived {
                            arrived = true;
                            cx.stores.arrived(kind);
                        }
                        cx.metrics.watch_failed();
                        tracing::warn!(kind, scope, error = failure(&error), "watch failed, trying again");
                        continue;
                    }
                };
                for change in changes {
                    cx.dispatch.request(wait, routes(&cx.stores, &change));
                }
            }
        };
        tasks.tasks.spawn(feed);
    }
}

/// Why a watch failed, in few words.
fn failure(error: &watcher::Error) -> String {
    match error {
        watcher::Error::InitialListFailed(source)
        | watcher::Error::WatchStartFailed(source)
        | watcher::Error::WatchFailed(source) => super::error::words(source),
        watcher::Error::WatchError(status) => status.message.clone(),
        watcher::Error::NoResourceVersion => error.to_string(),
    }
}
