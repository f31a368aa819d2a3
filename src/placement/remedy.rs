//! What somebody can do about a task that no node takes.

use super::explain::{Amount, Explanation, Reason};
use super::node::{MIB, Taint};

/// CPU units of ECS in a vCPU, which are 1,000 millicores.
const UNITS: u32 = 1024;

impl Explanation {
    /// What would make room for the task: a sentence for each reason, that of most nodes first. Nothing where the task
    /// has a node.
    #[must_use]
    pub fn remedies(&self) -> Vec<String> {
        if self.chosen.is_some() {
            return Vec::new();
        }
        if self.nodes == 0 {
            return vec!["Add nodes: there are none.".to_owned()];
        }
        self.reasons.iter().filter_map(|counted| counted.reason.remedy()).collect()
    }
}

impl Reason {
    fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::TooLittle { what: Amount::Memory, needs, most, on } => {
                let (needs, most) = (needs.div_ceil(MIB), most / MIB);
                format!(
                    "Add a node with {needs} MiB of memory to spare, or let the task need {most} MiB at most: then {on} can take one."
                )
            }
            Self::TooLittle { what: Amount::Cpu, needs, most, on } => {
                let units = u64::from(*most) * u64::from(UNITS) / 1000;
                format!(
                    "Add a node with {needs}m of CPU to spare, or let the task need {units} CPU units ({most}m) at most: then {on} can take one."
                )
            }
            Self::TooLittle { what: Amount::Gpu, needs, .. } => format!("Add a node with {needs} free GPUs."),
            Self::NotReady => "Look why nodes are not ready: kubectl describe node NODE.".to_owned(),
            Self::Cordoned => "Let nodes take tasks again: kubectl uncordon NODE.".to_owned(),
            Self::NoPodSlot => "Add a node, or raise the number of pods that a kubelet takes.".to_owned(),
            Self::Port(port) => {
                format!("Add a node, or leave out the host port {port}: only one task of a node can have it.")
            }
            Self::Taint(Taint { key, effect, .. }) => format!(
                "Let the service's capacity provider tolerate {key} (kubernetes.tolerations), or remove the taint: kubectl taint node NODE {key}:{}-.",
                effect.as_str()
            ),
            Self::Selector(requirement) => {
                format!(
                    "Give nodes the labels that the pod selects ({requirement}), or choose another capacity provider."
                )
            }
            Self::Volume(requirement) => format!("Add a node where the volume is ({requirement})."),
            Self::DistinctInstance(_) => {
                "Add a node, or lower desiredCount: with distinctInstance there are no more tasks than nodes."
                    .to_owned()
            }
            Self::MemberOf { term, .. } => {
                format!("Add or label nodes so that {term} holds, or change the constraint.")
            }
            Self::Strategy { .. } | Self::Order => return None,
        })
    }
}
