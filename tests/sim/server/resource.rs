//! The kinds that are served, and where.

use std::sync::LazyLock;

use ecs_bridge::api;
use ecs_bridge::object::KINDS;
use ecs_bridge::object::load_balancing::ELB;
use serde_json::{Value, json};

/// A kind that is served.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) namespaced: bool,
    /// Whether it has a status, written only through its subresource, and a generation.
    pub(crate) status: bool,
    /// Whether its lists have no keys, as in a custom resource that does not say so.
    pub(crate) custom: bool,
}

impl Resource {
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// Name of an object among all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    pub(crate) group: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Id {
    pub(crate) fn new(resource: &Resource, namespace: &str, name: &str) -> Self {
        let namespace = if resource.namespaced { namespace } else { "" }.to_owned();
        Self { group: resource.group, plural: resource.plural, namespace, name: name.to_owned() }
    }

    pub(crate) fn resource(&self) -> &'static Resource {
        of_path(self.group, self.plural).expect("ids are made of resources")
    }
}

type Row = (&'static str, &'static str, &'static str, &'static str, bool, bool);

/// What is there besides the kinds that the operator makes: group, version, plural, kind, namespaced, status.
const OTHERS: &[Row] = &[
    ("", "v1", "namespaces", "Namespace", false, true),
    ("", "v1", "nodes", "Node", false, true),
    ("", "v1", "pods", "Pod", true, true),
    ("", "v1", "resourcequotas", "ResourceQuota", true, true),
    ("", "v1", "configmaps", "ConfigMap", true, false),
    ("", "v1", "secrets", "Secret", true, false),
    ("apps", "v1", "controllerrevisions", "ControllerRevision", true, false),
    ("coordination.k8s.io", "v1", "leases", "Lease", true, false),
    ("events.k8s.io", "v1", "events", "Event", true, false),
    ("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false, true),
    (api::GROUP, api::VERSION, "taskdefinitions", "TaskDefinition", true, true),
    (api::GROUP, api::VERSION, "ecsservices", "EcsService", true, true),
    (api::GROUP, api::VERSION, "capacityproviders", "CapacityProvider", false, true),
];
/// Kinds of the operator's table without a status of their own.
const WITHOUT_STATUS: &[&str] = &["ServiceAccount", "StorageClass", "NetworkPolicy"];

static TABLE: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    let made = KINDS.iter().filter(|kind| !kind.optional || kind.group == ELB).map(|kind| {
        let status = !WITHOUT_STATUS.contains(&kind.kind);
        (kind.group, kind.version, kind.plural, kind.kind, kind.namespaced, status)
    });
    let row = |(group, version, plural, kind, namespaced, status): Row| {
        let custom = group == api::GROUP;
        Resource { group, version, plural, kind, namespaced, status, custom }
    };
    made.chain(OTHERS.iter().copied()).map(row).collect()
});

/// The kind at a place in URLs.
pub(crate) fn of_path(group: &str, plural: &str) -> Option<&'static Resource> {
    TABLE.iter().find(|row| row.group == group && row.plural == plural)
}

/// The kind of this name.
pub(crate) fn of_kind(kind: &str) -> &'static Resource {
    TABLE.iter().find(|row| row.kind == kind).unwrap_or_else(|| panic!("{kind} is not served"))
}

/// The answer to `GET /apis`.
pub(crate) fn groups() -> Value {
    let mut groups: Vec<_> =
        TABLE.iter().filter(|row| !row.group.is_empty()).map(|row| (row.group, row.version)).collect();
    groups.sort_unstable();
    groups.dedup();
    let group = |(name, version): &(&str, &str)| {
        let served = json!({"groupVersion": format!("{name}/{version}"), "version": version});
        json!({"name": name, "versions": [served], "preferredVersion": served})
    };
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups.iter().map(group).collect::<Vec<_>>()})
}
