//! The three pure steps in order: plan, objects, status.

mod check;
mod children;
pub mod conditions;
mod counts;
mod failure;
pub mod family;
mod overlaid;
mod pod_security;
mod ports;
pub mod protection;
pub mod provider;
mod rivals;
mod service;
pub mod sweep;
mod wanted;

pub use rivals::Rival;
pub use wanted::{Wanted, wanted};

pub use check::{check_lone_service, check_provider, check_service, check_task_definition, offline};

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::api::EcsServiceStatus;
use crate::api::ecs_service::Failures;
use crate::capabilities::Capabilities;
use crate::finding::Finding;
use crate::object::Object;
use crate::policy::Policy;
use crate::rollout::cause::Cause;
use crate::rollout::observed::{Task, Workload};
use crate::rollout::revision::TaskRevision;
use crate::rollout::{ServiceRevision, bounds};

/// Decides about one service, and about those of its pods that somebody protects.
#[must_use]
pub fn service(world: &World) -> Desired {
    let mut desired = service::service(world);
    ports::by_name(world, &mut desired);
    rivals::find(world, &mut desired);
    desired
}

/// What validation and translation have to know besides the definitions themselves.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// `metadata.name` of the EcsService.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What the namespace may ask for.
    pub policy: Policy,
    /// What the cluster can do.
    pub capabilities: Capabilities,
    /// How roles and secrets reach pods.
    pub iam: crate::iam::Settings,
    /// Chart value `defaultArchitecture`: `kubernetes.io/arch` of Fargate-style tasks that do not say, `amd64` or `arm64`.
    pub default_architecture: String,
}

/// Everything that decides about one service, gathered before anything is decided.
#[derive(Clone, Debug)]
pub struct World {
    /// Name, namespace, policy and capabilities.
    pub context: Context,
    /// `metadata.uid` of the EcsService.
    pub uid: String,
    /// `metadata.generation` of the EcsService.
    pub generation: i64,
    /// Its spec, as the API server has it.
    pub spec: Value,
    /// Its status, as we last wrote it.
    pub status: EcsServiceStatus,
    /// An older EcsService of the namespace with the same ECS name.
    pub older_namesake: Option<String>,
    /// The revisions of the family that the spec names, of those in the namespace that can be meant or run.
    pub revisions: Vec<TaskRevision>,
    /// Specs of all CapacityProvider objects that this namespace may use, by `metadata.name`.
    pub providers: BTreeMap<String, Value>,
    /// Recorded deployments of the service, in any order.
    pub recorded: Vec<ServiceRevision>,
    /// Name of a record that this release cannot read, where there is one.
    pub unreadable_record: Option<String>,
    /// Whether the API server has just refused to record what was decided: nothing that would have to be recorded is
    /// decided then.
    pub unrecordable: bool,
    /// Its Deployments and DaemonSets.
    pub workloads: Vec<Workload>,
    /// Its pods.
    pub tasks: Vec<Task>,
    /// Autoscalers that others have made for it, or for its workloads.
    pub rivals: Vec<Rival>,
    /// The time.
    pub now: Timestamp,
}

/// What should be done about one service. Carried out in the order of the members.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// What validation and planning have to say.
    pub findings: Vec<Finding>,
    /// The count to write into `spec.kubernetes.scaledCount`, where it has to change.
    pub scaled_count: Option<i32>,
    /// The bounds of the count; `None` where nothing is decided about them.
    pub scaling: Option<bounds::Decision>,
    /// Whether the autoscaler, if there is one, may not lower the count because a deployment is in progress.
    pub scale_in_held: Option<bool>,
    /// Name of the task definition's ControllerRevision that the service has to own as well.
    pub uses_revision: Option<String>,
    /// A deployment to record (create) before any object is applied.
    pub record: Option<ServiceRevision>,
    /// Objects to apply, in apply order.
    pub objects: Vec<Object>,
    /// Counts of workloads of which nothing else can be decided, by name.
    pub counts: BTreeMap<String, i32>,
    /// What may be deleted of the service's own objects that are not in `objects`.
    pub prune: Prune,
    /// Recorded deployments that nothing needs any more, by id.
    pub obsolete: Vec<String>,
    /// The deployment that `objects` were made from: the PRIMARY one.
    pub target: Option<ServiceRevision>,
    /// Why nothing can be decided yet, for the conditions.
    pub waiting: Option<Waiting>,
    /// Children that keep their old template, or stand still, because ECS could not make this deployment.
    pub held: Vec<String>,
    /// Whether tasks still move from one capacity provider to another.
    pub moves: bool,
    /// Failed tasks of the deployment that runs, and what was told of it.
    pub failures: Failures,
    /// Why its tasks fail, the gravest first.
    pub causes: Vec<Cause>,
    /// The deployment that the circuit breaker has ended, while nothing else was asked for since.
    pub failed: Option<String>,
    /// Whether nothing further is launched because of that.
    pub stopped: bool,
    /// Whether `target` came back because of that.
    pub rolled_back: bool,
    /// What has to change about pods because somebody protects them.
    pub marks: Vec<protection::Mark>,
    /// When to look again, even if nothing changes.
    pub wake: Option<Timestamp>,
}

/// What may be deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prune {
    /// Nothing: what is desired is not known.
    #[default]
    Nothing,
    /// Only what changes counts: the new deployment is not complete yet, and what still runs needs the rest.
    KeepRunning,
    /// Everything that is not desired.
    All,
}

/// Why a service has to wait for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The task definition, or the named revision of it, does not exist.
    TaskDefinition(String),
    /// A capacity provider of the strategy does not exist.
    CapacityProvider(String),
    /// Another EcsService has the ECS name.
    Namesake(String),
    /// `kubernetes.paused`.
    Paused,
    /// A recorded deployment, of this name, that this release cannot read.
    Record(String),
}

/// What the API server answered.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The service's workloads, newer answers over caches.
    pub workloads: Vec<Workload>,
    /// Objects that could not be applied: `Kind name`, and the API server's words.
    pub refused: Vec<Refusal>,
}

/// An object that could not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `Kind name`.
    pub object: String,
    /// Why.
    pub message: String,
    /// Whether the object exists and belongs to somebody else.
    pub foreign: bool,
}

impl Refusal {
    /// What and why.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}: {}", self.object, self.message)
    }
}

#[cfg(test)]
mod tests;
