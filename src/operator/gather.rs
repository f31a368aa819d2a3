//! Caches → what the pure core decides from. Reads caches and the clock only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::Context;
use super::key::{Key, Name, Root};
use super::live::Live;
use super::stores::{Index, Stores, family_of};
use crate::api::{CapacityProviderStatus, EcsServiceStatus, TaskDefinitionStatus, labels};
use crate::desired::family::FamilyWorld;
use crate::desired::provider::ProviderWorld;
use crate::desired::{Context as CoreContext, Rival, World};
use crate::ecs::arn::TaskDefinitionRef;
use crate::object::{KINDS, Kind, Ownership, Rank};
use crate::policy::{PodSecurity, Policy};
use crate::rollout::ServiceRevision;
use crate::rollout::count::TakenOver;
use crate::rollout::observed::Workload;
use crate::rollout::plan;
use crate::rollout::revision::TaskRevision;

/// The world of a service, and the version of the service in it; `None` if it is gone or going.
pub(crate) fn service(cx: &Context, key: &Key) -> Option<(World, u64)> {
    let (live, version) = present(cx, key)?;
    // Of two providers with one name only the older counts, as its status says.
    let providers = cx.stores.root(Root::CapacityProvider).all().into_iter().filter(|(name, provider)| {
        older_namesake(cx, &Key::new(Root::CapacityProvider, name.clone()), provider, "name").is_none()
    });
    let (recorded, unreadable_record) = recorded(cx, key, &live.uid);
    let workloads = workloads(cx, key, &live.uid);
    let world = World {
        context: context(cx, key),
        uid: live.uid.clone(),
        generation: live.generation(),
        spec: live.spec().clone(),
        status: service_status(&live),
        older_namesake: older_namesake(cx, key, &live, "serviceName"),
        revisions: revisions(&cx.stores, &key.name, &live, &running(&recorded)),
        providers: providers.map(|(name, p)| (name.name, p.spec().clone())).collect(),
        recorded,
        unreadable_record,
        unrecordable: false,
        rivals: rivals(cx, key, &live.uid, &workloads),
        workloads,
        tasks: cx
            .stores
            .tasks
            .find(&Index::Service(key.name.clone()))
            .into_iter()
            .map(|(_, pod)| pod.task.clone())
            .collect(),
        now: cx.time.now(),
    };
    Some((world, version))
}

/// The status of a service, with what could not be written into it any more.
fn service_status(live: &Live) -> EcsServiceStatus {
    let mut status = status::<EcsServiceStatus>(live);
    if let (Some(text), Some(observed)) = (live.annotation(labels::TAKEN_OVER), status.observed_generation)
        && let Some(declared) = TakenOver::unsaid(text, &live.uid, observed)
    {
        status.declared_count = Some(declared);
    }
    status
}

/// The world of a family; `None` if its TaskDefinition is gone or going.
pub(crate) fn family(cx: &Context, key: &Key) -> Option<FamilyWorld> {
    let (live, _) = present(cx, key)?;
    let family = live.spec().get("family").and_then(Value::as_str).unwrap_or_default();
    let family = Name::new(key.name.namespace.clone(), family);
    Some(FamilyWorld {
        name: key.name.name.clone(),
        uid: live.uid.clone(),
        generation: live.generation(),
        spec: live.spec().clone(),
        status: status::<TaskDefinitionStatus>(&live),
        // By family, not by object: another object of the same family goes on counting.
        known: read(&cx.stores, &family, |_, newest| newest, |_| true),
        older_namesake: older_namesake(cx, key, &live, "family"),
        refused: None,
        context: context(cx, key),
        now: cx.time.now(),
    })
}

/// The world of a capacity provider; `None` if it is gone or going.
pub(crate) fn provider(cx: &Context, key: &Key) -> Option<ProviderWorld> {
    let (live, _) = present(cx, key)?;
    let nodes = cx.stores.nodes.all().into_iter();
    Some(ProviderWorld {
        name: key.name.name.clone(),
        uid: live.uid.clone(),
        generation: live.generation(),
        spec: live.spec().clone(),
        status: status::<CapacityProviderStatus>(&live),
        nodes: nodes.map(|(_, node)| node.labels.clone()).collect(),
        older_namesake: older_namesake(cx, key, &live, "name"),
        context: context(cx, key),
        now: cx.time.now(),
    })
}

