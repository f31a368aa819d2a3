//! How many tasks a service had at every moment: from watches, so that no moment is missed unless the API server
//! closes a connection.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ecs_bridge::api::labels;
use futures::{Stream, StreamExt as _};
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cluster::is_cut;
use crate::world::World;

/// What was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Fewest pods that were ready at a time.
    pub(crate) fewest_ready: usize,
    /// Most pods that were asked for at a time, by all ReplicaSets together.
    pub(crate) most_wanted: i64,
    /// How often it was looked.
    pub(crate) moments: usize,
}

/// Watches a service.
pub(crate) struct Sample {
    seen: Arc<Mutex<Seen>>,
    watches: [JoinHandle<()>; 2],
}

impl Sample {
    /// Begins with what is there now.
    pub(crate) async fn of(world: &World, service: &str) -> Self {
        let nothing = Seen { fewest_ready: usize::MAX, most_wanted: 0, moments: 0 };
        let seen = Arc::new(Mutex::new(nothing));
        let ours = watcher::Config::default().labels(&format!("{}={service}", labels::SERVICE));
        let ready = |pod: &Pod| {
            let conditions = pod.status.as_ref().and_then(|s| s.conditions.as_deref()).unwrap_or_default();
            let ready = conditions.iter().any(|c| c.type_ == "Ready" && c.status == "True");
            i64::from(ready && pod.metadata.deletion_timestamp.is_none())
        };
        let wanted = |set: &ReplicaSet| set.spec.replicas.unwrap_or_default().into();
        let (pods, sets) = (Arc::clone(&seen), Arc::clone(&seen));
        let note_pods = move |sum: i64| {
            let mut seen = pods.lock().unwrap();
            seen.fewest_ready = seen.fewest_ready.min(sum.try_into().unwrap());
            seen.moments += 1;
        };
        let note_sets = move |sum: i64| {
            let mut seen = sets.lock().unwrap();
            seen.most_wanted = seen.most_wanted.max(sum);
        };
        let (begun, pods_are_there) = oneshot::channel();
        let watched_pods = follow(watcher(world.api::<Pod>(), ours.clone()), ready, note_pods, begun);
        let (begun, sets_are_there) = oneshot::channel();
        let watched_sets = follow(watcher(world.api::<ReplicaSet>(), ours), wanted, note_sets, begun);
        let watches = [tokio::spawn(watched_pods), tokio::spawn(watched_sets)];
        pods_are_there.await.unwrap();
        sets_are_there.await.unwrap();
        Self { seen, watches }
    }

    /// What was seen until now.
    pub(crate) fn end(self) -> Seen {
        for watch in self.watches {
            watch.abort();
        }
        *self.seen.lock().unwrap()
    }
}

/// Notes the sum of `value` over all objects whenever one changes.
async fn follow<K: kube::Resource + Clone + Debug>(
    events: impl Stream<Item = watcher::Result<Event<K>>>,
    value: impl Fn(&K) -> i64,
    note: impl Fn(i64),
    begun: oneshot::Sender<()>,
) {
    let mut begun = Some(begun);
    let mut known: HashMap<String, i64> = HashMap::new();
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        let event = match event {
            // It begins anew by itself.
            Err(
                watcher::Error::InitialListFailed(error)
                | watcher::Error::WatchStartFailed(error)
                | watcher::Error::WatchFailed(error),
            ) if is_cut(&error) => continue,
            event => event.unwrap(),
        };
        match event {
            Event::Init => {
                known.clear();
                continue;
            }
            Event::InitApply(object) => {
                known.insert(object.name_any(), value(&object));
                continue;
            }
            Event::InitDone => drop(begun.take().map(|begun| begun.send(()))),
            Event::Apply(object) => drop(known.insert(object.name_any(), value(&object))),
            Event::Delete(object) => drop(known.remove(&object.name_any())),
        }
        note(known.values().sum());
    }
}
