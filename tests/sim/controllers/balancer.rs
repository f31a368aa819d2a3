//! The AWS Load Balancer Controller: it tells pods that wait for a target group when they are healthy there.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::server::resource::{Id, of_kind};
use crate::server::store::{Store, is_deleting};

/// Prefix of the conditions, which end in the name of a TargetGroupBinding.
pub(crate) const HEALTH: &str = "target-health.elbv2.k8s.aws/";
/// How long it takes from a target that is registered to one that is healthy.
const CHECKS: Duration = Duration::from_secs(3);

/// Every target group.
#[derive(Debug, Default)]
pub(crate) struct Balancer {
    /// Since when a pod is registered, by its uid and the condition.
    registered: HashMap<(String, String), Instant>,
}

impl Balancer {
    /// Registers pods whose containers are ready, and says which are healthy; when the next one is.
    pub(crate) fn step(&mut self, store: &mut Store) -> Option<Instant> {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for (id, pod) in store.copies(of_kind("Pod")) {
            let containers = pod["status"]["containerStatuses"].as_array().cloned().unwrap_or_default();
            let runs =
                !containers.is_empty() && containers.iter().all(|status| status["ready"] == json!(true));
            for gate in gates(&pod) {
                let uid = pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
                let bound = gate.strip_prefix(HEALTH).is_some_and(|name| {
                    store.get(&Id::new(of_kind("TargetGroupBinding"), &id.namespace, name)).is_some()
                });
                let key = (uid, gate.clone());
                if !runs || !bound || is_deleting(&pod) {
                    self.registered.remove(&key);
                    continue;
                }
                let healthy = *self.registered.entry(key).or_insert(now) + CHECKS;
                if healthy > now {
                    next = [next, Some(healthy)].into_iter().flatten().min();
                } else if !holds(&pod, &gate) {
                    store.modify(&id, "load-balancer-controller", "status", |pod| {
                        let condition = json!({"type": gate, "status": "True"});
                        let conditions = pod["status"]["conditions"].as_array_mut().expect("it runs");
                        conditions.retain(|have| have["type"] != gate.as_str());
                        conditions.push(condition);
                    });
                }
            }
        }
        next
    }
}

/// Conditions that a pod waits for.
pub(crate) fn gates(pod: &Value) -> Vec<String> {
    let gates = pod["spec"]["readinessGates"].as_array().into_iter().flatten();
    gates.filter_map(|gate| gate["conditionType"].as_str().map(str::to_owned)).collect()
}

/// Whether a condition of a pod is true.
pub(crate) fn holds(pod: &Value, kind: &str) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
}
