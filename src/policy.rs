//! What a namespace may ask for. `model::validate` is the only place that asks.

use std::collections::BTreeSet;

/// The default for namespaces that carry no label of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everything is allowed.
    Permissive,
    /// What ECS users use daily is allowed; access to the host, snapshots and node labels by namespace label.
    #[default]
    Baseline,
    /// Everything that is listed as a [`Privilege`] by namespace label.
    Restricted,
}

/// Something that reaches beyond the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privilege {
    /// Paths, devices and namespaces of the node; privileged containers.
    HostAccess,
    /// Existing file systems and volumes, by id.
    VolumeHandles,
    /// Restoring EBS snapshots.
    Snapshots,
    /// Existing load balancer target groups.
    TargetGroups,
    /// IAM roles for tasks.
    Roles,
    /// Labels that the operator writes on nodes.
    NodeLabels,
}

impl Privilege {
    /// Every privilege.
    pub const ALL: &'static [Self] = &[
        Self::HostAccess,
        Self::VolumeHandles,
        Self::Snapshots,
        Self::TargetGroups,
        Self::Roles,
        Self::NodeLabels,
    ];

    /// The word for it in the namespace label `ecs-bridge.dev/allow`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HostAccess => "host-access",
            Self::VolumeHandles => "volume-handles",
            Self::Snapshots => "snapshots",
            Self::TargetGroups => "target-groups",
            Self::Roles => "roles",
            Self::NodeLabels => "node-labels",
        }
    }
}

/// What one namespace may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The cluster-wide default (chart value `policy.mode`).
    pub mode: Mode,
    /// Offline: say what would need a grant as a Warning instead of allowing it in silence.
    pub warn: bool,
    granted: BTreeSet<Privilege>,
}

impl Policy {
    /// A policy from the mode and the value of the namespace's `ecs-bridge.dev/allow` label: words of
    /// [`Privilege::as_str`] separated by `.` (a label value holds no comma); unknown words are ignored.
    #[must_use]
    pub fn new(mode: Mode, label: Option<&str>) -> Self {
        let words: BTreeSet<&str> = label.unwrap_or_default().split('.').collect();
        let granted = Privilege::ALL
            .iter()
            .copied()
            .filter(|p| words.contains(p.as_str()))
            .collect();
        Self {
            mode,
            warn: false,
            granted,
        }
    }

    /// Whether the namespace may use `privilege` for `value` (a path, an ARN, a volume id).
    ///
    /// `value` does not change the answer yet; it is part of the question so that grants can become finer
    /// without touching a caller.
    #[must_use]
    pub fn allows(&self, privilege: Privilege, _value: &str) -> bool {
        self.granted.contains(&privilege)
            || match self.mode {
                Mode::Permissive => true,
                Mode::Baseline => {
                    matches!(
                        privilege,
                        Privilege::VolumeHandles | Privilege::TargetGroups | Privilege::Roles
                    )
                }
                Mode::Restricted => false,
            }
    }
}
