//! Desired + observed + previous status + now → status and transition events.

use crate::api::EcsServiceStatus;

/// The status to publish, and the events of the transitions that lead to it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The status as it should be.
    pub status: EcsServiceStatus,
    /// Events to create before the status is written, so that a crash between the two repeats nothing.
    pub events: Vec<Event>,
}

/// An event about the service. Created once under its name; AlreadyExists means that it was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name of the Event object: hash of the transition.
    pub name: String,
    /// `Normal` or `Warning`.
    pub warning: bool,
    /// Machine-readable reason, CamelCase.
    pub reason: &'static str,
    /// ECS's sentence.
    pub message: String,
}
