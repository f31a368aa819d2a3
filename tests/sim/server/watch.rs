//! Lists and watches.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http_body::Frame;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use super::Server;
use super::faults::Link;
use super::refusal::Refusal;
use super::resource::Resource;
use super::store::Change;

/// How long a watch lasts whose client does not say.
const DURATION: Duration = Duration::from_secs(290);

/// What a label has to be.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    /// There, whatever its value.
    Has(String),
    /// Of this value.
    Is(String, String),
    /// Of another value, or not there.
    Not(String, String),
}

impl Term {
    fn holds(&self, labels: &Value) -> bool {
        match self {
            Self::Has(key) => labels.get(key).is_some(),
            Self::Is(key, value) => labels.get(key).is_some_and(|have| have == value),
            Self::Not(key, value) => labels.get(key).is_none_or(|have| have != value),
        }
    }
}

/// Which objects are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    pub(crate) resource: &'static Resource,
    /// Empty for all.
    pub(crate) namespace: String,
    /// Terms of the label selector.
    pub(crate) labels: Vec<Term>,
    /// Members that have to have these values, by their places.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether metadata is enough.
    pub(crate) partial: bool,
}

impl Selection {
    /// Whether an object is among them.
    pub(crate) fn has(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        let is = |(place, value): &(String, String)| {
            object.pointer(&format!("/{}", place.replace('.', "/"))).is_some_and(|have| have == value)
        };
        self.labels.iter().all(|term| term.holds(labels)) && self.fields.iter().all(is)
    }

    fn concerns(&self, change: &Change) -> bool {
        change.id.plural == self.resource.plural
            && change.id.group == self.resource.group
            && (self.namespace.is_empty() || change.id.namespace == self.namespace)
    }

    /// An object as it is sent.
    pub(crate) fn shown(&self, object: &Value) -> Value {
        if self.partial {
            let api_version = "meta.k8s.io/v1";
            json!({"kind": "PartialObjectMetadata", "apiVersion": api_version, "metadata": object["metadata"]})
        } else {
            object.clone()
        }
    }

    /// The event that a change is for who watches these.
    fn event(&self, change: &Change) -> Option<Value> {
        if !self.concerns(change) {
            return None;
        }
        let before = change.old.as_ref().is_some_and(|object| self.has(object));
        let after = change.new.as_ref().is_some_and(|object| self.has(object));
        let kind = match (before, after) {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => return None,
        };
        Some(json!({"type": kind, "object": self.shown(&change.sent)}))
    }
}

/// A watch under way.
struct Watching {
    server: Arc<Server>,
    link: Arc<Link>,
    selection: Selection,
    /// Version up to which everything was told.
    told: u64,
    ends: Instant,
    ended: bool,
}

/// What happens after a version, as it happens, until the time is over.
pub(crate) fn watch(
    server: Arc<Server>,
    link: Arc<Link>,
    selection: Selection,
    version: u64,
    seconds: Option<u64>,
) -> impl Stream<Item = Result<Frame<Bytes>, std::io::Error>> {
    let ends = Instant::now() + seconds.map_or(DURATION, Duration::from_secs);
    let watching = Watching { server, link, selection, told: version, ends, ended: false };
    futures::stream::unfold(watching, |mut watching| async move {
        let event = watching.next().await?;
        let mut line = event.to_string().into_bytes();
        line.push(b'\n');
        Some((Ok(Frame::data(Bytes::from(line))), watching))
    })
}

impl Watching {
    async fn next(&mut self) -> Option<Value> {
        if self.ended {
            return None;
        }
        loop {
            let mut news = self.server.store().news();
            let found = {
                let store = self.server.store();
                if self.told < store.compacted {
                    self.ended = true;
                    return Some(gone());
                }
                let first = store.log.partition_point(|change| change.version <= self.told);
                let mut later = store.log[first..].iter();
                let found = later.find_map(|change| Some((change.version, self.selection.event(change)?)));
                self.told = found.as_ref().map_or(store.version(), |(version, _)| *version);
                found
            };
            let Some((_, event)) = found else {
                if timeout_at(self.ends, news.changed()).await.is_err() {
                    self.ended = true;
                    return Some(self.bookmark());
                }
                continue;
            };
            let (delay, cut, forgotten) = self.link.event();
            sleep(delay).await;
            if self.link.is_dead() {
                std::future::pending::<()>().await;
            }
            if cut || forgotten {
                self.ended = true;
                return forgotten.then(gone);
            }
            return Some(event);
        }
    }

    /// How far the watch has come, so that the next one begins there.
    fn bookmark(&self) -> Value {
        let resource = self.selection.resource;
        json!({"type": "BOOKMARK", "object": {
            "kind": resource.kind,
            "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": self.told.to_string()},
        }})
    }
}

fn gone() -> Value {
    let refusal = Refusal::new(410, "Expired", "too old resource version");
    json!({"type": "ERROR", "object": refusal.status()})
}
