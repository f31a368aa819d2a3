//! Nodes, as plain values: what ECS calls a container instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

/// One node, as the placement core sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// `metadata.name`.
    pub name: Arc<str>,
    /// Its labels; attributes are read from them, see [`super::attribute`].
    pub labels: BTreeMap<String, String>,
    /// What keeps tasks off that do not tolerate it.
    pub taints: Vec<Taint>,
    /// Whether the kubelet reports that it is ready; on ECS, whether the agent is connected.
    pub ready: bool,
    /// Whether it is cordoned; on ECS, `DRAINING`.
    pub unschedulable: bool,
    /// What it has for tasks, before any of them runs.
    pub allocatable: Resources,
    /// Id of the EC2 instance, `i-…`.
    pub ec2_instance_id: Option<String>,
    /// When it joined the cluster.
    pub registered: Option<Timestamp>,
}

/// One MiB in the unit in which memory is counted here.
pub const MIB: u32 = 1024;

/// Amounts of what tasks reserve.
///
/// Memory is counted in KiB: exact for what nodes report and manifests ask for, in one 32-bit column up to 4 TiB. What a
/// node has is rounded down and what a task needs is rounded up, so what fits here fits in bytes as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Resources {
    /// CPU, in millicores: 1,024 CPU units of ECS are 1,000.
    pub cpu: u32,
    /// Memory, in KiB.
    pub memory: u32,
    /// GPUs.
    pub gpu: u32,
    /// Pods: every task takes one, whatever else it needs.
    pub pods: u32,
}

/// What keeps tasks off a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value, empty where it has none.
    pub value: String,
    /// What it does.
    pub effect: Effect,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum Effect {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

impl Effect {
    /// The effect of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute]
            .into_iter()
            .find(|one| one.as_str() == text)
    }

    /// The spelling in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}
