//! What goes wrong between one client and the API server.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::watch;

use crate::dice::Dice;

/// What goes wrong. Nothing by default; percentages are of requests, or of events of watches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// The process ends when so many of its writes are done, before it hears of the last one.
    pub(crate) kill_after: Option<usize>,
    /// The answer to this write, counted from 1, never arrives; the process goes on.
    pub(crate) lose_answer: Option<usize>,
    /// Writes that are refused with a conflict.
    pub(crate) conflicts: u64,
    /// Requests that are answered with an internal error before they have an effect.
    pub(crate) errors: u64,
    /// Longest delay of an event of a watch.
    pub(crate) delay: Duration,
    /// Events after which a watch ends.
    pub(crate) cuts: u64,
    /// Events after which a watch is told that its version is too old.
    pub(crate) gone: u64,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is carried out.
    Served,
    /// It is refused as a conflict.
    Conflict,
    /// It is answered with an internal error.
    Error,
}

/// What becomes of the answer to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It arrives.
    Sent,
    /// It is lost.
    Lost,
    /// The client is no more.
    Killed,
}

/// The way of one client to the API server.
pub(crate) struct Link {
    /// Number of the client.
    pub(crate) number: usize,
    faults: Faults,
    inner: Mutex<Inner>,
    dead: watch::Sender<bool>,
}

struct Inner {
    dice: Dice,
    writes: Vec<String>,
}

impl Link {
    pub(crate) fn new(number: usize, seed: u64, faults: Faults) -> Self {
        let inner = Mutex::new(Inner { dice: Dice::new(seed ^ number as u64), writes: Vec::new() });
        Self { number, faults, inner, dead: watch::Sender::new(false) }
    }

    /// Decides whether a request is carried out.
    pub(crate) fn fate(&self, writes: bool) -> Fate {
        let mut inner = self.inner.lock().unwrap();
        let (conflict, error) = (inner.dice.below(100), inner.dice.below(100));
        if error < self.faults.errors {
            Fate::Error
        } else if writes && conflict < self.faults.conflicts {
            Fate::Conflict
        } else {
            Fate::Served
        }
    }

    /// Notes a write that was carried out and decides about its answer. One that the API server refused is none: what
    /// ends after every few writes still gets further each time.
    pub(crate) fn wrote(&self, write: String) -> Answer {
        let mut inner = self.inner.lock().unwrap();
        inner.writes.push(write);
        let number = inner.writes.len();
        if self.faults.kill_after == Some(number) {
            Answer::Killed
        } else if self.faults.lose_answer == Some(number) {
            Answer::Lost
        } else {
            Answer::Sent
        }
    }

    /// How long a message takes.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_millis(1 + self.inner.lock().unwrap().dice.below(6))
    }

    /// How long the next event of a watch takes, and whether the watch ends with it: cut, or told that its version
    /// is gone.
    pub(crate) fn event(&self) -> (Duration, bool, bool) {
        let mut inner = self.inner.lock().unwrap();
        let longest = u64::try_from(self.faults.delay.as_millis()).unwrap_or(u64::MAX);
        let delay = Duration::from_millis(inner.dice.below(longest + 1));
        (delay, inner.dice.below(100) < self.faults.cuts, inner.dice.below(100) < self.faults.gone)
    }

    /// The writes that were carried out, in order.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.inner.lock().unwrap().writes.clone()
    }

    /// Ends the client.
    pub(crate) fn kill(&self) {
        self.dead.send_replace(true);
    }

    pub(crate) fn is_dead(&self) -> bool {
        *self.dead.borrow()
    }

    /// Returns when the client has ended.
    pub(crate) async fn killed(&self) {
        drop(self.dead.subscribe().wait_for(|dead| *dead).await);
    }
}
