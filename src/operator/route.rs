//! Which custom resources a change concerns. Reads caches, writes nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cache::Change;
use super::key::{Key, Name, Root};
use super::live::Live;
use super::stores::{Index, Namespace, ServiceTask, Stores, only_owners_differ, owning_services};
use crate::api::labels;
use crate::desired::Rival;
use crate::model::name;
use crate::object::{KINDS, Rank};
use crate::placement::membership::Facts;

/// The keys that a change concerns, each once.
pub(crate) type Keys = BTreeSet<Key>;

fn service(namespace: &str, name: &str) -> Key {
    Key::new(Root::EcsService, Name::new(namespace, name))
}

fn keys(root: Root, names: impl IntoIterator<Item = Name>) -> impl Iterator<Item = Key> {
    names.into_iter().map(move |name| Key::new(root, name))
}

/// A custom resource: itself, those that have its ECS name too, and those that refer to it.
pub(crate) fn root(stores: &Stores, root: Root, change: &Change<Live>) -> Keys {
    let mut found = Keys::from([Key::new(root, change.name.clone())]);
    let spec = |live: Option<&std::sync::Arc<Live>>| live.map(|live| live.spec().clone());
    if spec(change.old.as_ref()) == spec(change.new.as_ref()) {
        return found;
    }
    let member = match root {
        Root::TaskDefinition => "family",
        Root::CapacityProvider => "name",
        Root::EcsService => "serviceName",
    };
    for live in change.both() {
        let ecs = live.spec().get(member).and_then(Value::as_str).unwrap_or_default();
        let ecs = Name::new(change.name.namespace.clone(), ecs);
        let namesakes = stores.root(root).find(&Index::EcsName(ecs.clone()));
        found.extend(keys(root, namesakes.into_iter().map(|(name, _)| name)));
        match root {
            Root::TaskDefinition => found.extend(services_of_family(stores, ecs)),
            Root::CapacityProvider => found.extend(services_on_provider(stores, &change.name.name, live)),
            Root::EcsService => {}
        }
    }
    found
}

fn services_of_family(stores: &Stores, family: Name) -> impl Iterator<Item = Key> {
    let services = stores.root(Root::EcsService).find(&Index::Family(family));
    keys(Root::EcsService, services.into_iter().map(|(name, _)| name))
}

fn services_on_provider(stores: &Stores, object: &str, provider: &Live) -> Vec<Key> {
    let ecs = provider.text("/spec/name").unwrap_or_default();
    let all = stores.root(Root::EcsService).all();
    let naming = all.into_iter().filter(|(_, service)| names_provider(service.spec(), object, ecs));
    keys(Root::EcsService, naming.map(|(name, _)| name)).collect()
}

/// Whether a service's spec names the provider, by launch type or in its strategy.
fn names_provider(spec: &Value, object: &str, ecs: &str) -> bool {
    let launch_type = spec.get("launchType").and_then(Value::as_str).unwrap_or_default();
    let strategy = spec.get("capacityProviderStrategy").and_then(Value::as_array);
    let mut named = strategy.into_iter().flatten().filter_map(|item| item.get("capacityProvider")?.as_str());
    launch_type.eq_ignore_ascii_case(object)
        || named.any(|named| {
            named == ecs || name::label(named, name::RESOURCE) == object || named.eq_ignore_ascii_case(object)
        })
}

/// An object of the table of kinds: every service that owns it, and the one that its label names; for a
/// PersistentVolume the owners of the claim that it is for; for a StorageClass that is gone all that may need one.
pub(crate) fn child(stores: &Stores, change: &Change<Live>) -> Keys {
    let mut found = of_owners(change);
    let gone = change.old.as_ref().filter(|_| change.new.is_none());
    if gone.is_some_and(|live| live.text("/kind") == Some("StorageClass")) {
        found.extend(services_with_volumes(stores));
    }
    for live in change.both() {
        let claim = live.text("/spec/claimRef/namespace").zip(live.text("/spec/claimRef/name"));
        if let Some((namespace, name)) = claim {
            let claims = KINDS.iter().filter(|kind| kind.kind == "PersistentVolumeClaim");
            for claim in claims.filter_map(|kind| stores.children(kind).get(&Name::new(namespace, name))) {
                found.extend(owning_services(&claim).map(|owner| service(namespace, owner.name)));
            }
        }
    }
    found
}

