//! From documents to custom resources.
//!
//! [`load`] looks at one file at a time, so a caller can run it on all cores; [`assemble`] puts the files of a run
//! together: which definition of a name counts, which service runs what, where everything goes.

mod alarm;
mod answer;
mod assemble;
mod load;
mod metadata;
mod scaling;
mod services;

use crate::api::ecs::{MetricAlarm, ScalableTarget, ScalingPolicy, ScheduledAction};
use crate::api::{
    CapacityProvider, CapacityProviderSpec, EcsService, EcsServiceSpec, TaskDefinition, TaskDefinitionSpec,
};
use crate::finding::{Finding, any_error};
use kube::core::ObjectMeta;
use serde::Serialize;

pub use assemble::assemble;
pub use load::{Loaded, load};

/// What the command line says about an import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What fills in template expressions and images.
    pub values: super::template::Values,
    /// The namespace of what names none, and the only one that a custom resource may name; without it each
    /// service's cluster names it.
    pub namespace: Option<String>,
    /// The family of a task definition that does not say.
    pub family: Option<String>,
    /// The name of a service that does not say.
    pub service_name: Option<String>,
    /// The task definition of services that do not say.
    pub task_definition: Option<String>,
    /// Whether services stay pinned to their revision.
    pub keep_pins: bool,
    /// Whether a task definition that no service runs gets a service of one task.
    pub with_service: bool,
    /// Whether the custom resource leaves out the revision that an answer names.
    pub without_revisions: bool,
    /// Whether custom resources leave out the count in force: in a manifest it would be set back with each apply.
    pub without_scaled_counts: bool,
}

/// Where a definition stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index of the file in the run.
    pub file: usize,
    /// Index of the document in the file.
    pub document: usize,
    /// Path of the definition in the document.
    pub base: String,
}

/// A part of a definition that stands elsewhere: in another document, or beside the spec of a custom resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graft {
    /// Its path in the definition.
    pub at: String,
    /// Where it stands.
    pub origin: Origin,
}

/// One definition of a run.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Where it stands.
    pub origin: Origin,
    /// What it says.
    pub content: Content,
    /// The number that it has on ECS, where it says.
    pub revision: Option<i64>,
    /// `metadata`, where it came as a custom resource.
    pub metadata: Option<ObjectMeta>,
    /// What there is to say about it; paths are relative to [`Origin::base`].
    pub findings: Vec<Finding>,
    /// What of it stands elsewhere.
    pub grafts: Vec<Graft>,
}

impl Definition {
    /// Whether it is refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        any_error(&self.findings)
    }
}

/// What a definition says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "named after the shapes they hold")]
pub enum Content {
    TaskDefinition(Box<TaskDefinitionSpec>),
    Service(Box<EcsServiceSpec>),
    CapacityProvider(Box<CapacityProviderSpec>),
    ScalableTarget(Box<ScalableTarget>),
    ScalingPolicy(Box<ScalingPolicy>),
    ScheduledAction(Box<ScheduledAction>),
    Alarm(Box<MetricAlarm>),
}

/// A custom resource, and where it came from.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Where it came from: for a service that nobody wrote, its task definition.
    pub origin: Origin,
    /// The custom resource.
    pub resource: Resource,
    /// Which of its parts came from elsewhere.
    pub grafts: Vec<Graft>,
}

impl Imported {
    /// A finding about the resource, with the place of the part that it speaks of.
    #[must_use]
    pub fn note(&self, finding: Finding) -> Note {
        Note::of_part(&self.origin, &self.grafts, finding)
    }
}

/// A custom resource.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "named after the kinds they hold")]
pub enum Resource {
    TaskDefinition(Box<TaskDefinition>),
    Service(Box<EcsService>),
    CapacityProvider(Box<CapacityProvider>),
}

impl Resource {
    /// `kind` of the manifest.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TaskDefinition(_) => "TaskDefinition",
            Self::Service(_) => "EcsService",
            Self::CapacityProvider(_) => "CapacityProvider",
        }
    }

    /// Its metadata.
    #[must_use]
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::TaskDefinition(resource) => &resource.metadata,
            Self::Service(resource) => &resource.metadata,
            Self::CapacityProvider(resource) => &resource.metadata,
        }
    }
}

/// A finding with its place in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Index of the file; `None` for what the command line itself says.
    pub file: Option<usize>,
    /// Index of the document in the file, for finding the line; `None` where the line is known or there is none.
    pub document: Option<usize>,
    /// The line, where it is known already.
    pub line: Option<usize>,
    /// The finding; its path starts at the root of the document.
    pub finding: Finding,
}

impl Note {
    /// A finding about a definition.
    #[must_use]
    pub fn of(origin: &Origin, mut finding: Finding) -> Self {
        finding.path = join(&origin.base, &finding.path);
        Self { file: Some(origin.file), document: Some(origin.document), line: None, finding }
    }

    /// A finding about a definition, or about a part of it that stands elsewhere.
    fn of_part(origin: &Origin, grafts: &[Graft], mut finding: Finding) -> Self {
        let graft = grafts.iter().find_map(|graft| {
            let rest = finding.path.strip_prefix(&graft.at)?;
            let beneath = rest.is_empty() || rest.starts_with(['.', '[']);
            beneath.then(|| (&graft.origin, rest.trim_start_matches('.').to_owned()))
        });
        match graft {
            Some((origin, rest)) => {
                finding.path = rest;
                Self::of(origin, finding)
            }
            None => Self::of(origin, finding),
        }
    }

    /// A finding about the run.
    #[must_use]
    pub fn of_run(finding: Finding) -> Self {
        Self { file: None, document: None, line: None, finding }
    }
}

fn join(base: &str, path: &str) -> String {
    match (base, path) {
        ("", path) => path.to_owned(),
        (base, "") => base.to_owned(),
        (base, path) if path.starts_with('[') => format!("{base}{path}"),
        (base, path) => format!("{base}.{path}"),
    }
}

/// What a run comes to.
#[derive(Debug, Default)]
pub struct Run {
    /// Everything that is not refused: capacity providers, task definitions, services, each by namespace and name.
    pub resources: Vec<Imported>,
    /// Everything there is to say.
    pub notes: Vec<Note>,
    /// What is refused, as far as it could be read: the rest of it can still be looked at, and what names it can say
    /// why it is missing.
    pub refused: Vec<Imported>,
    /// What stands against another definition of its name and is refused with it.
    pub duplicates: Vec<Imported>,
}

#[cfg(test)]
mod tests;
