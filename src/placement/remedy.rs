//! What somebody can do about a task that no node takes.

use super::explain::{Amount, Explanation, Reason};
use super::node::{MIB, Resources, Taint};

/// CPU units of ECS in a vCPU, which are 1,000 millicores.
const UNITS: u32 = 1024;
/// Labels that say what a node is, by how they begin.
const GIVEN: &[&str] = &["kubernetes.io/", "node.kubernetes.io/", "topology.kubernetes.io/"];

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
        let mut remedies = Vec::new();
        for remedy in self.reasons.iter().filter_map(|counted| counted.reason.remedy(self.needs)) {
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
        remedies
    }
}

impl Reason {
    fn remedy(&self, needs: Resources) -> Option<String> {
        let whole = amounts(needs);
        Some(match self {
            Self::TooLittle { what: Amount::Memory, only, .. } => {
                let enough = only.as_ref().map(|(left, on)| (left / MIB, on)).filter(|(left, _)| *left > 0);
                let less = enough.map(|(left, on)| {
                    format!(", or let the task need {left} MiB at most: then {on} can take one")
                });
                format!("Add a node with {whole} to spare{}.", less.unwrap_or_default())
            }
            Self::TooLittle { what: Amount::Cpu, only, .. } => {
                let units = |left: u32| u64::from(left) * u64::from(UNITS) / 1000;
                let enough = only.as_ref().filter(|(left, _)| units(*left) > 0);
                let less = enough.map(|(left, on)| {
                    let units = units(*left);
                    format!(
                        ", or let the task need {units} CPU units ({left}m) at most: then {on} can take one"
                    )
                });
                format!("Add a node with {whole} to spare{}.", less.unwrap_or_default())
            }
            Self::TooLittle { what: Amount::Gpu, .. } => format!("Add a node with {whole} to spare."),
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
            Self::Selector(requirement) if is_given(requirement) => {
                format!("Add nodes that the pod selects ({requirement}), or change what the task asks for.")
            }
            Self::Selector(requirement) => {
                format!(
                    "Give nodes the labels that the pod selects ({requirement}), or choose another capacity provider."
                )
            }
            Self::DistinctInstance(_) => {
                "Add a node, or lower desiredCount: with distinctInstance there are no more tasks than nodes."
                    .to_owned()
            }
            // ECS's own attributes are what a node is.
            Self::MemberOf { term, .. } if term.contains("attribute:ecs.") => {
                format!("Add nodes for which {term} holds, or change the constraint.")
            }
            Self::MemberOf { term, .. } => {
                format!("Add or label nodes so that {term} holds, or change the constraint.")
            }
            Self::KeptOff(group) => {
                format!(
                    "Add a node, or change the constraint not(task:group == {group}) of the service whose tasks are there."
                )
            }
            Self::Strategy { .. } | Self::Order => return None,
        })
    }
}

/// All that a task takes: a node that has what the first reason names, and nothing else, would be of no use.
fn amounts(needs: Resources) -> String {
    let Resources { cpu, memory, gpu, .. } = needs;
    let gpus = if gpu == 1 { "GPU" } else { "GPUs" };
    let all = [
        (cpu, format!("{cpu}m of CPU")),
        (memory, format!("{} MiB of memory", memory.div_ceil(MIB))),
        (gpu, format!("{gpu} {gpus}")),
    ];
    let some: Vec<String> = all.into_iter().filter(|(amount, _)| *amount > 0).map(|(_, text)| text).collect();
    match some.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        some => some.concat(),
    }
}

/// Whether a requirement asks for what a node is, and nobody should label it otherwise.
fn is_given(requirement: &str) -> bool {
    GIVEN.iter().any(|prefix| requirement.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(reason: &Reason) -> String {
        reason.remedy(Resources { cpu: 2000, memory: 4 * MIB, gpu: 1, pods: 1 }).unwrap()
    }

    fn too_little(what: Amount, only: Option<u32>) -> Reason {
        let only = only.map(|left| (left, "n2".into()));
        Reason::TooLittle { what, needs: 4 * MIB, most: 3 * MIB, on: "n1".into(), only }
    }

    #[test]
    fn a_smaller_task_is_advised_only_where_that_alone_would_do() {
        for (what, only, advised) in [
            (Amount::Memory, Some(2 * MIB), Some("2 MiB at most: then n2 can take one")),
            (Amount::Memory, Some(MIB - 1), None),
            (Amount::Memory, None, None),
            (Amount::Cpu, Some(500), Some("512 CPU units (500m) at most: then n2 can take one")),
            (Amount::Cpu, Some(0), None),
            (Amount::Cpu, None, None),
        ] {
            let text = remedy(&too_little(what, only));
            assert!(
                text.starts_with("Add a node with 2000m of CPU, 4 MiB of memory and 1 GPU to spare"),
                "{text}"
            );
            match advised {
                Some(advised) => assert!(text.contains(advised), "{text}"),
                None => assert!(!text.contains("let the task need") && text.ends_with("to spare."), "{text}"),
            }
        }
    }

    #[test]
    fn nobody_is_told_to_label_what_a_node_is() {
        for (requirement, word) in [
            ("kubernetes.io/arch In [arm64]", "Add nodes"),
            ("kubernetes.io/os In [windows]", "Add nodes"),
            ("tier In [a]", "Give nodes the labels"),
        ] {
            let text = remedy(&Reason::Selector(requirement.to_owned()));
            assert!(text.starts_with(word), "{text}");
        }
        let member_of = |term: &str| remedy(&Reason::MemberOf { term: term.to_owned(), part: None });
        assert!(member_of("attribute:ecs.cpu-architecture == arm64").starts_with("Add nodes for which"));
        assert!(member_of("attribute:stack == a").starts_with("Add or label nodes"));
    }
}
