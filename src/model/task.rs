//! A task definition that can be run.

use std::collections::BTreeMap;

use super::life::Life;
use super::limits::Limits;
use super::network::{Names, Network};
use super::order::{Order, Stage};
use super::secret::{Secret, Variables};
use super::security::{Security, Shared};
use super::units::{CpuUnits, Mebibytes};
use super::volume::Volume;
use crate::api::ecs::ApplicationProtocol;
use crate::api::task_definition::{EssentialExit, ImagePullPolicy};
use crate::placement::Native;

/// A name as ECS has it, and as Kubernetes can spell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// ECS's own.
    pub original: String,
    /// A DNS label that is unique where it has to be.
    pub label: String,
}

/// A validated task definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// ECS family.
    pub family: String,
    /// Operating system of its containers.
    pub os: Os,
    /// CPU architecture that it asks for; `None` leaves it to where it runs.
    pub arch: Option<Arch>,
    /// Whether it runs on Fargate: its service says so, or it is for nothing else.
    pub on_fargate: bool,
    /// Whose network its containers use.
    pub network: Network,
    /// What names mean in it.
    pub names: Names,
    /// What its containers share beyond their network.
    pub shared: Shared,
    /// Annotations of its pods: what collectors and other tools read there.
    pub annotations: BTreeMap<String, String>,
    /// Tags of the definition, as annotations of what runs the pods.
    pub tags: BTreeMap<String, String>,
    /// Hard ceiling and reservation of the whole task, per resource.
    pub cpu: Option<CpuUnits>,
    /// Hard ceiling and reservation of the whole task, per resource.
    pub memory: Option<Mebibytes>,
    /// Its containers; at least one is essential.
    pub containers: Vec<Container>,
    /// Volumes that need nothing but this definition.
    pub volumes: Vec<Volume>,
    /// The volume that the service configures (`configuredAtLaunch`).
    pub at_launch: Option<Name>,
    /// ARN of the role that its containers have.
    pub role: Option<String>,
    /// Whether it names an execution role at all.
    pub has_execution_role: bool,
    /// ARN of the role that its secrets are read with.
    pub execution_role: Option<String>,
    /// Secrets that it needs, by name.
    pub secrets: Vec<Secret>,
    /// Names of those with which its images are pulled.
    pub pull_secrets: Vec<String>,
    /// Its own placement constraints.
    pub placement: Native,
    /// In which order its containers start.
    pub order: Order,
    /// What follows when an essential container exits, of what the cluster can do.
    pub essential_exit: EssentialExit,
    /// Kernel parameters, by name.
    pub sysctls: BTreeMap<String, String>,
    /// Disk space in GiB, where it is not the node's.
    pub ephemeral_storage: Option<u32>,
}

impl Task {
    /// Whether its own `cpu` and `memory` mean anything. Source: "Task size" of the developer guide: they are
    /// ignored for Windows containers on container instances.
    #[must_use]
    pub fn has_size(&self) -> bool {
        self.os == Os::Linux || self.on_fargate
    }

    /// Seconds that all its containers together have to stop: those that run side by side stop at the same time,
    /// after them the sidecars one after the other.
    #[must_use]
    pub fn stops_within(&self) -> u32 {
        let longest = |stage| {
            let of_stage = self.order.stages.iter().zip(&self.containers).filter(move |(s, _)| **s == stage);
            of_stage.map(|(_, container)| container.life.stops_within())
        };
        let sidecars = longest(Stage::Sidecar).fold(0, u32::saturating_add);
        let main = longest(Stage::Main).max().unwrap_or_default();
        main.saturating_add(sidecars).max(longest(Stage::Init).max().unwrap_or_default())
    }
}

/// Operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux.
    Linux,
    /// Windows, of the build that `node.kubernetes.io/windows-build` names; containers only run on their own.
    Windows {
        /// Value of the node label, for example `10.0.20348`.
        build: &'static str,
    },
}

/// CPU architecture, by its Kubernetes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Arch {
    Amd64,
    Arm64,
}

impl Arch {
    /// Value of `kubernetes.io/arch`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// A validated container.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// Name, unique in the task.
    pub name: Name,
    /// Image reference.
    pub image: String,
    /// When the image is pulled.
    pub pull: ImagePullPolicy,
    /// ENTRYPOINT; empty for the image's own.
    pub entry_point: Vec<String>,
    /// CMD; empty for the image's own.
    pub command: Vec<String>,
    /// Working directory.
    pub working_directory: Option<String>,
    /// Variables by name, in the order of the definition.
    pub environment: Vec<(String, String)>,
    /// Variables whose values are elsewhere.
    pub variables: Variables,
    /// Ports that it listens on.
    pub ports: Vec<Port>,
    /// CPU share; 0 where none is declared.
    pub cpu: CpuUnits,
    /// Hard limit.
    pub memory: Option<Mebibytes>,
    /// Soft limit, which is what is reserved.
    pub memory_reservation: Option<Mebibytes>,
    /// Whether the task ends with it.
    pub essential: bool,
    /// What it may do, and as whom.
    pub security: Security,
    /// Mounts, by the volume's label.
    pub mounts: Vec<Mount>,
    /// When it starts, how it is checked, what follows when it ends.
    pub life: Life,
    /// Devices, file systems in memory and process limits.
    pub limits: Limits,
}

impl Container {
    /// Memory that is set aside for it: the soft limit, else the hard one.
    #[must_use]
    pub fn reserved_memory(&self) -> Option<Mebibytes> {
        self.memory_reservation.or(self.memory)
    }
}

/// A port that a container listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// A port name (IANA service name) that is unique in the task.
    pub name: String,
    /// Port number in the task.
    pub container: u16,
    /// Port of the node, where a fixed one is asked for.
    pub host: Option<u16>,
    /// Transport.
    pub protocol: Protocol,
    /// What is spoken on it.
    pub app: Option<ApplicationProtocol>,
}

/// Transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    /// The spelling of Kubernetes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// A volume in a container's file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Label of the volume.
    pub volume: String,
    /// Where.
    pub path: String,
    /// Whether the container must not write to it.
    pub read_only: bool,
}
