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

/// The Pod Security level that a namespace enforces, least strict first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodSecurity {
    /// Everything goes.
    #[default]
    Privileged,
    /// No known way out of a container.
    Baseline,
    /// Containers are hardened.
    Restricted,
}

impl PodSecurity {
    /// The namespace label that enforces a level.
    pub const LABEL: &'static str = "pod-security.kubernetes.io/enforce";

    /// The level of a label's value. The API server takes no other values; none is the least strict one.
    #[must_use]
    pub fn of_label(value: Option<&str>) -> Self {
        match value {
            Some("baseline") => Self::Baseline,
            Some("restricted") => Self::Restricted,
            _ => Self::Privileged,
        }
    }

    /// The label's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
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
    /// What the API server lets pods of the namespace do, whatever is granted here.
    pub pod_security: PodSecurity,
    granted: BTreeSet<Privilege>,
}

/// Answer of a [`Policy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be used.
    Allow,
    /// It may be used here; another namespace would need a grant.
    Warn,
    /// It may not be used.
    Refuse,
}

impl Policy {
    /// A policy from the mode and the value of the namespace's `ecs-bridge.dev/allow` label: words of
    /// [`Privilege::as_str`] separated by `.` (a label value holds no comma); unknown words are ignored.
    #[must_use]
    pub fn new(mode: Mode, label: Option<&str>) -> Self {
        let words: BTreeSet<&str> = label.unwrap_or_default().split('.').collect();
        let granted = Privilege::ALL.iter().copied().filter(|p| words.contains(p.as_str())).collect();
        Self { mode, warn: false, pod_security: PodSecurity::default(), granted }
    }

    /// The value of the namespace's label that grants these as well as what it grants already.
    #[must_use]
    pub fn words_with(&self, needed: &BTreeSet<Privilege>) -> String {
        let words: Vec<&str> = self.granted.union(needed).map(|privilege| privilege.as_str()).collect();
        words.join(".")
    }

    /// What validation has to say when `privilege` is used for `value`.
    ///
    /// With [`Self::warn`] nothing is refused; what the chart's default would refuse, or this mode does, is a
    /// warning.
    #[must_use]
    pub fn verdict(&self, privilege: Privilege, value: &str) -> Verdict {
        let default = Self { mode: Mode::default(), ..self.clone() };
        match (self.allows(privilege, value), self.warn) {
            (true, true) if !default.allows(privilege, value) => Verdict::Warn,
            (true, _) => Verdict::Allow,
            (false, true) => Verdict::Warn,
            (false, false) => Verdict::Refuse,
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
                    matches!(privilege, Privilege::VolumeHandles | Privilege::TargetGroups | Privilege::Roles)
                }
                Mode::Restricted => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_mode_says() {
        use Mode::{Baseline, Permissive, Restricted};
        use Privilege::{HostAccess, Roles};
        use Verdict::{Allow, Refuse, Warn};
        for (mode, label, warn, privilege, expected) in [
            (Permissive, None, false, HostAccess, Allow),
            (Permissive, None, true, HostAccess, Warn),
            (Permissive, None, true, Roles, Allow),
            (Baseline, None, false, HostAccess, Refuse),
            (Baseline, None, true, HostAccess, Warn),
            (Baseline, Some("host-access"), true, HostAccess, Allow),
            (Baseline, None, false, Roles, Allow),
            (Restricted, None, false, Roles, Refuse),
            (Restricted, Some("snapshots.roles"), false, Roles, Allow),
        ] {
            let mut policy = Policy::new(mode, label);
            policy.warn = warn;
            assert_eq!(policy.verdict(privilege, "x"), expected, "{mode:?} {label:?} {warn} {privilege:?}");
        }
    }
}
