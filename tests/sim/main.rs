//! The operator against an API server in memory: crashes at every write, lost answers, conflicts, stale watches, several
//! replicas. Time is simulated; nothing outside of the process is touched.
//!
//! The simulation is a model: `conformance` runs the same cases here and against a real control plane.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod conformance;
mod controllers;
mod dice;
mod guard;
mod history;
mod outcome;
mod process;
mod replay;
mod server;
#[path = "../support/splitmix.rs"]
mod splitmix;
mod stories;
mod telling;
#[path = "../support/words.rs"]
mod words;
mod world;