/// A service's Deployments and DaemonSets, answers to our own writes included.
pub(crate) fn workloads(cx: &Context, key: &Key, uid: &str) -> Vec<Workload> {
    let kinds = KINDS.iter().filter(|kind| kind.rank == Rank::Workload);
    kinds
        .flat_map(|kind| own(cx, kind, key, uid))
        .filter(|(_, live)| !live.deleting)
        .filter_map(|(_, live)| Workload::of(&live.value))
        .collect()
}

/// The objects of a kind that a service owns, and those that an earlier one of its name has left behind.
pub(crate) fn own(cx: &Context, kind: &Kind, key: &Key, uid: &str) -> Vec<(Name, Arc<Live>)> {
    let children = cx.stores.children(kind);
    let mut found = children.find(&Index::Owner(uid.to_owned()));
    if kind.ownership == Ownership::Service {
        let left = children.find(&Index::LeftBehind(key.name.clone())).into_iter();
        found.extend(left.filter(|(_, live)| !live.is_owned_by(uid)));
    }
    found
}

/// Whether there is anything that an earlier service of the same name has left behind, its records included.
pub(crate) fn is_anything_left_behind(cx: &Context, key: &Key, uid: &str) -> bool {
    let index = Index::LeftBehind(key.name.clone());
    let owned = KINDS.iter().filter(|kind| kind.ownership == Ownership::Service);
    let caches = owned.map(|kind| cx.stores.children(kind)).chain([&cx.stores.revisions]);
    caches.flat_map(|cache| cache.find(&index)).any(|(_, live)| !live.is_owned_by(uid))
}

/// Autoscalers that others have made for a service or one of its workloads. What KEDA makes of our own ScaledObject
/// is ours.
fn rivals(cx: &Context, key: &Key, uid: &str, workloads: &[Workload]) -> Vec<Rival> {
    let at = |name: &str| Name::new(key.name.namespace.clone(), name);
    let service = std::iter::once((key.root.kind(), at(&key.name.name)));
    // A DaemonSet has no count that could be set.
    let children = workloads.iter().filter(|workload| workload.kind == "Deployment");
    let targets = service.chain(children.map(|child| (child.kind.as_str(), at(&child.name))));
    let found = targets.flat_map(|(kind, name)| cx.stores.rivals.find(&Index::Scaled(kind.to_owned(), name)));
    let of_keda = KINDS.iter().filter(|kind| kind.kind == "ScaledObject");
    let ours: Vec<_> =
        of_keda.flat_map(|kind| own(cx, kind, key, uid)).map(|(_, live)| live.uid.clone()).collect();
    let is_ours = |rival: &Rival| rival.maker.as_ref().is_some_and(|(_, _, uid)| ours.contains(uid));
    let mut rivals: Vec<Rival> =
        found.map(|(_, rival)| rival.as_ref().clone()).filter(|rival| !is_ours(rival)).collect();
    rivals.sort_by(|a, b| a.name.cmp(&b.name));
    rivals
}

/// The custom resource and its version, unless it or its namespace is being deleted.
fn present(cx: &Context, key: &Key) -> Option<(Arc<Live>, u64)> {
    let (live, version) = cx.stores.root(key.root).get_versioned(&key.name)?;
    let namespace = cx.stores.namespaces.get(&Name::new("", key.name.namespace.clone()));
    let terminating = namespace.is_some_and(|namespace| namespace.terminating);
    (!live.deleting && !terminating).then_some((live, version))
}

fn context(cx: &Context, key: &Key) -> CoreContext {
    let namespace = cx.stores.namespaces.get(&Name::new("", key.name.namespace.clone()));
    let allow = namespace.as_ref().and_then(|n| n.labels.get(labels::ALLOW));
    let mut policy = Policy::new(cx.settings.policy_mode, allow.map(String::as_str));
    let enforced = namespace.as_ref().and_then(|n| n.labels.get(PodSecurity::LABEL));
    policy.pod_security = PodSecurity::of_label(enforced.map(String::as_str));
    CoreContext {
        name: key.name.name.clone(),
        namespace: key.name.namespace.clone(),
        policy,
        capabilities: cx.capabilities(),
        iam: cx.settings.iam.clone(),
        default_architecture: cx.settings.default_architecture.clone(),
    }
}

