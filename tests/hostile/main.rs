//! Input that nobody foresaw: generated definitions over the whole shape of ECS, and whatever is no definition.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod export;
mod foreign;
mod fuzz;
#[path = "../support/generate/mod.rs"]
mod generate;
mod ledger;
mod mutate;
mod spread;
mod valid;
