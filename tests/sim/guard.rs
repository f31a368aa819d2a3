//! Watches over the number of tasks that serve.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ecs_bridge::api::labels;
use serde_json::Value;

use crate::server::resource::of_kind;
use crate::server::store::{Store, is_deleting};

/// The fewest tasks that services had while they were watched over.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    lowest: Mutex<BTreeMap<String, usize>>,
}

impl Guard {
    /// Begins to watch over a service.
    pub(crate) fn begin(&self, service: &str) {
        self.lowest.lock().unwrap().insert(service.to_owned(), usize::MAX);
    }

    /// Ends it: the fewest tasks that served at any time since.
    pub(crate) fn end(&self, service: &str) -> usize {
        self.lowest.lock().unwrap().remove(service).expect("it was watched over")
    }

    /// Counts.
    pub(crate) fn look(&self, store: &Store) {
        for (service, lowest) in self.lowest.lock().unwrap().iter_mut() {
            let serves = |pod: &Value| {
                pod["metadata"]["labels"][labels::SERVICE] == *service
                    && !is_deleting(pod)
                    && pod["status"]["conditions"][0]["status"] == "True"
            };
            let count = store.list(of_kind("Pod"), "").into_iter().filter(|(_, pod)| serves(pod)).count();
            *lowest = count.min(*lowest);
        }
    }
}