/// Services that have volumes made for their tasks.
fn services_with_volumes(stores: &Stores) -> impl Iterator<Item = Key> {
    let all = stores.root(Root::EcsService).all().into_iter();
    let some = |service: &Live| service.spec().get("volumeConfigurations").is_some();
    keys(Root::EcsService, all.filter(move |(_, service)| some(service)).map(|(name, _)| name))
}

fn of_owners(change: &Change<Live>) -> Keys {
    let namespace = &change.name.namespace;
    change
        .both()
        .flat_map(|live| {
            let owners = owning_services(live).map(|owner| owner.name);
            let names = owners.chain(live.label(labels::SERVICE));
            names.map(|name| service(namespace, name)).collect::<Vec<_>>()
        })
        .collect()
}

/// A ControllerRevision: its owners; where what it holds changed, the services of its family as well.
pub(crate) fn revision(stores: &Stores, change: &Change<Live>) -> Keys {
    let namespace = &change.name.namespace;
    if only_owners_differ(change) {
        let owners = |live: Option<&std::sync::Arc<Live>>| -> BTreeSet<String> {
            let live = live.into_iter();
            live.flat_map(|live| owning_services(live).map(|o| o.name.to_owned()).collect::<Vec<_>>())
                .collect()
        };
        let (old, new) = (owners(change.old.as_ref()), owners(change.new.as_ref()));
        return old.symmetric_difference(&new).map(|name| service(namespace, name)).collect();
    }
    let mut found = of_owners(change);
    for live in change.both() {
        if let Some(definition) = live.label(labels::FAMILY) {
            let name = Name::new(namespace.clone(), definition);
            found.insert(Key::new(Root::TaskDefinition, name));
        }
        if let Some(family) = live.text("/data/family") {
            found.extend(services_of_family(stores, Name::new(namespace.clone(), family)));
        }
    }
    found
}

/// A pod: its service.
pub(crate) fn task(change: &Change<ServiceTask>) -> Keys {
    let namespace = &change.name.namespace;
    change.both().map(|pod| service(namespace, &pod.service)).collect()
}

/// An autoscaler that others have made: the service that it scales, or those whose child it scales.
pub(crate) fn rival(stores: &Stores, change: &Change<Rival>) -> Keys {
    let namespace = &change.name.namespace;
    let mut found = Keys::new();
    for (kind, name) in change.both().map(|rival| &rival.target) {
        if kind == Root::EcsService.kind() {
            found.insert(service(namespace, name));
        }
        for of_kind in KINDS.iter().filter(|row| row.kind == kind && row.rank == Rank::Workload) {
            let child = stores.children(of_kind).get(&Name::new(namespace.clone(), name.clone()));
            let owners = child.iter().flat_map(|live| {
                owning_services(live).map(|owner| owner.name.to_owned()).collect::<Vec<_>>()
            });
            found.extend(owners.map(|owner| service(namespace, &owner)));
        }
    }
    found
}

/// A node: every capacity provider, since any of them may select it.
pub(crate) fn node(stores: &Stores, _change: &Change<Facts>) -> Keys {
    let providers = stores.root(Root::CapacityProvider).names();
    keys(Root::CapacityProvider, providers).collect()
}

/// A namespace: what is in it, since its labels are policy.
pub(crate) fn namespace(stores: &Stores, change: &Change<Namespace>) -> Keys {
    let within = |root: Root| {
        let names = stores.root(root).names();
        keys(root, names.into_iter().filter(|name| name.namespace == change.name.name))
    };
    within(Root::EcsService).chain(within(Root::TaskDefinition)).collect()
}

