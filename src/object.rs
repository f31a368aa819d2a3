//! The one table of kinds that we make: apply order, scope, ownership, pruning and RBAC all come from here.

pub mod snapshot;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::core::ObjectMeta;
use serde_json::Value;
use snapshot::{VolumeSnapshot, VolumeSnapshotContent};

pub mod external_secrets;
pub mod keda;
pub mod load_balancing;

use external_secrets::{ExternalSecret, SecretStore};
use keda::{ScaledObject, TriggerAuthentication};
use load_balancing::{HTTPRoute, SecurityGroupPolicy, TargetGroupBinding};

/// When an object is applied: each rank waits for the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// ServiceAccounts: pods cannot start without theirs.
    Identity,
    /// What fills the Secrets that pods read.
    Secrets,
    /// Classes, volumes and claims that pods mount.
    Storage,
    /// Services, so that names resolve when the first pod starts, and what leads to them.
    Network,
    /// What runs the pods.
    Workload,
    /// What changes the count of what runs, or bounds it.
    Scaling,
}

/// Whose an object is, and so when it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// One service's: controller owner reference, deleted with the service or when no longer desired.
    Service,
    /// Shared by every service that uses it: one non-controller owner reference each, released one by one.
    Shared,
    /// Cluster-scoped and named by its content: no owner reference is possible. Kept, because it may serve somebody
    /// else; swept when nobody refers to it. None of these holds data.
    Retained,
}

/// A row of the table of kinds.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `kind` of the manifest.
    pub kind: &'static str,
    /// API group, empty for core.
    pub group: &'static str,
    /// API version within the group.
    pub version: &'static str,
    /// Resource name in URLs and RBAC rules.
    pub plural: &'static str,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// When it is applied.
    pub rank: Rank,
    /// Whose it is.
    pub ownership: Ownership,
    /// Whether a cluster may lack it: it is watched, and made, only where it is served.
    pub optional: bool,
}

impl Kind {
    /// `group/version`, or the version alone for core.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

macro_rules! objects {
    ($($name:ident ($group:literal, $version:literal, $plural:literal, $scope:ident, $rank:ident, $ownership:ident) $($optional:ident)?;)+) => {
        /// An object that we want to exist.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Object { $(#[doc = concat!("A ", stringify!($name), ".")] $name(Box<$name>)),+ }

        /// Every kind that we make, in apply order.
        pub const KINDS: &[Kind] = &[$(Kind {
            kind: stringify!($name),
            group: $group,
            version: $version,
            plural: $plural,
            namespaced: objects!(@scope $scope),
            rank: Rank::$rank,
            ownership: Ownership::$ownership,
            optional: objects!(@optional $($optional)?),
        }),+];

        impl Object {
            /// The row of this object's kind.
            #[must_use]
            pub fn kind(&self) -> &'static Kind {
                let name = match self { $(Self::$name(_) => stringify!($name)),+ };
                KINDS.iter().find(|kind| kind.kind == name).unwrap_or(&KINDS[0])
            }

            /// Its metadata.
            #[must_use]
            pub fn metadata(&self) -> &ObjectMeta {
                match self { $(Self::$name(object) => &object.metadata),+ }
            }

            /// Its metadata, to be completed (owner references, annotations) before it is applied.
            pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self { $(Self::$name(object) => &mut object.metadata),+ }
            }

            /// The manifest as JSON, with `apiVersion` and `kind`. Serializing these types cannot fail.
            #[must_use]
            pub fn to_value(&self) -> Value {
                match self { $(Self::$name(object) => serde_json::to_value(object).unwrap_or_default()),+ }
            }
        }

        $(impl From<$name> for Object {
            fn from(object: $name) -> Self {
                Self::$name(Box::new(object))
            }
        })+
    };
    (@scope Namespaced) => { true };
    (@scope Cluster) => { false };
    (@optional optional) => { true };
    (@optional) => { false };
}

objects! {
    ServiceAccount("", "v1", "serviceaccounts", Namespaced, Identity, Service);
    SecretStore("external-secrets.io", "v1", "secretstores", Namespaced, Secrets, Service) optional;
    ExternalSecret("external-secrets.io", "v1", "externalsecrets", Namespaced, Secrets, Service) optional;
    StorageClass("storage.k8s.io", "v1", "storageclasses", Cluster, Storage, Retained);
    PersistentVolume("", "v1", "persistentvolumes", Cluster, Storage, Retained);
    PersistentVolumeClaim("", "v1", "persistentvolumeclaims", Namespaced, Storage, Shared);
    VolumeSnapshotContent("snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", Cluster, Storage, Retained) optional;
    VolumeSnapshot("snapshot.storage.k8s.io", "v1", "volumesnapshots", Namespaced, Storage, Service) optional;
    Service("", "v1", "services", Namespaced, Network, Service);
    NetworkPolicy("networking.k8s.io", "v1", "networkpolicies", Namespaced, Network, Service);
    SecurityGroupPolicy("vpcresources.k8s.aws", "v1beta1", "securitygrouppolicies", Namespaced, Network, Service) optional;
    TargetGroupBinding("elbv2.k8s.aws", "v1beta1", "targetgroupbindings", Namespaced, Network, Service) optional;
    Ingress("networking.k8s.io", "v1", "ingresses", Namespaced, Network, Service);
    HTTPRoute("gateway.networking.k8s.io", "v1", "httproutes", Namespaced, Network, Service) optional;
    Deployment("apps", "v1", "deployments", Namespaced, Workload, Service);
    DaemonSet("apps", "v1", "daemonsets", Namespaced, Workload, Service);
    PodDisruptionBudget("policy", "v1", "poddisruptionbudgets", Namespaced, Scaling, Service);
    HorizontalPodAutoscaler("autoscaling", "v2", "horizontalpodautoscalers", Namespaced, Scaling, Service);
    TriggerAuthentication("keda.sh", "v1alpha1", "triggerauthentications", Namespaced, Scaling, Service) optional;
    ScaledObject("keda.sh", "v1alpha1", "scaledobjects", Namespaced, Scaling, Service) optional;
}
