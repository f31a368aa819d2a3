//! What the operator does beside reconciling: it ends with the operator, however that ends.

use std::future::Future;
use std::sync::Mutex;

use tokio::task::AbortHandle;

use super::lock;

/// Tasks that run until they are ended.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    running: Mutex<Vec<AbortHandle>>,
}

impl Tasks {
    /// Runs a task.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        lock(&self.running).push(tokio::spawn(task).abort_handle());
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        for task in lock(&self.running).drain(..) {
            task.abort();
        }
    }
}
