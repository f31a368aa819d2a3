//! Everything that is watched, and how it is found again.

use std::collections::BTreeMap;
use std::sync::Mutex;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind, ObjectMeta};
use serde_json::{Map, Value};

use super::cache::{Cache, Change, kept_as_it_is};
use super::key::{Name, Root};
use super::live::{Live, Owner};
use super::lock;
use crate::api::{self, labels};
use crate::desired::Rival;
use crate::ecs::arn::TaskDefinitionRef;
use crate::object::{KINDS, Kind};
use crate::placement::membership::{self, Facts};
use crate::rollout::observed::Task;

/// What objects can be looked up by, besides their name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Index {
    /// Objects with an owner reference to this UID.
    Owner(String),
    /// Objects whose label says that they belong to this EcsService.
    Service(Name),
    /// Objects that were made for an EcsService of this name and that nobody controls any more.
    LeftBehind(Name),
    /// ControllerRevisions of this TaskDefinition object.
    Definition(Name),
    /// Whatever has to do with this ECS family: its revisions, services that name it.
    Family(Name),
    /// Custom resources with this ECS name.
    EcsName(Name),
    /// Autoscalers of an object of this kind and name.
    Scaled(String, Name),
    /// ControllerRevisions whose pods ask for a membership label.
    Membership,
}

/// A pod, reduced to what status asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceTask {
    /// `metadata.name` of the EcsService.
    pub(crate) service: String,
    /// The task.
    pub(crate) task: Task,
}

/// A namespace, reduced to what policy asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Namespace {
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Whether it is being deleted: nothing can be created in it any more.
    pub(crate) terminating: bool,
}

kept_as_it_is!(ServiceTask, Namespace, Facts, Rival);

/// A cache of whole objects.
pub(crate) type Objects = Cache<Live, Index>;

/// The caches.
#[derive(Debug)]
pub(crate) struct Stores {
    roots: [Objects; Root::ALL.len()],
    children: Vec<Objects>,
    /// ControllerRevisions: revisions of task definitions, deployments of services.
    pub(crate) revisions: Objects,
    /// Pods of services.
    pub(crate) tasks: Cache<ServiceTask, Index>,
    /// Autoscalers that others have made.
    pub(crate) rivals: Cache<Rival, Index>,
    /// Nodes.
    pub(crate) nodes: Cache<Facts, Index>,
    /// Namespaces.
    pub(crate) namespaces: Cache<Namespace, Index>,
    /// Watches that have not delivered their first list yet.
    missing: Mutex<BTreeMap<String, usize>>,
}

impl Default for Stores {
    fn default() -> Self {
        Self {
            roots: [
                Cache::new(|name, live| vec![ecs_name(name, live, "family")]),
                Cache::new(|name, live| vec![ecs_name(name, live, "name")]),
                Cache::new(|name, live| {
                    vec![ecs_name(name, live, "serviceName"), Index::Family(family_of(name, live))]
                }),
            ],
            children: KINDS.iter().map(|_| Cache::new(child)).collect(),
            revisions: Cache::new(revision),
            tasks: Cache::new(|name, pod| {
                vec![Index::Service(Name::new(name.namespace.clone(), pod.service.clone()))]
            }),
            rivals: Cache::new(|name, rival| {
                let (kind, target) = &rival.target;
                vec![Index::Scaled(kind.clone(), Name::new(name.namespace.clone(), target.clone()))]
            }),
            nodes: Cache::new(|_, _| Vec::new()),
            namespaces: Cache::new(|_, _| Vec::new()),
            missing: Mutex::default(),
        }
    }
}

impl Stores {
    /// The custom resources of one kind.
    pub(crate) const fn root(&self, root: Root) -> &Objects {
        &self.roots[root as usize]
    }

    /// The objects of one kind of [`KINDS`].
    pub(crate) fn children(&self, kind: &Kind) -> &Objects {
        let row = KINDS.iter().position(|row| row.kind == kind.kind);
        &self.children[row.unwrap_or_default()]
    }

