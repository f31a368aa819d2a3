//! What every reconciler needs.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};

use kube::Client;
use kube::api::Api;
use kube::core::{ApiResource, DynamicObject};
use tokio::sync::Notify;

use super::backoff::Backoff;
use super::cache::Change;
use super::dispatch::{Dispatch, SOON};
use super::gate::Gate;
use super::key::{Key, Name, Root};
use super::live::Live;
use super::metrics::Metrics;
use super::refusals::Refusals;
use super::stores::{self, Stores};
use super::tasks::Tasks;
use super::time::TimeOfDay;
use super::{lock, read_lock, route, write_lock};
use crate::capabilities::Capabilities;
use crate::iam;
use crate::object::Kind;
use crate::placement::membership;
use crate::policy::Mode;

/// What the operator was started with, as far as reconcilers ask.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Identity of this replica.
    pub(crate) identity: String,
    /// Chart value `policy.mode`.
    pub(crate) policy_mode: Mode,
    /// Chart value `defaultArchitecture`.
    pub(crate) default_architecture: String,
    /// Chart values `identity.mode` and `secretStoreRef`.
    pub(crate) iam: iam::Settings,
}

/// What every reconciler needs: the way to the API server, what is known of the cluster, what was asked for.
pub(crate) struct Context {
    /// The API server.
    pub(crate) client: Client,
    /// The time of day.
    pub(crate) time: TimeOfDay,
    /// Options.
    pub(crate) settings: Settings,
    /// Caches.
    pub(crate) stores: Stores,
    /// What waits to be reconciled.
    pub(crate) dispatch: Dispatch,
    /// Failed attempts.
    pub(crate) backoff: Backoff,
    /// What runs besides reconciles.
    pub(crate) tasks: Tasks,
    /// Counters.
    pub(crate) metrics: Metrics,
    /// Pods that wait for our decision about their node.
    pub(crate) gate: Gate,
    /// Why pods of DaemonSets are missing.
    pub(crate) refusals: Refusals,
    capabilities: RwLock<Capabilities>,
    foreign: Mutex<HashSet<(&'static str, Name)>>,
    optional: Mutex<HashSet<&'static str>>,
    told: Mutex<HashMap<Key, HashSet<String>>>,
    /// Told when the definition of an optional kind has come, changed or gone.
    pub(crate) definitions: Notify,
    /// Told when a node or a ControllerRevision has changed.
    pub(crate) memberships: Notify,
    /// Whether what ControllerRevisions ask for has to be read again.
    records_changed: AtomicBool,
}

impl Context {
    /// A context with empty caches.
    pub(crate) fn new(
        client: Client,
        time: TimeOfDay,
        settings: Settings,
        metrics: Metrics,
        gate: Gate,
    ) -> Self {
        Self {
            gate,
            client,
            time,
            backoff: Backoff::new(&settings.identity),
            settings,
            stores: Stores::default(),
            dispatch: Dispatch::default(),
            tasks: Tasks::default(),
            metrics,
            refusals: Refusals::default(),
            capabilities: RwLock::default(),
            foreign: Mutex::default(),
            optional: Mutex::default(),
            told: Mutex::default(),
            definitions: Notify::new(),
            memberships: Notify::new(),
            records_changed: AtomicBool::new(true),
        }
    }

    /// What the cluster can do.
    pub(crate) fn capabilities(&self) -> Capabilities {
        read_lock(&self.capabilities).clone()
    }

    /// Takes over what the cluster can do; whether that is news.
    pub(crate) fn set_capabilities(&self, found: Capabilities) -> bool {
        let mut known = write_lock(&self.capabilities);
        let news = *known != found;
        *known = found;
        news
    }

    /// Notes that an optional kind is watched; whether that is new.
    pub(crate) fn begin_to_watch(&self, kind: &'static Kind) -> bool {
        lock(&self.optional).insert(kind.kind)
    }

    /// Whether an event about an object has been written, while the status that records it has not.
    pub(crate) fn has_told(&self, key: &Key, event: &str) -> bool {
        lock(&self.told).get(key).is_some_and(|told| told.contains(event))
    }

    /// Remembers that an event has been written.
    pub(crate) fn remember_told(&self, key: &Key, event: &str) {
        lock(&self.told).entry(key.clone()).or_default().insert(event.to_owned());
    }

    /// Forgets what was told about an object: its status records it.
    pub(crate) fn forget_told(&self, key: &Key) {
        lock(&self.told).remove(key);
    }

    /// The API of one resource in the namespace of `name`.
    pub(crate) fn api(&self, resource: &ApiResource, name: &Name) -> Api<DynamicObject> {
        if name.namespace.is_empty() {
            Api::all_with(self.client.clone(), resource)
        } else {
            Api::namespaced_with(self.client.clone(), &name.namespace, resource)
        }
    }

    /// Takes over an answer about a custom resource.
    pub(crate) fn answer_root(&self, root: Root, object: DynamicObject, by: &Key) -> Name {
        let (name, version, live) = stores::live(&stores::root_resource(root), object);
        if let Some(change) = self.stores.root(root).answer(name.clone(), version, live) {
            self.tell(route::root(&self.stores, root, &change), by);
        }
        name
    }

    /// Takes over an answer about an object of the table of kinds.
    pub(crate) fn answer_child(&self, kind: &Kind, object: DynamicObject, by: &Key) -> Live {
        let (name, version, live) = stores::live(&stores::child_resource(kind), object);
        let change = self.stores.children(kind).answer(name, version, live.clone());
        if let Some(change) = change {
            self.tell(route::child(&self.stores, &change), by);
        }
        live
    }

    /// Takes over an answer about a ControllerRevision.
    pub(crate) fn answer_revision(&self, object: DynamicObject, by: &Key) {
        let (name, version, live) = stores::live(&stores::revision_resource(), object);
        let change: Option<Change<Live>> = self.stores.revisions.answer(name, version, live);
        if let Some(change) = change {
            self.record_changed(&change);
            self.tell(route::revision(&self.stores, &change), by);
        }
    }

    /// A ControllerRevision has come, changed or gone.
    pub(crate) fn record_changed(&self, change: &Change<Live>) {
        if change.both().any(|record| membership::asks(stores::templates(record))) {
            self.memberships_changed();
        }
    }

    /// What is asked for of membership labels may have changed.
    pub(crate) fn memberships_changed(&self) {
        self.records_changed.store(true, Ordering::Release);
        self.memberships.notify_one();
    }

    /// Whether what is asked for of membership labels may have changed since this was last asked.
    pub(crate) fn take_record_change(&self) -> bool {
        self.records_changed.swap(false, Ordering::AcqRel)
    }

    /// Asks for whatever an answer concerns, except the reconcile that got it: that one goes on with it.
    fn tell(&self, keys: route::Keys, by: &Key) {
        self.dispatch.request(SOON, keys.into_iter().filter(|key| key != by));
    }

    /// Remembers that an object belongs to somebody else, so that asking again costs a read and no write.
    pub(crate) fn remember_foreign(&self, kind: &Kind, name: &Name, foreign: bool) {
        let mut known = lock(&self.foreign);
        if foreign {
            known.insert((kind.kind, name.clone()));
        } else {
            known.remove(&(kind.kind, name.clone()));
        }
    }

    /// Whether an object belonged to somebody else when it was last looked at.
    pub(crate) fn was_foreign(&self, kind: &Kind, name: &Name) -> bool {
        lock(&self.foreign).contains(&(kind.kind, name.clone()))
    }
}
