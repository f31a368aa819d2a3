//! ecs-bridge runs Amazon ECS definitions on Kubernetes.
//!
//! IO, pure, IO: `operator` and `cli` gather what is known, the pure core decides, `operator` and `cli` carry it
//! out. Between the two there is no clock, no randomness, no file and no network. `ARCHITECTURE.md` has the map.

// `json!` values of tests are read better where they are written than behind a reference.
#![cfg_attr(test, allow(clippy::needless_pass_by_value))]

pub mod api;
pub mod capabilities;
pub mod capacity;
#[cfg(feature = "cli")]
pub mod cli;
pub mod desired;
pub mod ecs;
pub mod finding;
pub mod iam;
pub mod ledger;
pub mod model;
pub mod object;
#[cfg(feature = "operator")]
pub mod operator;
pub mod placement;
pub mod policy;
pub mod rbac;
pub mod report;
pub mod rollout;
pub mod status;
pub mod translate;
