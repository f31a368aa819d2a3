//! The Deployment controller: rolling updates within maxSurge and maxUnavailable.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::kubelet::Kubelet;
use super::pods::{self, Member, set_condition};
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Store, is_deleting};

/// Brings every Deployment a step forward; when one of its pods becomes available.
pub(crate) fn step(store: &mut Store, kubelet: &Kubelet) -> Option<Instant> {
    let all: Vec<Id> = store
        .list(of_kind("Deployment"), "")
        .into_iter()
        .filter(|(_, value)| !is_deleting(value))
        .map(|(id, _)| id.clone())
        .collect();
    all.into_iter().filter_map(|id| one(store, kubelet, &id)).min()
}

fn one(store: &mut Store, kubelet: &Kubelet, id: &Id) -> Option<Instant> {
    let object = store.get(id)?.clone();
    let members = pods::of(store, kubelet, id);
    let desired = object["spec"]["replicas"].as_i64().unwrap_or(1);
    let hash = pods::hash_of(&object);
    let (mut new, mut old): (Vec<&Member>, Vec<&Member>) = members.iter().partition(|pod| pod.hash == hash);
    // What serves comes last, so that the front goes first.
    for pods in [&mut new, &mut old] {
        pods.sort_by_key(|pod| (pod.is_available(), pod.ready, std::cmp::Reverse(pod.id.name.clone())));
    }
    let budget = Budget::of(&object, desired);
    let paused = object["spec"]["paused"] == json!(true);
    let recreate = object["spec"]["strategy"]["type"] == "Recreate";
    let mut refused = None;
    let mut create = |store: &mut Store, count: i64| {
        for _ in 0..count {
            if let Err(why) = pods::create(store, id, &hash, "") {
                refused = Some(why);
                break;
            }
        }
    };
    let (have_new, have_old) = (count(&new), count(&old));
    if paused {
        scale_in_proportion(store, &new, &old, desired);
        let missing = desired - have_new - have_old;
        match old.last() {
            Some(like) => (0..missing).for_each(|_| drop(pods::repeat(store, id, like))),
            None => create(store, missing),
        }
    } else if recreate {
        if have_old > 0 {
            pods::delete(store, old.iter().copied());
        } else {
            pods::delete(store, new.iter().take(usize_of(have_new - desired)).copied());
            create(store, desired - have_new);
        }
    } else {
        pods::delete(store, new.iter().take(usize_of(have_new - desired)).copied());
        let have_new = have_new.min(desired);
        create(store, (desired - have_new).min(desired + budget.surge - have_new - have_old));
        let minimum = desired - budget.unavailable;
        // Those of the old ones that do not serve go first, and cost nothing.
        let unavailable_new = have_new - available(&new).min(have_new);
        let mut spare = have_new + have_old - minimum - unavailable_new;
        let idle = old.iter().take_while(|pod| !pod.is_available()).take(usize_of(spare));
        let idle: Vec<&Member> = idle.copied().collect();
        spare = (spare - count(&idle)).min(available(&new).min(have_new) + available(&old) - minimum);
        pods::delete(store, idle.iter().copied());
        pods::delete(store, old.iter().skip(idle.len()).take(usize_of(spare)).copied());
    }
    publish(store, kubelet, id, desired, &hash, refused.as_deref());
    members.iter().filter_map(|pod| pod.available_at).filter(|at| *at > Instant::now()).min()
}

/// A paused rollout takes a changed count from, or gives it to, both sides.
fn scale_in_proportion(store: &mut Store, new: &[&Member], old: &[&Member], desired: i64) {
    let total = count(new) + count(old);
    let excess = usize_of(total - desired);
    let of_old = excess * old.len() / usize_of(total).max(1);
    pods::delete(store, old.iter().take(of_old).copied());
    pods::delete(store, new.iter().take(excess - of_old).copied());
}

fn publish(store: &mut Store, kubelet: &Kubelet, id: &Id, desired: i64, hash: &str, refused: Option<&str>) {
    let object = store.get(id).cloned().unwrap_or_default();
    let members = pods::of(store, kubelet, id);
    let all: Vec<&Member> = members.iter().collect();
    let updated = members.iter().filter(|pod| pod.hash == hash).count();
    let ready = members.iter().filter(|pod| pod.ready).count();
    let available = available(&all);
    let mut status = object["status"].clone();
    if !status.is_object() {
        status = json!({});
    }
    status["observedGeneration"] = object["metadata"]["generation"].clone();
    let counts = [
        ("replicas", members.len()),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", usize_of(available)),
        ("unavailableReplicas", usize_of(desired - available)),
    ];
    for (member, number) in counts {
        // The API leaves zeros out.
        match number {
            0 => drop(status.as_object_mut().and_then(|status| status.remove(member))),
            number => status[member] = number.into(),
        }
    }
    let minimum = desired - Budget::of(&object, desired).unavailable;
    let (reason, message) = if available >= minimum {
        ("MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    set_condition(store, &mut status, "Available", available >= minimum, reason, message);
    let complete = i64::try_from(updated).unwrap_or_default() == desired
        && members.len() == updated
        && available == desired;
    let reason = if complete { "NewReplicaSetAvailable" } else { "ReplicaSetUpdated" };
    set_condition(store, &mut status, "Progressing", true, reason, "");
    match refused {
        Some(why) => set_condition(store, &mut status, "ReplicaFailure", true, "FailedCreate", why),
        None => {
            if let Some(all) = status["conditions"].as_array_mut() {
                all.retain(|condition| condition["type"] != "ReplicaFailure");
            }
        }
    }
    if status != object["status"] {
        store.modify(id, "deployment-controller", "status", |object| object["status"] = status);
    }
}

/// How many pods a rollout may have too many and too few.
struct Budget {
    surge: i64,
    unavailable: i64,
}

impl Budget {
    fn of(object: &Value, desired: i64) -> Self {
        let rolling = &object["spec"]["strategy"]["rollingUpdate"];
        let surge = pods::resolve(&rolling["maxSurge"], desired, true);
        let unavailable = pods::resolve(&rolling["maxUnavailable"], desired, false);
        // Kubernetes, too, goes on where both come to nothing.
        let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
        Self { surge, unavailable: unavailable.min(desired) }
    }
}

fn count(pods: &[&Member]) -> i64 {
    i64::try_from(pods.len()).unwrap_or(i64::MAX)
}

fn available(pods: &[&Member]) -> i64 {
    i64::try_from(pods.iter().filter(|pod| pod.is_available()).count()).unwrap_or(i64::MAX)
}

fn usize_of(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