    /// Notes that a watch has been started and its first list is awaited.
    pub(crate) fn expect(&self, watch: &str) {
        *lock(&self.missing).entry(watch.to_owned()).or_default() += 1;
    }

    /// Notes that a watch has delivered its first list.
    pub(crate) fn arrived(&self, watch: &str) {
        let mut missing = lock(&self.missing);
        if let Some(count) = missing.get_mut(watch) {
            *count -= 1;
            if *count == 0 {
                missing.remove(watch);
            }
        }
    }

    /// Watches whose first list is awaited.
    pub(crate) fn missing(&self) -> Vec<String> {
        lock(&self.missing).keys().cloned().collect()
    }
}

/// The API resource of a custom resource kind.
pub(crate) fn root_resource(root: Root) -> ApiResource {
    let gvk = GroupVersionKind::gvk(api::GROUP, api::VERSION, root.kind());
    ApiResource::from_gvk_with_plural(&gvk, root.plural())
}

/// The API resource of a row of the table of kinds.
pub(crate) fn child_resource(kind: &Kind) -> ApiResource {
    let gvk = GroupVersionKind::gvk(kind.group, kind.version, kind.kind);
    ApiResource::from_gvk_with_plural(&gvk, kind.plural)
}

/// The API resource of ControllerRevisions.
pub(crate) fn revision_resource() -> ApiResource {
    let gvk = GroupVersionKind::gvk("apps", "v1", "ControllerRevision");
    ApiResource::from_gvk_with_plural(&gvk, "controllerrevisions")
}

/// Kinds of others whose status somebody asks about.
const TELLING: &[&str] = &["DaemonSet", "Deployment", "PersistentVolume"];

/// Takes an answer or a watch event of any of the dynamic kinds apart. A status that nobody asks about is left out, so that
/// its changes are none: that of an autoscaler changes with every look at its metrics.
pub(crate) fn live(resource: &ApiResource, mut object: DynamicObject) -> (Name, u64, Live) {
    let asked = resource.group == api::GROUP || TELLING.contains(&resource.kind.as_str());
    if let Some(members) = object.data.as_object_mut().filter(|_| !asked) {
        members.remove("status");
    }
    Live::of(object, &resource.api_version, &resource.kind)
}

/// A pod as a task; `None` for what is no task of a service any more.
pub(crate) fn task(pod: &Pod) -> Option<ServiceTask> {
    let service = pod.metadata.labels.as_ref()?.get(labels::SERVICE)?.clone();
    let task = Task::of(pod)?;
    Some(ServiceTask { service, task })
}

/// An autoscaler, reduced to what it may do to whom.
pub(crate) fn rival(autoscaler: &HorizontalPodAutoscaler) -> Rival {
    let spec = &autoscaler.spec;
    let mut makers = autoscaler.metadata.owner_references.iter().flatten();
    let maker = makers.find(|owner| owner.controller == Some(true));
    Rival {
        name: autoscaler.metadata.name.clone().unwrap_or_default(),
        maker: maker.map(|owner| (owner.kind.clone(), owner.name.clone(), owner.uid.clone())),
        target: (spec.scale_target_ref.kind.clone(), spec.scale_target_ref.name.clone()),
        least: spec.min_replicas.unwrap_or(1),
        most: spec.max_replicas,
    }
}

/// A node, reduced to what hardly ever changes.
pub(crate) fn node(node: &Node) -> Facts {
    let provider_id = node.spec.as_ref().and_then(|spec| spec.provider_id.as_deref());
    Facts {
        labels: node.metadata.labels.clone().unwrap_or_default(),
        instance_id: provider_id.and_then(Facts::instance_id),
        registered: node.metadata.creation_timestamp.as_ref().map(|time| time.0),
    }
}

/// A namespace by its metadata.
pub(crate) fn namespace(metadata: &ObjectMeta) -> Namespace {
    Namespace {
        labels: metadata.labels.clone().unwrap_or_default(),
        terminating: metadata.deletion_timestamp.is_some(),
    }
}