/// Every custom resource.
pub(crate) fn everything(stores: &Stores) -> Keys {
    let all = Root::ALL.into_iter();
    all.flat_map(|root| keys(root, stores.root(root).names())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn live(value: Value) -> Live {
        Live { uid: "u".into(), deleting: false, value }
    }

    fn added(name: &str, value: Value) -> Change<Live> {
        Change { name: Name::new("shop", name), old: None, new: Some(Arc::new(live(value))) }
    }

    fn names(keys: &Keys) -> Vec<String> {
        keys.iter().map(Key::to_string).collect()
    }

    fn stores_with_service(name: &str, spec: &Value) -> Stores {
        let stores = Stores::default();
        let services = stores.root(Root::EcsService);
        services.watched("", Name::new("shop", name), 1, Some(live(json!({ "spec": spec }))));
        stores
    }

    #[test]
    fn a_task_definition_concerns_the_services_that_name_its_family() {
        let stores =
            stores_with_service("front", &json!({"taskDefinition": "web:7", "serviceName": "front"}));
        let change = added("web", json!({"spec": {"family": "web"}}));
        let found = root(&stores, Root::TaskDefinition, &change);
        assert_eq!(names(&found), ["TaskDefinition shop/web", "EcsService shop/front"]);
    }

    #[test]
    fn a_registered_revision_concerns_its_definition_and_its_services() {
        let stores = stores_with_service("front", &json!({"taskDefinition": "web"}));
        let labels = json!({labels::FAMILY: "web"});
        let change = added("web-1", json!({"metadata": {"labels": labels}, "data": {"family": "web"}}));
        assert_eq!(names(&revision(&stores, &change)), ["TaskDefinition shop/web", "EcsService shop/front"]);
    }

    #[test]
    fn another_owner_of_a_revision_concerns_only_that_owner() {
        let stores = stores_with_service("front", &json!({"taskDefinition": "web"}));
        let mut change = added(
            "web-1",
            json!({"data": {"family": "web"}, "metadata": {"ownerReferences":
                [{"kind": "EcsService", "name": "back", "uid": "b"}]}}),
        );
        change.old = Some(Arc::new(live(json!({"data": {"family": "web"}}))));
        assert_eq!(names(&revision(&stores, &change)), ["EcsService shop/back"]);
    }

    #[test]
    fn a_shared_object_concerns_every_owner() {
        let owner = |name: &str| json!({"kind": "EcsService", "name": name, "uid": name});
        let change = added("data", json!({"metadata": {"ownerReferences": [owner("a"), owner("b")]}}));
        assert_eq!(names(&of_owners(&change)), ["EcsService shop/a", "EcsService shop/b"]);
    }

    #[test]
    fn a_provider_concerns_the_services_that_name_it() {
        for (spec, object, ecs, expected) in [
            (json!({"launchType": "FARGATE"}), "fargate", "FARGATE", true),
            (
                json!({"capacityProviderStrategy": [{"capacityProvider": "Big_Pool"}]}),
                "other",
                "Big_Pool",
                true,
            ),
            (
                json!({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}),
                "fargate",
                "",
                false,
            ),
            (json!({}), "fargate", "FARGATE", false),
        ] {
            assert_eq!(names_provider(&spec, object, ecs), expected, "{spec}");
        }
    }

    #[test]
    fn a_class_that_is_gone_concerns_the_services_that_may_need_it() {
        let stores = stores_with_service("db", &json!({"volumeConfigurations": []}));
        let mut change = added("ecs-ebs-1", json!({"kind": "StorageClass"}));
        assert!(child(&stores, &change).is_empty());
        change.old = change.new.take();
        assert_eq!(names(&child(&stores, &change)), ["EcsService shop/db"]);
        let stores = stores_with_service("web", &json!({}));
        assert!(child(&stores, &change).is_empty());
    }

    #[test]
    fn an_autoscaler_concerns_the_service_that_it_scales_and_the_one_whose_child_it_scales() {
        let stores = Stores::default();
        let deployment = KINDS.iter().find(|kind| kind.kind == "Deployment").unwrap();
        let owner = json!({"kind": "EcsService", "name": "web", "uid": "u", "controller": true});
        let child = live(json!({"metadata": {"ownerReferences": [owner]}}));
        stores.children(deployment).watched("", Name::new("shop", "web-fargate"), 1, Some(child));
        let rival = |kind: &str, name: &str| {
            let target = (kind.to_owned(), name.to_owned());
            Arc::new(Rival { target, ..Rival::default() })
        };
        let mut change = Change { name: Name::new("shop", "own"), old: None, new: None };
        for (kind, name) in [("StatefulSet", "db"), ("Deployment", "other")] {
            change.new = Some(rival(kind, name));
            assert!(super::rival(&stores, &change).is_empty(), "{kind}");
        }
        change.old = Some(rival("EcsService", "api"));
        change.new = Some(rival("Deployment", "web-fargate"));
        assert_eq!(names(&super::rival(&stores, &change)), ["EcsService shop/api", "EcsService shop/web"]);
    }

    #[test]
    fn services_with_the_same_ecs_name_concern_each_other() {
        let stores = stores_with_service("a", &json!({"serviceName": "Web"}));
        let change = added("b", json!({"spec": {"serviceName": "Web"}}));
        assert_eq!(
            names(&root(&stores, Root::EcsService, &change)),
            ["EcsService shop/a", "EcsService shop/b"]
        );
    }
}
