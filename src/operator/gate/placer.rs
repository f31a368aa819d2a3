//! The placement core as the leader feeds it: whatever goes in and every decision is told to the log at level `debug`, in
//! order and complete, so that decisions can be replayed.

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use super::view::{NodeView, PodView};
use crate::api::labels;

use crate::placement::task::{Class, Demand, Group};
use crate::placement::{ClassId, Engine, kubernetes, rules};

/// What has been told.
const JOURNAL: &str = "ecs_bridge::placement";

/// Bytes that indexes may take: the chart's memory limit is 512 MiB, caches included.
const BUDGET: usize = 64 << 20;
/// Classes that are remembered. Every deployment brings new ones, and a leader may live for months.
const CLASSES: usize = 4096;
/// Bytes that may be spent on rules of pods that nobody has seen: whoever can reach the webhook can ask for any, and much of what
/// the core learns of them it keeps as long as it lives.
const UNSEEN: usize = 32 << 20;
/// The longest of these rules, in bytes as they are written out.
const LONGEST: usize = 16 << 10;
/// How many times as much as that is kept of them: by themselves, and as keys of what they name.
const COPIES: usize = 4;

/// What a pod takes on its node, and of whom it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Taken {
    node: String,
    group: Option<Group>,
    demand: Demand,
}

impl Taken {
    /// What a pod takes of this node.
    pub(super) fn of(pod: &PodView, node: &str) -> Self {
        let namespace = pod.0.metadata.namespace.as_deref().unwrap_or_default();
        Self { node: node.to_owned(), group: group(pod), demand: kubernetes::demand(namespace, spec(pod)) }
    }
}

/// Whose task a pod is. One that is told to stop is none of its group on ECS; but kube-scheduler lets no task of the group
/// near it where they have to be on different instances, and has to agree.
fn group(pod: &PodView) -> Option<Group> {
    let distinct = || pod.annotation(labels::PLACEMENT).is_some_and(|text| text.contains("distinctInstance"));
    if pod.is_deleting() && distinct() {
        let mut pod = pod.0.clone();
        pod.metadata.deletion_timestamp = None;
        return kubernetes::group(&pod);
    }
    kubernetes::group(&pod.0)
}

fn spec(pod: &PodView) -> &PodSpec {
    static NOTHING: std::sync::LazyLock<PodSpec> = std::sync::LazyLock::new(PodSpec::default);
    pod.0.spec.as_ref().unwrap_or(&NOTHING)
}

/// One owner of the placement core.
pub(super) struct Placer {
    engine: Engine,
    /// Bytes that may still be spent on rules of pods that nobody has seen.
    unseen: usize,
}

impl Placer {
    /// Knows no node. What is random is so by `seed`.
    pub(super) fn new(seed: u64) -> Self {
        tracing::debug!(target: JOURNAL, call = "new", seed, "journal");
        let mut engine = Engine::new(seed);
        engine.set_budget(BUDGET);
        engine.set_most_classes(CLASSES);
        Self { engine, unseen: UNSEEN }
    }

    /// Takes over what is known of a node.
    pub(super) fn set_node(&mut self, node: &NodeView) {
        tell("set_node", node.name(), "", Some(node));
        self.engine.set_node(kubernetes::node(&node.0));
    }

    /// Forgets a node.
    pub(super) fn remove_node(&mut self, name: &str) {
        tell("remove_node", name, "", None::<&()>);
        self.engine.remove_node(name);
    }

    /// Takes over what a pod takes.
    pub(super) fn set_task(&mut self, pod: &PodView, taken: &Taken) {
        if let Some(group) = &taken.group {
            tell("set_group", pod.uid(), &group.name, None::<&()>);
        }
        tell("set_task", pod.uid(), &taken.node, Some(pod));
        self.engine.set_task(pod.uid(), &taken.node, taken.group.as_ref(), &taken.demand);
    }

    /// Forgets what a pod takes.
    pub(super) fn remove_task(&mut self, uid: &str) {
        tell("remove_task", uid, "", None::<&()>);
        self.engine.remove_task(uid);
    }

    /// Decides about a pod and takes over the decision; the core knows the task by this name from then on.
    pub(super) fn place(&mut self, pod: &PodView, task: &str) -> Result<String, Nowhere> {
        let class = self.engine.class(class(pod).map_err(Nowhere::Unreadable)?);
        self.decide(class, pod, task).ok_or(Nowhere::Full(class))
    }

    /// The same for a pod that may never be there: nor is any decision made where its rules are new and too much of that would
    /// have to be remembered.
    pub(super) fn place_newcomer(&mut self, pod: &PodView, task: &str) -> Option<String> {
        let class = class(pod).ok()?;
        let class = match self.engine.known_class(&class) {
            Some(known) => known,
            None => self.meet(class)?,
        };
        self.decide(class, pod, task)
    }

    /// Takes over rules of a pod that nobody has seen.
    fn meet(&mut self, class: Class) -> Option<ClassId> {
        let length = format!("{class:?}").len();
        if length > LONGEST || self.unseen == 0 {
            return None;
        }
        let before = self.engine.kept();
        let class = self.engine.class(class);
        let kept = self.engine.kept().saturating_sub(before);
        self.unseen = self.unseen.saturating_sub(length * COPIES + kept);
        if self.unseen == 0 {
            tracing::warn!(
                "much was asked for pods that were never seen; those with new rules wait from now on"
            );
        }
        Some(class)
    }

    fn decide(&mut self, class: ClassId, pod: &PodView, task: &str) -> Option<String> {
        let decided = self.engine.place(class, task).map(|node| node.to_string());
        tell("place", task, decided.as_deref().unwrap_or_default(), Some(pod));
        decided
    }
}

/// Why there is no node for a pod.
pub(super) enum Nowhere {
    /// What its rules say cannot be read.
    Unreadable(String),
    /// No node can take it.
    Full(ClassId),
}

impl Nowhere {
    /// In words. It takes a look at every node.
    pub(super) fn reason(self, placer: &mut Placer, pod: &PodView) -> String {
        match self {
            Self::Unreadable(why) => why,
            Self::Full(class) => placer.engine.explain(class, pod.uid()).to_string(),
        }
    }
}

/// The rules by which a pod is placed. Where they cannot be read, those that kube-scheduler knows are all there is.
fn class(pod: &PodView) -> Result<Class, String> {
    let group = kubernetes::group(&pod.0).ok_or("the pod belongs to no service")?;
    let rules = rules::parse(pod.annotation(labels::PLACEMENT).unwrap_or_default())?;
    let class = kubernetes::class(group, spec(pod));
    Ok(Class { constraints: rules.constraints, strategies: rules.strategies, ..class })
}

/// A call of the core. What `set_group` names is the group of the task that is set next; without it, that has none.
fn tell(call: &str, subject: &str, node: &str, object: Option<&impl Serialize>) {
    if tracing::enabled!(target: JOURNAL, tracing::Level::DEBUG) {
        let object = object.and_then(|object| serde_json::to_string(object).ok()).unwrap_or_default();
        tracing::debug!(target: JOURNAL, call, subject, node, object, "journal");
    }
}