/// A status that does not parse counts as none: it is ours to write anyway.
fn status<S: DeserializeOwned + Default>(live: &Live) -> S {
    serde_json::from_value(live.status().clone()).unwrap_or_default()
}

/// The oldest other object with the same ECS name, where that one is older; names decide between equals.
fn older_namesake(cx: &Context, key: &Key, live: &Live, member: &str) -> Option<String> {
    let ecs = live.spec().get(member)?.as_str()?;
    let index = Index::EcsName(Name::new(key.name.namespace.clone(), ecs));
    let own_age = (live.created(), key.name.name.as_str());
    let namesakes = cx.stores.root(key.root).find(&index);
    namesakes
        .iter()
        .filter(|(name, _)| *name != key.name)
        .map(|(name, other)| (other.created(), name.name.as_str()))
        .filter(|age| *age < own_age)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// The registered revisions that a service can have to do with: the one that it names, or the newest ones down to an active
/// one; and those that run, by family and number. A family may have thousands of others.
fn revisions(stores: &Stores, name: &Name, service: &Live, running: &[(&str, i64)]) -> Vec<TaskRevision> {
    let text = service.text("/spec/taskDefinition").unwrap_or_default();
    let pinned = TaskDefinitionRef::parse(text).and_then(|reference| reference.revision);
    let meant = family_of(name, service);
    let runs = |family: &Name, number: i64| running.contains(&(family.name.as_str(), number));
    let needed =
        |number: i64, newest: bool| runs(&meant, number) || pinned.map_or(newest, |pinned| pinned == number);
    let mut found = read(stores, &meant, needed, |revision| revision.active);
    // What runs may be of another family: that of a definition which was rolled back, or is refused.
    let others: BTreeSet<_> =
        running.iter().map(|(family, _)| *family).filter(|it| *it != meant.name).collect();
    for family in others {
        let family = Name::new(name.namespace.clone(), family);
        found.extend(read(stores, &family, |number, _| runs(&family, number), |_| true));
    }
    found
}

/// Families and numbers of the revisions that run, or would after a rollback.
fn running(recorded: &[ServiceRevision]) -> Vec<(&str, i64)> {
    let Some(newest) = plan::newest(recorded) else { return Vec::new() };
    let back = newest.completed.as_deref();
    let needed = recorded.iter().filter(|r| r.id == newest.id || Some(r.deployment_id()) == back);
    needed
        .map(|record| {
            (record.inputs.task_definition.family.as_deref().unwrap_or_default(), record.inputs.revision)
        })
        .collect()
}

/// Reads revisions of a family, the newest first, those that its TaskDefinition has deregistered marked so. A family whose
/// TaskDefinition is gone keeps what it has.
///
/// Only those that are `needed` are read, by their number and by whether they are among the newest: these end with the first one
/// that is `enough`. The number is taken from the name, which is made with it; what has another name is always read.
fn read(
    stores: &Stores,
    family: &Name,
    needed: impl Fn(i64, bool) -> bool,
    enough: impl Fn(&TaskRevision) -> bool,
) -> Vec<TaskRevision> {
    let number = |name: &Name| name.name.rsplit_once('-').and_then(|(_, number)| number.parse::<i64>().ok());
    let names = stores.revisions.names_at(&Index::Family(family.clone()));
    let mut numbered: Vec<_> = names.into_iter().map(|name| (number(&name), name)).collect();
    numbered.sort_unstable_by(|a, b| b.cmp(a));
    let mut deregistered = BTreeMap::new();
    let mut newest = true;
    let mut all = Vec::new();
    for (number, name) in numbered {
        if number.is_some_and(|number| !needed(number, newest)) {
            continue;
        }
        let Some(live) = stores.revisions.get(&name) else { continue };
        let Some(mut revision) = task_revision(&name, &live) else { continue };
        let definition = live.label(labels::FAMILY).unwrap_or_default().to_owned();
        let inactive: &mut Vec<i64> = deregistered
            .entry(definition)
            .or_insert_with_key(|definition| deregistered_of(stores, &name.namespace, definition));
        revision.active = !inactive.contains(&revision.revision);
        newest &= number != Some(revision.revision) || !enough(&revision);
        all.push(revision);
    }
    all
}

fn deregistered_of(stores: &Stores, namespace: &str, definition: &str) -> Vec<i64> {
    let definition = stores.root(Root::TaskDefinition).get(&Name::new(namespace, definition));
    let Some(definition) = definition else {
        return Vec::new();
    };
    let listed = definition.spec().pointer("/kubernetes/deregistered").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn task_revision(name: &Name, live: &Live) -> Option<TaskRevision> {
    live.label(labels::FAMILY)?;
    let number = live.value.get("revision")?.as_i64()?;
    TaskRevision::of(&name.name, number, live.value.get("data")?)
}

/// Recorded deployments of the service: what it controls, and what nobody does (left behind by a deletion with
/// `--cascade=orphan`, and taken over).
///
/// The second value is the name of one of them that cannot be read.
fn recorded(cx: &Context, key: &Key, uid: &str) -> (Vec<ServiceRevision>, Option<String>) {
    let found = cx.stores.revisions.find(&Index::Service(key.name.clone()));
    let own = found
        .into_iter()
        .filter(|(_, live)| live.owners().all(|owner| !owner.controller || owner.uid == uid));
    let mut unreadable: Option<String> = None;
    let mut recorded = Vec::new();
    for (name, live) in own {
        let data = live.value.get("data").cloned().unwrap_or_default();
        match serde_json::from_value::<ServiceRevision>(data) {
            Ok(record) if name.name == super::records::deployment_name(&key.name.name, &record.id) => {
                recorded.push(record);
            }
            Ok(_) => {}
            Err(_) => unreadable = unreadable.max(Some(name.name)),
        }
    }
    (recorded, unreadable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A family of so many revisions, of which some are deregistered.
    fn family(count: i64, deregistered: &[i64]) -> Stores {
        let stores = Stores::default();
        let name = |text: &str| Name::new("shop", text);
        for number in 1..=count {
            let data = json!({"family": "web", "hash": "h", "spec": {}});
            let record = json!({"metadata": {"labels": {labels::FAMILY: "web-app"}}, "revision": number, "data": data});
            let name = name(&format!("web-app-{number}"));
            stores.revisions.watched("", name, 1, Some(Live::new(record)));
        }
        let spec = json!({"family": "web", "kubernetes": {"deregistered": deregistered}});
        let definition = Live::new(json!({ "spec": spec }));
        stores.root(Root::TaskDefinition).watched("", name("web-app"), 1, Some(definition));
        stores
    }

    fn numbers(stores: &Stores, reference: &str, running: &[i64]) -> Vec<(i64, bool)> {
        let service = Live::new(json!({"spec": {"taskDefinition": reference}}));
        let running: Vec<_> = running.iter().map(|number| ("web", *number)).collect();
        let found = revisions(stores, &Name::new("shop", "front"), &service, &running);
        found.iter().map(|revision| (revision.revision, revision.active)).collect()
    }

    #[test]
    fn of_a_family_only_those_revisions_are_read_that_can_be_meant() {
        let stores = family(1000, &[]);
        assert_eq!(numbers(&stores, "web", &[]), [(1000, true)]);
        assert_eq!(numbers(&stores, "web:7", &[]), [(7, true)]);
        assert_eq!(numbers(&stores, "web", &[998, 7]), [(1000, true), (998, true), (7, true)]);
        assert_eq!(numbers(&stores, "web:1001", &[]), []);
        assert_eq!(numbers(&stores, "api", &[]), []);
        assert_eq!(numbers(&stores, "api", &[7]), [(7, true)], "what runs is of another family");
        let stores = family(12, &[12, 11, 3]);
        assert_eq!(numbers(&stores, "web", &[3]), [(12, false), (11, false), (10, true), (3, false)]);
        assert_eq!(numbers(&stores, "web:11", &[]), [(11, false)], "a service keeps what it names");
    }

    #[test]
    fn a_revision_of_an_unusual_name_is_read_for_what_it_holds() {
        let stores = family(3, &[]);
        let data = json!({"family": "web", "hash": "h", "spec": {}});
        for name in ["ours", "web-2000"] {
            let record =
                json!({"metadata": {"labels": {labels::FAMILY: "web-app"}}, "revision": 2, "data": data});
            stores.revisions.watched("", Name::new("shop", name), 1, Some(Live::new(record)));
        }
        let found: Vec<_> = numbers(&stores, "web", &[]).into_iter().map(|(number, _)| number).collect();
        assert_eq!(found, [2, 3, 2]);
    }
}
