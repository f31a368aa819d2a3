//! The meaning of a definition, where converters commonly lose it: each test renders a small definition and
//! looks at what Kubernetes would do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod commands;
mod identity;
mod logging;
mod names;
mod sizes;
mod support;
mod volumes;
mod workloads;
