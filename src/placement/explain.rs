//! Why a task went where it went, or nowhere: for each other node the first reason, counted.

use std::fmt;
use std::sync::Arc;

use super::node::{MIB, Resources, Taint};
use super::task::{Port, Resource, Strategy};

/// Where a task goes, and why nowhere else. Its text is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Nodes that are known.
    pub nodes: usize,
    /// Nodes that can take the task.
    pub fitting: usize,
    /// What the task takes.
    pub needs: Resources,
    /// The node that it goes to; `None` if no node can take it.
    pub chosen: Option<Arc<str>>,
    /// Why not the others: what most of them have in common first.
    pub reasons: Vec<Counted>,
}

/// A reason that nodes have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// How many nodes.
    pub nodes: usize,
    /// Why they were not chosen.
    pub reason: Reason,
}

/// Why a node was not chosen: the first thing that was looked at and spoke against it, in the order of ECS's steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its kubelet does not report; on ECS, its agent is not connected.
    NotReady,
    /// It takes no new tasks.
    Cordoned,
    /// Not enough of something is left.
    TooLittle {
        /// Of what.
        what: Amount,
        /// What the task needs, in the unit of the columns.
        needs: u32,
        /// The most that is left on one of these nodes.
        most: u32,
        /// The first node that has that much left.
        on: Arc<str>,
        /// The same of those nodes where nothing else speaks against the task: what would be enough there.
        only: Option<(u32, Arc<str>)>,
    },
    /// It runs as many pods as it can.
    NoPodSlot,
    /// A port is in use.
    Port(Port),
    /// It has a taint that the task does not tolerate.
    Taint(Taint),
    /// Its labels are not what the pod selects.
    Selector(String),
    /// A task of the group runs there, and each is to have an instance of its own.
    DistinctInstance(Arc<str>),
    /// An expression does not select it.
    MemberOf {
        /// The part that does not hold: the first one, where all of several have to.
        term: String,
        /// Which part that is and of how many, where there are several.
        part: Option<(usize, usize)>,
    },
    /// A task runs there that keeps the group off: kube-scheduler would not let the task come.
    KeptOff(Arc<str>),
    /// It could take the task, but a strategy prefers other nodes.
    Strategy {
        /// Which one.
        strategy: Strategy,
        /// The number of the chosen node: tasks, millicores or KiB.
        here: u32,
        /// The least number of these nodes.
        there: u32,
    },
    /// Everything is equal, and the chosen node has been known for longer.
    Order,
}

/// What can be too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Amount {
    Cpu,
    Memory,
    Gpu,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chosen {
            Some(node) => write!(f, "{node}, of {}/{} nodes that can take it", self.fitting, self.nodes)?,
            None => write!(f, "0/{} nodes", self.nodes)?,
        }
        for (i, counted) in self.reasons.iter().enumerate() {
            write!(f, "{}{counted}", if i == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.nodes, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReady => f.write_str("not ready"),
            Self::Cordoned => f.write_str("cordoned"),
            Self::TooLittle { what: Amount::Cpu, needs, most, on, .. } => {
                write!(f, "too little CPU (needs {needs}m, most free {most}m on {on})")
            }
            // What is needed is rounded up and what is left is rounded down, as everywhere.
            Self::TooLittle { what: Amount::Memory, needs, most, on, .. } => {
                let (needs, most) = (needs.div_ceil(MIB), most / MIB);
                write!(f, "too little memory (needs {needs} MiB, most free {most} on {on})")
            }
            Self::TooLittle { what: Amount::Gpu, needs, most, on, .. } => {
                write!(f, "too few GPUs (needs {needs}, most free {most} on {on})")
            }
            Self::NoPodSlot => f.write_str("without room for another pod"),
            Self::Port(port) => write!(f, "with port {port} in use"),
            Self::Taint(Taint { key, value, effect }) => {
                let equals = if value.is_empty() { "" } else { "=" };
                write!(f, "with taint {key}{equals}{value}:{} that is not tolerated", effect.as_str())
            }
            Self::Selector(requirement) => write!(f, "not selected by the pod ({requirement})"),
            Self::DistinctInstance(group) => write!(f, "with a task of {group} (distinctInstance)"),
            Self::MemberOf { term, part: None } => write!(f, "not memberOf {term}"),
            Self::MemberOf { term, part: Some((number, of)) } => {
                write!(f, "not memberOf {term} (term {number} of {of})")
            }
            Self::KeptOff(group) => write!(f, "with a task that keeps {group} off"),
            Self::Strategy { strategy: Strategy::Random, .. } => f.write_str("not drawn"),
            Self::Strategy { strategy, here, there } => {
                let (least, unit) = match strategy {
                    Strategy::Spread(_) => ("has", if *there == 1 { " task" } else { " tasks" }),
                    Strategy::Binpack(Resource::Cpu) => ("has", "m left"),
                    Strategy::Binpack(Resource::Memory) => ("has", " MiB left"),
                    Strategy::Random => ("", ""),
                };
                let scale = if *strategy == Strategy::Binpack(Resource::Memory) { MIB } else { 1 };
                let (here, there) = (here / scale, there / scale);
                write!(f, "after {strategy} (the next {least} {there}{unit}, the chosen one {here})")
            }
            Self::Order => f.write_str("equal, and known for a shorter time"),
        }
    }
}
