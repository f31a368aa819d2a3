//! An API server in memory: what it stores, how it is asked, what goes wrong on the way.

mod admission;
pub(crate) mod apply;
pub(crate) mod faults;
mod fields;
mod http;
mod patch;
mod quota;
pub(crate) mod refusal;
pub(crate) mod resource;
pub(crate) mod store;
mod watch;
pub(crate) mod webhook;

use std::sync::{Arc, Mutex, MutexGuard};

use ecs_bridge::operator::TimeOfDay;
use kube::Client;

use faults::{Faults, Link};
use store::Store;

/// The API server.
pub(crate) struct Server {
    store: Mutex<Store>,
    /// Numbers of the clients that have written, in the order in which they took turns.
    turns: Mutex<Vec<usize>>,
}

impl Server {
    pub(crate) fn new(clock: TimeOfDay) -> Arc<Self> {
        Arc::new(Self { store: Mutex::new(Store::new(clock)), turns: Mutex::default() })
    }

    /// What is stored.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap()
    }

    /// Notes who writes.
    fn note(&self, number: usize) {
        let mut turns = self.turns.lock().unwrap();
        if turns.last() != Some(&number) {
            turns.push(number);
        }
    }

    /// Numbers of the clients that have written, in the order in which they took turns.
    pub(crate) fn turns(&self) -> Vec<usize> {
        self.turns.lock().unwrap().clone()
    }

    /// A client behind a link.
    pub(crate) fn client(self: &Arc<Self>, link: Arc<Link>) -> Client {
        Client::new(http::Front::new(Arc::clone(self), link), "default")
    }

    /// A client for which nothing goes wrong.
    pub(crate) fn admin(self: &Arc<Self>) -> Client {
        self.client(Arc::new(Link::new(usize::MAX, 0, Faults::default())))
    }
}
