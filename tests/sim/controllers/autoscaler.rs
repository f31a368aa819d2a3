//! HorizontalPodAutoscalers that go by the utilization of a service's pods, as autoscaling/v2 decides.

use std::collections::HashMap;
use std::time::Duration;

use ecs_bridge::api::labels;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::server::resource::{Id, of_kind};
use crate::server::store::{Store, is_deleting};

/// Annotation of a namespace: what all tasks of a service bear together, in percent of what one task has.
pub(crate) const LOAD: &str = "sim.test/load";
/// How often autoscalers look.
const SYNC: Duration = Duration::from_secs(15);

/// Every autoscaler of the cluster.
#[derive(Debug, Default)]
pub(crate) struct Autoscaler {
    next: Option<Instant>,
    /// What was found to be right when, by the uid of the autoscaler.
    found: HashMap<String, Vec<(Instant, i64)>>,
}

impl Autoscaler {
    /// Lets every autoscaler look, when it is time; when that is the next time.
    pub(crate) fn step(&mut self, store: &mut Store) -> Option<Instant> {
        let now = Instant::now();
        let all: Vec<(Id, std::sync::Arc<Value>)> = store
            .list(of_kind("HorizontalPodAutoscaler"), "")
            .into_iter()
            .filter(|(_, value)| !is_deleting(value))
            .map(|(id, value)| (id.clone(), value.clone()))
            .collect();
        if all.is_empty() {
            self.next = None;
            return None;
        }
        let next = *self.next.get_or_insert(now + SYNC);
        if next > now {
            return Some(next);
        }
        for (id, autoscaler) in all {
            self.one(store, &id, &autoscaler, now);
        }
        self.next = Some(now + SYNC);
        self.next
    }

    fn one(&mut self, store: &mut Store, id: &Id, autoscaler: &Value, now: Instant) {
        let spec = &autoscaler["spec"];
        if spec["scaleTargetRef"]["kind"] != "EcsService" {
            return;
        }
        let name = spec["scaleTargetRef"]["name"].as_str().unwrap_or_default();
        let target = Id::new(of_kind("EcsService"), &id.namespace, name);
        let Some(service) = store.get(&target).cloned() else { return };
        let current = service["status"]["replicas"].as_i64().unwrap_or_default();
        let asked = service["spec"]["kubernetes"]["scaledCount"].as_i64().unwrap_or_default();
        let ready = ready(store, &id.namespace, name);
        let namespace = Id::new(of_kind("Namespace"), "", &id.namespace);
        let load =
            store.get(&namespace).and_then(|n| n["metadata"]["annotations"][LOAD].as_str()?.parse().ok());
        let percent = spec["metrics"][0]["resource"]["target"]["averageUtilization"].as_f64();
        let (Some(load), Some(percent), true) = (load, percent, asked > 0 && ready > 0) else { return };
        let load: f64 = load;
        let ratio = load / ready as f64 / percent;
        let rules = |direction: &str| &spec["behavior"][direction];
        let ignored = |direction: &str, part: f64| {
            let text = rules(direction)["tolerance"].as_str().unwrap_or_default();
            let known = match text.strip_suffix('m') {
                Some(thousandths) => thousandths.parse::<f64>().ok().map(|number| number / 1000.0),
                None => text.parse().ok(),
            };
            part <= known.unwrap_or(0.1)
        };
        let quiet =
            if ratio > 1.0 { ignored("scaleUp", ratio - 1.0) } else { ignored("scaleDown", 1.0 - ratio) };
        let wanted = if quiet { asked } else { (ratio * ready as f64).ceil() as i64 };
        let uid = autoscaler["metadata"]["uid"].as_str().unwrap_or_default();
        let found = self.found.entry(uid.to_owned()).or_default();
        found.push((now, wanted));
        found.retain(|(at, _)| *at + Duration::from_secs(3600) > now);
        let within = |direction: &str| {
            let window =
                Duration::from_secs(rules(direction)["stabilizationWindowSeconds"].as_u64().unwrap_or(0));
            found.iter().filter(move |(at, _)| *at + window >= now).map(|(_, count)| *count)
        };
        let up = within("scaleUp").min().unwrap_or(wanted);
        let down = within("scaleDown").max().unwrap_or(wanted);
        let stable = if asked < up {
            up
        } else if asked > down {
            down
        } else {
            asked
        };
        let disabled = |direction: &str| rules(direction)["selectPolicy"] == "Disabled";
        let moved = match stable {
            stable if stable > asked && disabled("scaleUp") => asked,
            stable if stable < asked && disabled("scaleDown") => asked,
            stable => stable,
        };
        let bound = |member: &str| spec[member].as_i64().unwrap_or(1);
        let moved = moved.clamp(bound("minReplicas"), bound("maxReplicas"));
        // Without a status nobody has counted yet.
        if moved != asked && current > 0 {
            store.modify(&target, "horizontal-pod-autoscaler", "", |service| {
                service["spec"]["kubernetes"]["scaledCount"] = json!(moved);
            });
        }
    }
}

/// Pods of a service that are ready.
fn ready(store: &Store, namespace: &str, service: &str) -> i64 {
    let serves = |pod: &Value| {
        pod["metadata"]["labels"][labels::SERVICE] == service
            && !is_deleting(pod)
            && pod["status"]["conditions"][0]["status"] == "True"
    };
    let count = store.list(of_kind("Pod"), namespace).into_iter().filter(|(_, pod)| serves(pod)).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}
