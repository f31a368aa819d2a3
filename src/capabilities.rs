//! What the cluster can do beyond the oldest Kubernetes that is supported (1.33).

use std::collections::BTreeSet;

/// Features of the control plane and its nodes, found by discovery and server dry run in the operator, by a
/// version or a file offline. Never inferred from a version number in a live cluster: gates can be off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Pod-level `spec.resources` (KEP-2837): on by default from 1.34.
    pub pod_resources: bool,
    /// Per-container `restartPolicy` and `restartPolicyRules` (KEP-5307): on by default from 1.35.
    pub restart_rules: bool,
    /// Rule action `RestartAllContainers` (KEP-5532): on by default from 1.36.
    pub restart_all: bool,
    /// `behavior.*.tolerance` of the HorizontalPodAutoscaler (KEP-4951): on by default from 1.35.
    pub autoscaler_tolerance: bool,
    /// Optional APIs that are served, by group, for example `external-secrets.io`.
    pub apis: BTreeSet<String>,
}

impl Capabilities {
    /// What a cluster of this minor version has by default; `None` for a version that is not supported.
    ///
    /// Source: the KEPs named on the members.
    #[must_use]
    pub fn of_version(version: &str) -> Option<Self> {
        let minor: u32 = version.trim_start_matches('v').strip_prefix("1.")?.parse().ok()?;
        (33..=37).contains(&minor).then(|| Self {
            pod_resources: minor >= 34,
            restart_rules: minor >= 35,
            restart_all: minor >= 36,
            autoscaler_tolerance: minor >= 35,
            apis: BTreeSet::new(),
        })
    }
}
