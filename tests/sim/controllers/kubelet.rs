//! What becomes of pods: they start, become ready or do not, and end.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{balancer, scheduler};
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Store, is_deleting, time_text};

/// How long a pod takes to end.
const GRACE: Duration = Duration::from_secs(2);
/// Annotation of a namespace: what its tasks depend on is down. Those that run have ended and been started again this often by
/// now, and are not ready.
pub(crate) const DOWN: &str = "sim.test/down";
/// How often a crashing container is seen to crash; a kubelet goes on, ever more slowly.
const CRASHES: u32 = 5;

/// What an image does, by a word in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behaviour {
    Runs,
    /// `missing`: it cannot be pulled.
    Missing,
    /// `crashing`: it ends after a second, again and again.
    Crashing,
    /// `unready`: it runs and never becomes ready.
    Unready,
}

impl Behaviour {
    fn of(pod: &Value) -> Self {
        let image = pod.pointer("/spec/containers/0/image").and_then(Value::as_str).unwrap_or_default();
        let words = [("missing", Self::Missing), ("crashing", Self::Crashing), ("unready", Self::Unready)];
        words
            .into_iter()
            .find(|(word, _)| image.contains(word))
            .map_or(Self::Runs, |(_, behaviour)| behaviour)
    }
}

/// A pod's life so far.
#[derive(Debug)]
struct Life {
    began: Instant,
    ready: Option<Instant>,
    deleted: Option<Instant>,
    /// How often it was started again because of what it depends on.
    restarts: u64,
}

/// Every kubelet of the cluster.
#[derive(Debug, Default)]
pub(crate) struct Kubelet {
    lives: HashMap<String, Life>,
}

impl Kubelet {
    /// Since when a pod has been ready.
    pub(crate) fn ready_since(&self, uid: &str) -> Option<Instant> {
        self.lives.get(uid)?.ready
    }

    /// Brings every pod up to the present; when the next one changes.
    pub(crate) fn step(&mut self, store: &mut Store) -> Option<Instant> {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for (id, pod) in store.copies(of_kind("Pod")) {
            if scheduler::is_gated(&pod) && !is_deleting(&pod) {
                continue;
            }
            let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
            let fresh = Life { began: now, ready: None, deleted: None, restarts: 0 };
            let life = self.lives.entry(uid.to_owned()).or_insert(fresh);
            let due = if is_deleting(&pod) {
                let ends = *life.deleted.get_or_insert(now) + GRACE;
                if ends <= now {
                    store.end(&id);
                    self.lives.remove(uid);
                    continue;
                }
                Some(ends)
            } else if pod["status"]["phase"] == "Failed" {
                life.ready = None;
                None
            } else {
                let (status, due) = life.status(store, &pod, uid, now);
                if pod["status"] != status {
                    store.modify(&id, "kubelet", "status", |pod| pod["status"] = status);
                }
                due
            };
            next = [next, due].into_iter().flatten().min();
        }
        next
    }
}

impl Life {
    /// The status of a pod at this moment, and when it changes next.
    fn status(&mut self, store: &Store, pod: &Value, uid: &str, now: Instant) -> (Value, Option<Instant>) {
        let start = self.began + Duration::from_millis(200 + noise(uid, 1) % 400);
        let settled = start + Duration::from_millis(200 + noise(uid, 2) % 600);
        if now < start {
            return (json!({"phase": "Pending"}), Some(start));
        }
        let running = |since: &str| json!({"running": {"startedAt": since}});
        let waiting = |reason: &str| json!({"waiting": {"reason": reason, "message": format!("{reason} in the simulation")}});
        let began = time_text(store.clock.now().as_second() - (now - start).as_secs() as i64);
        let down = down(store, pod);
        self.restarts = self.restarts.max(down.filter(|_| now >= settled).unwrap_or_default());
        let (phase, state, ready, restarts, next) = match Behaviour::of(pod) {
            Behaviour::Missing if now < settled => {
                ("Pending", waiting("ErrImagePull"), false, 0, Some(settled))
            }
            Behaviour::Missing => ("Pending", waiting("ImagePullBackOff"), false, 0, None),
            Behaviour::Runs if now >= settled => {
                ("Running", running(&began), down.is_none(), self.restarts, None)
            }
            Behaviour::Runs => ("Running", running(&began), false, 0, Some(settled)),
            Behaviour::Unready => ("Running", running(&began), false, 0, None),
            Behaviour::Crashing => {
                let crash =
                    |number: u32| start + Duration::from_secs(u64::from(10 * ((1_u32 << number) - 1)) + 1);
                let crashes = (0..CRASHES).take_while(|number| crash(*number) <= now).count();
                let crashes = u32::try_from(crashes).unwrap_or(CRASHES);
                let next = (crashes < CRASHES).then(|| crash(crashes));
                let state = if crashes == 0 { running(&began) } else { waiting("CrashLoopBackOff") };
                ("Running", state, false, crashes.saturating_sub(1).into(), next)
            }
        };
        let gates = balancer::gates(pod);
        let serves = ready && gates.iter().all(|gate| balancer::holds(pod, gate));
        self.ready = if serves { Some(self.ready.unwrap_or(now)) } else { None };
        let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
        let statuses: Vec<Value> = containers
            .map(|container| {
                json!({
                    "name": container["name"], "image": container["image"], "imageID": "", "ready": ready,
                    "started": ready, "restartCount": restarts, "state": state,
                })
            })
            .collect();
        let condition = json!({"type": "Ready", "status": if serves { "True" } else { "False" }, "lastTransitionTime": began});
        // What others say of the pod stays.
        let told = pod["status"]["conditions"].as_array().into_iter().flatten();
        let told = told.filter(|condition| condition["type"] != "Ready").cloned();
        let conditions: Vec<Value> = std::iter::once(condition).chain(told).collect();
        let status = json!({"phase": phase, "conditions": conditions, "containerStatuses": statuses, "startTime": began});
        (status, next)
    }
}

/// How often tasks in the namespace of a pod have been started again, while what they depend on is down.
fn down(store: &Store, pod: &Value) -> Option<u64> {
    let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let namespace = store.get(&Id::new(of_kind("Namespace"), "", namespace))?;
    namespace["metadata"]["annotations"][DOWN].as_str()?.parse().ok()
}

fn noise(uid: &str, number: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (uid, number).hash(&mut hasher);
    hasher.finish()
}
