//! ecs-bridge runs Amazon ECS definitions on Kubernetes.
//!
//! IO, pure, IO: `operator` and `cli` gather a [`desired::World`] and carry out what comes back; everything
//! between is pure functions without clock, randomness, files or network. `ARCHITECTURE.md` draws the map.

pub mod api;
pub mod finding;
