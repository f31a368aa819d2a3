//! A service that can be run.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Toleration;
use serde_json::Value;

use super::exposure::Exposure;
use super::scaling::Scaling;
use super::task::{Name, Task};
use super::volume::Ebs;
use crate::capacity::strategy::Share;
use crate::placement::Native;

/// A validated service, with the task definition revision that it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// ECS's name, and `metadata.name` of the EcsService.
    pub name: Name,
    /// Its namespace.
    pub namespace: String,
    /// Number of the task definition's revision.
    pub revision: i64,
    /// What each task is.
    pub task: Task,
    /// What is merged last into its pods: `kubernetes.podTemplate` with the names that pods have.
    pub overlay: Option<Value>,
    /// Its tags and those of its task definition, as annotations of what runs the tasks.
    pub tags: BTreeMap<String, String>,
    /// Tags that its tasks get, as annotations of the pods.
    pub task_tags: BTreeMap<String, String>,
    /// Replicas, or one on every node.
    pub scheduling: Scheduling,
    /// The count that the definition declares.
    pub desired_count: i32,
    /// Where its tasks run: one child each, at least one.
    pub capacity: Vec<Capacity>,
    /// Constraints and strategies.
    pub placement: Placement,
    /// Whom its tasks are to the cluster.
    pub identity: Identity,
    /// How its tasks are found and reached.
    pub exposure: Exposure,
    /// The volume that each task gets anew.
    pub ebs: Option<Ebs>,
    /// Seconds for which a task has to run before it counts as healthy.
    pub min_ready_seconds: i32,
    /// Whether somebody asked for exactly these seconds: otherwise a load balancer's health checks take their place.
    pub min_ready_asked: bool,
    /// What scales it.
    pub scaling: Option<Scaling>,
}

/// How many tasks, and how they are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// A count of tasks.
    Replica {
        /// `minimumHealthyPercent`.
        minimum: i32,
        /// `maximumPercent`.
        maximum: i32,
    },
    /// One on every node.
    Daemon {
        /// `minimumHealthyPercent`.
        minimum: i32,
    },
}

/// Where the tasks of one child run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// Value of the capacity provider label.
    pub label: String,
    /// Its part of the tasks.
    pub share: Share,
    /// Labels of the nodes.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that are tolerated.
    pub tolerations: Vec<Toleration>,
    /// Whether tasks that say nothing run on the default architecture, as Fargate tasks do.
    pub fargate: bool,
    /// The EKS Fargate profile that runs the pods, where that is so.
    pub profile: Option<String>,
}

/// Label of children that name no capacity provider.
pub const NO_PROVIDER: &str = "none";
/// Label of children that run on Fargate, by launch type or by the predefined provider.
pub const FARGATE: &str = "fargate";
/// Label of children of the predefined provider `FARGATE_SPOT`.
pub const FARGATE_SPOT: &str = "fargate-spot";

/// What a service asks of its nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// At most one task of the service on a node.
    pub distinct_instance: bool,
    /// Constraints of the service and of its task definition.
    pub native: Native,
    /// Node labels over which the tasks are spread, in this order.
    pub spread: Vec<String>,
    /// Where the operator decides: strategies and constraints in ECS's own members, as the annotation of pods has them.
    pub exact: Option<String>,
}

/// Whom tasks are to the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A ServiceAccount of the service's own name, with the task role.
    Own {
        /// ARN of the role.
        role: Option<String>,
    },
    /// An existing ServiceAccount.
    Existing(String),
}

impl Service {
    /// Seconds for which a task has to be ready before it counts as healthy: none where a load balancer (`gated`: its
    /// readiness gate is in the pod template) says when, unless somebody asked for them.
    #[must_use]
    pub const fn healthy_after(&self, gated: bool) -> i32 {
        if gated && !self.min_ready_asked { 0 } else { self.min_ready_seconds }
    }

    /// Name of the ServiceAccount that its tasks run as.
    #[must_use]
    pub fn service_account(&self) -> &str {
        match &self.identity {
            Identity::Own { .. } => &self.name.label,
            Identity::Existing(name) => name,
        }
    }
}
