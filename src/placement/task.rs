//! Tasks, as plain values: what one needs, where it may run, and where it had better run.

use std::sync::Arc;

use super::native::pod_label;
use super::node::{Effect, Resources, Taint};
use super::query::Expression;
use super::selector::Selector;
use crate::api::labels;

/// Taint that a cordoned node has; a task that tolerates it is placed there.
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Which tasks belong together: those of one service, or those of one `RunTask` group.
///
/// Groups of different clusters never see each other, whatever their names. Source: developer guide, "Task groups".
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// The ECS cluster; where one cluster is one namespace, its name.
    pub cluster: Arc<str>,
    /// `service:<name>` for tasks of services, else what `RunTask` was given, or `family:<family>`.
    pub name: Arc<str>,
}

impl Group {
    /// A group of a cluster.
    #[must_use]
    pub fn new(cluster: &str, name: &str) -> Self {
        Self { cluster: cluster.into(), name: name.into() }
    }

    /// The group whose pods have this label; `None` where the label tells no group.
    #[must_use]
    pub fn of_label(cluster: &str, key: &str, value: &str) -> Option<Self> {
        match key {
            labels::SERVICE => Some(Self::new(cluster, &format!("service:{value}"))),
            labels::TASK_GROUP => Some(Self::new(cluster, value)),
            _ => None,
        }
    }

    /// The group as the label of its pods tells it, which is all that kube-scheduler knows of it.
    #[must_use]
    pub fn labelled(&self) -> Self {
        let (key, value) = pod_label(&self.name);
        Self::of_label(&self.cluster, key, &value).unwrap_or_else(|| self.clone())
    }

    /// Whether these are the tasks of a service.
    #[must_use]
    pub fn is_service(&self) -> bool {
        self.name.starts_with("service:")
    }
}

/// What a task reserves on its node, besides the slot for its pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Demand {
    /// CPU, in millicores.
    pub cpu: u32,
    /// Memory, in KiB.
    pub memory: u32,
    /// GPUs.
    pub gpu: u32,
    /// Ports of the node, of which no other task may have one.
    pub ports: Vec<Port>,
    /// Groups of which no task may come to its node as long as it is there, as the labels of their pods tell them.
    ///
    /// Source: kube-scheduler, which goes by required anti-affinity in both directions. ECS asks it of the task that is
    /// placed alone.
    pub apart: Vec<Group>,
}

impl Demand {
    /// The same without ports, and with the slot for its pod.
    #[must_use]
    pub const fn amounts(&self) -> Resources {
        Resources { cpu: self.cpu, memory: self.memory, gpu: self.gpu, pods: 1 }
    }
}

/// A port of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub protocol: Protocol,
}

/// Protocols, each with ports of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Protocol {
    #[default]
    Tcp,
    Udp,
    Sctp,
}

/// A kind of task: all tasks of one are placed by the same rules, so what is known for one of them holds for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Whose tasks are counted for spreading and `distinctInstance`.
    pub group: Group,
    /// What each task reserves.
    pub demand: Demand,
    /// Which nodes its pods select; all of these have to match.
    pub selectors: Vec<Selector>,
    /// Which taints its pods put up with.
    pub tolerations: Vec<Toleration>,
    /// Where it must run, all of them.
    pub constraints: Vec<Constraint>,
    /// Where it had better run, the first one first. None at all is [`Class::strategies_in_force`].
    pub strategies: Vec<Strategy>,
}

impl Class {
    /// A class that may run anywhere where there is room.
    #[must_use]
    pub const fn new(group: Group, demand: Demand) -> Self {
        Self {
            group,
            demand,
            selectors: Vec::new(),
            tolerations: Vec::new(),
            constraints: Vec::new(),
            strategies: Vec::new(),
        }
    }

    /// What decides between nodes. A service without strategies takes the Availability Zone with the fewest of its tasks,
    /// then the instance with the fewest of them; a `RunTask` without takes any instance.
    ///
    /// Source: `UpdateService` in the API reference.
    #[must_use]
    pub fn strategies_in_force(&self) -> Vec<Strategy> {
        if !self.strategies.is_empty() {
            return self.strategies.clone();
        }
        if self.group.is_service() {
            let zone = Field::Attribute("ecs.availability-zone".to_owned());
            return vec![Strategy::Spread(zone), Strategy::Spread(Field::InstanceId)];
        }
        vec![Strategy::Random]
    }
}

/// A taint that a task puts up with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Toleration {
    /// Key of the taint; `None` is any.
    pub key: Option<String>,
    /// Value of the taint; `None` is any.
    pub value: Option<String>,
    /// Effect of the taint; `None` is any.
    pub effect: Option<Effect>,
}

impl Toleration {
    /// Whether it puts up with this taint.
    #[must_use]
    pub fn tolerates(&self, taint: &Taint) -> bool {
        self.key.as_ref().is_none_or(|key| *key == taint.key)
            && self.value.as_ref().is_none_or(|value| *value == taint.value)
            && self.effect.is_none_or(|effect| effect == taint.effect)
    }
}

/// Where tasks of a class must run.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// On an instance without another task of the group.
    DistinctInstance,
    /// On an instance that the expression selects.
    MemberOf(Expression),
}

/// Where tasks of a class had better run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Where the fewest tasks of the group have the same value of the field.
    Spread(Field),
    /// Where the least of the resource is left, before the task takes its part.
    Binpack(Resource),
    /// On any of them, drawn by the seed of the engine and the uid of the task.
    Random,
}

/// What tasks are spread over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Values of an attribute. Instances without it count as having an empty value.
    Attribute(String),
    /// Instances: `instanceId` and `host`.
    InstanceId,
}

impl Field {
    /// Reads the `field` of a `spread` strategy; upper and lower case are the same in ECS's own words.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("instanceId") || text.eq_ignore_ascii_case("host") {
            return Some(Self::InstanceId);
        }
        let (head, name) = text.split_once(':')?;
        (head.eq_ignore_ascii_case("attribute") && !name.is_empty()).then(|| Self::Attribute(name.to_owned()))
    }
}

/// What tasks are packed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Resource {
    Cpu,
    Memory,
}

impl Resource {
    /// Reads the `field` of a `binpack` strategy.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            _ if text.eq_ignore_ascii_case("cpu") => Some(Self::Cpu),
            _ if text.eq_ignore_ascii_case("memory") => Some(Self::Memory),
            _ => None,
        }
    }
}

impl std::fmt::Display for Strategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Spread(Field::InstanceId) => f.write_str("spread instanceId"),
            Self::Spread(Field::Attribute(name)) => write!(f, "spread attribute:{name}"),
            Self::Binpack(Resource::Cpu) => f.write_str("binpack cpu"),
            Self::Binpack(Resource::Memory) => f.write_str("binpack memory"),
            Self::Random => f.write_str("random"),
        }
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let protocol = match self.protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        };
        write!(f, "{}/{protocol}", self.number)
    }
}