/// Whether we have made an object for a service of this name, and nobody controls it any more: what a deletion with
/// `--cascade=orphan`, or a release, has left behind.
pub(crate) fn is_left_behind(live: &Live, service: &str) -> bool {
    live.annotation(labels::APPLIED).is_some()
        && live.label(labels::SERVICE) == Some(service)
        && live.owners().all(|owner| !owner.controller)
}

/// EcsServices that own an object, in any way.
pub(crate) fn owning_services(live: &Live) -> impl Iterator<Item = Owner<'_>> {
    live.owners().filter(|owner| owner.kind == Root::EcsService.kind())
}

fn ecs_name(name: &Name, live: &Live, member: &str) -> Index {
    let ecs = live.spec().get(member).and_then(serde_json::Value::as_str);
    Index::EcsName(Name::new(name.namespace.clone(), ecs.unwrap_or_default()))
}

/// The family that a service names, within its namespace.
pub(crate) fn family_of(name: &Name, service: &Live) -> Name {
    let reference = service.text("/spec/taskDefinition").unwrap_or_default();
    Name::new(name.namespace.clone(), TaskDefinitionRef::parse(reference).map_or("", |r| r.family))
}

fn child(name: &Name, live: &Live) -> Vec<Index> {
    let owners = live.owners().map(|owner| Index::Owner(owner.uid.to_owned()));
    let service = live.label(labels::SERVICE);
    let at = |service: &str| Name::new(name.namespace.clone(), service);
    let left = service.filter(|service| is_left_behind(live, service)).map(|it| Index::LeftBehind(at(it)));
    let service = service.map(|service| Index::Service(at(service)));
    owners.chain(service).chain(left).collect()
}

fn revision(name: &Name, live: &Live) -> Vec<Index> {
    let mut indexes = child(name, live);
    let at = |value: &str| Name::new(name.namespace.clone(), value);
    if let Some(service) =
        live.label(labels::SERVICE).filter(|_| live.owners().all(|owner| !owner.controller))
    {
        indexes.push(Index::LeftBehind(at(service)));
    }
    if let Some(definition) = live.label(labels::FAMILY) {
        indexes.push(Index::Definition(at(definition)));
    }
    if let Some(family) = live.text("/data/family") {
        indexes.push(Index::Family(at(family)));
    }
    if membership::asks(templates(live)) {
        indexes.push(Index::Membership);
    }
    indexes
}

/// The pod templates of a recorded deployment.
pub(crate) fn templates(record: &Live) -> impl Iterator<Item = &Value> {
    let templates = record.value.pointer("/data/templates").and_then(Value::as_object);
    templates.into_iter().flat_map(Map::values)
}

/// Whether only the owner references differ.
pub(crate) fn only_owners_differ(change: &Change<Live>) -> bool {
    let (Some(old), Some(new)) = (&change.old, &change.new) else {
        return false;
    };
    old.uid == new.uid && ["data", "revision"].iter().all(|m| old.value.get(m) == new.value.get(m))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether another status is a change of an object.
    fn tells(resource: &ApiResource, cache: &Objects) -> bool {
        let object = |version: &str, status: i32| {
            let metadata =
                json!({"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": version});
            let object = json!({"metadata": metadata, "spec": {"a": 1}, "status": {"number": status}});
            live(resource, serde_json::from_value(object).unwrap())
        };
        let put = |(name, version, live)| cache.watched("", name, version, Some(live)).is_some();
        assert!(put(object("1", 1)), "it is new");
        put(object("2", 2))
    }

    #[test]
    fn only_a_status_that_somebody_asks_about_is_news() {
        let stores = Stores::default();
        for root in Root::ALL {
            assert!(tells(&root_resource(root), stores.root(root)), "{root:?}");
        }
        for kind in KINDS {
            let asked = TELLING.contains(&kind.kind);
            assert_eq!(tells(&child_resource(kind), stores.children(kind)), asked, "{}", kind.kind);
        }
        assert!(TELLING.iter().all(|telling| KINDS.iter().any(|kind| kind.kind == *telling)));
    }
}
