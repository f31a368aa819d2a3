//! The IO of `ecs-bridge operator`: watches fill caches, caches become worlds, the pure core decides, and what it
//! decides is written.
//!
//! Nothing here decides what a definition means. A reconcile never waits for the cluster: what it cannot know yet, a
//! watch will tell; only why pods of a DaemonSet are refused is asked for, while some are missing. In steady state it
//! writes nothing, the leader's Lease apart.

mod admin;
#[cfg(test)]
mod answers;
mod apply;
mod args;
mod backoff;
mod cache;
mod capabilities;
mod capacity_provider;
mod clock;
mod compare;
mod context;
mod dispatch;
mod error;
mod fetch;
mod gate;
mod gather;
mod key;
mod lease;
mod live;
mod membership;
mod metrics;
mod patch;
mod protect;
mod prune;
mod publish;
mod queue;
mod records;
mod refusals;
mod release;
mod route;
mod run;
mod scale;
pub mod server_side;
mod service;
mod stores;
mod subject;
mod subset;
mod survey;
mod sweep;
mod task_definition;
mod tasks;
mod telemetry;
mod time;
mod watch;
mod webhook;

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub use args::{Architecture, Args, LogFormat, PolicyMode};
pub use compare::{Assumed, Change, Compared, compare};
pub use error::Error;
pub use fetch::{Fetched, fetch, fetch_nodes};
pub use release::{Released, release};
pub use run::{Operator, run};
pub use time::TimeOfDay;
pub use webhook::Reviewer;

/// Locks; a panic elsewhere does not make the data unusable, since every change of it is complete.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// See [`lock`].
fn read_lock<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// See [`lock`].
fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
