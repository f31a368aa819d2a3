//! What should be said about one CapacityProvider: which nodes it has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{Context, conditions};
use crate::api::condition::{self, reasons};
use crate::api::{CapacityProviderSpec, CapacityProviderStatus, labels};
use crate::ecs::read;
use crate::finding::any_error;
use crate::status::{Event, capped};

/// Everything that decides about one capacity provider.
#[derive(Clone, Debug)]
pub struct ProviderWorld {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`.
    pub generation: i64,
    /// Its spec, as the API server has it.
    pub spec: Value,
    /// Its status, as we last wrote it.
    pub status: CapacityProviderStatus,
    /// Labels of every node of the cluster.
    pub nodes: Vec<BTreeMap<String, String>>,
    /// An older CapacityProvider with the same ECS name.
    pub older_namesake: Option<String>,
    /// Policy and capabilities.
    pub context: Context,
    /// The time.
    pub now: Timestamp,
}

/// What should be published about one capacity provider.
#[derive(Clone, Debug, Default)]
pub struct ProviderDesired {
    /// Events to create before the status is written.
    pub events: Vec<Event>,
    /// The status to publish.
    pub status: CapacityProviderStatus,
}

/// Decides about one capacity provider.
#[must_use]
pub fn provider(world: &ProviderWorld) -> ProviderDesired {
    let reading = read::read::<CapacityProviderSpec>(world.spec.clone());
    let mut findings = reading.findings;
    let mut nodes = 0;
    if let Some(spec) = &reading.value {
        findings.extend(super::check_provider(&world.name, spec, &world.context));
        nodes = registered(world, spec);
    }
    let wanted = match &world.older_namesake {
        Some(older) => conditions::stalled(
            reasons::NAME_COLLISION,
            format!(
                "The name is already taken by the older CapacityProvider {older}; remove one of the two."
            ),
        ),
        None if any_error(&findings) => {
            conditions::stalled(reasons::INVALID, conditions::first_error(&findings))
        }
        None => conditions::ready(reasons::ACCEPTED, format!("Selects {nodes} nodes.")),
    };
    let wanted = conditions::with_fidelity(wanted, &findings);
    let events = conditions::stalled_event(&world.uid, &world.status.conditions, &wanted);
    let (findings, findings_omitted) = capped(findings);
    ProviderDesired {
        events: events.into_iter().collect(),
        status: CapacityProviderStatus {
            observed_generation: Some(world.generation),
            conditions: condition::merge(&world.status.conditions, wanted, world.generation, world.now),
            registered_container_instances_count: i32::try_from(nodes).unwrap_or(i32::MAX),
            findings,
            findings_omitted,
        },
    }
}

/// How many nodes the provider selects: by its own node selector, else by our label with its name.
fn registered(world: &ProviderWorld, spec: &CapacityProviderSpec) -> usize {
    let declared = spec.kubernetes.as_ref().map(|k| k.node_selector.clone()).unwrap_or_default();
    let selector = if declared.is_empty() {
        BTreeMap::from([(labels::CAPACITY_PROVIDER.to_owned(), world.name.clone())])
    } else {
        declared
    };
    world.nodes.iter().filter(|node| selector.iter().all(|(key, value)| node.get(key) == Some(value))).count()
}
