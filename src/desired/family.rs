//! What should be done about one TaskDefinition: register the next revision, and say so.

use jiff::Timestamp;
use serde_json::Value;

use super::{Context, Refusal, conditions};
use crate::api::condition::{self, reasons};
use crate::api::{TaskDefinitionSpec, TaskDefinitionStatus};
use crate::ecs::read;
use crate::finding::any_error;
use crate::rollout::revision::{self, TaskRevision};
use crate::status::{Event, capped};

/// Everything that decides about one family.
#[derive(Clone, Debug)]
pub struct FamilyWorld {
    /// `metadata.name` of the TaskDefinition.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`.
    pub generation: i64,
    /// Its spec, as the API server has it.
    pub spec: Value,
    /// Its status, as we last wrote it.
    pub status: TaskDefinitionStatus,
    /// Its registered revisions.
    pub known: Vec<TaskRevision>,
    /// An older TaskDefinition of the namespace with the same family.
    pub older_namesake: Option<String>,
    /// What the API server has just had against the revision that would be the next.
    pub refused: Option<Refusal>,
    /// Namespace, policy and capabilities.
    pub context: Context,
    /// The time.
    pub now: Timestamp,
}

/// What should be done about one family, in this order.
#[derive(Clone, Debug, Default)]
pub struct FamilyDesired {
    /// The revision to register.
    pub register: Option<TaskRevision>,
    /// Events to create before the status is written.
    pub events: Vec<Event>,
    /// The status to publish.
    pub status: TaskDefinitionStatus,
}

/// Decides about one family. An invalid definition is not registered: services keep the revision they have.
#[must_use]
pub fn family(world: &FamilyWorld) -> FamilyDesired {
    let reading = read::read::<TaskDefinitionSpec>(world.spec.clone());
    let mut findings = reading.findings;
    if let Some(spec) = &reading.value {
        findings.extend(super::check_task_definition(spec, &world.context));
    }
    let invalid = any_error(&findings);
    let register = if invalid || world.older_namesake.is_some() || world.refused.is_some() {
        None
    } else {
        let last = world.status.revision.zip(world.status.spec_hash.as_deref());
        revision::register(&world.name, &world.spec, &world.known, last)
    };
    let newest = register.as_ref().or_else(|| world.known.iter().max_by_key(|r| r.revision));
    let named = newest.map(|r| format!("{}:{}", r.family, r.revision));
    let wanted = match (&world.older_namesake, &world.refused) {
        (Some(older), _) => conditions::stalled(
            reasons::NAME_COLLISION,
            format!(
                "The family is already defined by the older TaskDefinition {older}; remove one of the two."
            ),
        ),
        (None, _) if invalid => conditions::stalled(reasons::INVALID, conditions::first_error(&findings)),
        (None, Some(refused)) => conditions::reconciling(reasons::API_ERROR, refused.text()),
        (None, None) => conditions::ready(
            reasons::REGISTERED,
            format!("Registered as {}.", named.as_deref().unwrap_or_default()),
        ),
    };
    let wanted = conditions::with_fidelity(wanted, &findings);
    let events = events(world, newest, &wanted);
    let (findings, findings_omitted) = capped(findings);
    FamilyDesired {
        status: TaskDefinitionStatus {
            observed_generation: Some(world.generation),
            conditions: condition::merge(&world.status.conditions, wanted, world.generation, world.now),
            task_definition: named,
            revision: newest.map(|r| r.revision).max(world.status.revision),
            spec_hash: newest.map(|r| r.hash.clone()).or_else(|| world.status.spec_hash.clone()),
            findings,
            findings_omitted,
        },
        register,
        events,
    }
}

fn events(world: &FamilyWorld, newest: Option<&TaskRevision>, wanted: &[condition::Desired]) -> Vec<Event> {
    let mut events: Vec<_> =
        conditions::stalled_event(&world.uid, world.generation, &world.status.conditions, wanted)
            .into_iter()
            .collect();
    // Told from what the status does not say yet, not from what is done now: a crash between the two tells it still.
    if let Some(new) = newest.filter(|new| Some(new.revision) > world.status.revision) {
        events.push(Event::new(
            &[&world.uid, "registered", &new.revision.to_string()],
            "TaskDefinitionRegistered",
            format!("(task definition {}:{}) has been registered.", new.family, new.revision),
        ));
    }
    events
}
