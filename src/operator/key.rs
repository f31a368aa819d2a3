//! What is reconciled: one custom resource, by kind and name.

use std::fmt;

/// Kinds of custom resources that have a reconciler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Root {
    /// Decided by `desired::family`.
    TaskDefinition,
    /// Decided by `desired::provider`.
    CapacityProvider,
    /// Decided by `desired::service`.
    EcsService,
}

impl Root {
    /// Every reconciled kind.
    pub(crate) const ALL: [Self; 3] = [Self::TaskDefinition, Self::CapacityProvider, Self::EcsService];

    /// `kind` of the manifest; also the value of metric labels.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::TaskDefinition => "TaskDefinition",
            Self::CapacityProvider => "CapacityProvider",
            Self::EcsService => "EcsService",
        }
    }

    /// Resource name in URLs.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::TaskDefinition => "taskdefinitions",
            Self::CapacityProvider => "capacityproviders",
            Self::EcsService => "ecsservices",
        }
    }

    /// Whether objects of the kind live in a namespace.
    pub(crate) const fn namespaced(self) -> bool {
        !matches!(self, Self::CapacityProvider)
    }
}

/// Name of an object within its kind; the namespace is empty for cluster-scoped kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    /// `metadata.namespace`.
    pub(crate) namespace: String,
    /// `metadata.name`.
    pub(crate) name: String,
}

impl Name {
    /// A name in a namespace.
    pub(crate) fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// One custom resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Its kind.
    pub(crate) root: Root,
    /// Its name.
    pub(crate) name: Name,
}

impl Key {
    /// The custom resource of this kind and name.
    pub(crate) const fn new(root: Root, name: Name) -> Self {
        Self { root, name }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.root.kind(), self.name)
    }
}
