//! What is assumed of the cluster that the definitions are meant for.

mod capabilities;

use crate::capabilities::Capabilities;
use crate::iam;
use crate::policy::{Mode, PodSecurity, Policy};
use capabilities::Source;

/// Options that every command understands which looks at definitions without asking a cluster.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// What the cluster can do: a version from 1.33 to 1.37, or a YAML file.
    #[arg(long, value_name = "VERSION|FILE", default_value = "1.36", value_parser = capabilities::source)]
    capabilities: Source,
    /// Optional API group that the cluster serves, for example external-secrets.io; can be given again.
    #[arg(long = "api", value_name = "GROUP", value_delimiter = ',')]
    apis: Vec<String>,
    /// How roles reach pods: IRSA, or PodIdentity.
    #[arg(long, value_name = "MODE", default_value = "IRSA")]
    identity_mode: iam::Mode,
    /// What the namespaces may ask for.
    #[arg(long, value_enum, default_value_t)]
    policy: PolicyName,
    /// Pod Security level that the namespaces enforce.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t)]
    pod_security: Level,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Level {
    /// Everything goes.
    #[default]
    Privileged,
    /// No known way out of a container.
    Baseline,
    /// Containers are hardened.
    Restricted,
}

impl Level {
    const fn level(self) -> PodSecurity {
        match self {
            Self::Privileged => PodSecurity::Privileged,
            Self::Baseline => PodSecurity::Baseline,
            Self::Restricted => PodSecurity::Restricted,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum PolicyName {
    /// Everything; what would need a grant is a warning.
    #[default]
    Permissive,
    /// What ECS users use daily.
    Baseline,
    /// Nothing that reaches beyond the namespace.
    Restricted,
}

impl PolicyName {
    fn policy(self, allowed: Option<&str>) -> Policy {
        let mode = match self {
            Self::Permissive => Mode::Permissive,
            Self::Baseline => Mode::Baseline,
            Self::Restricted => Mode::Restricted,
        };
        let mut policy = Policy::new(mode, allowed);
        policy.warn = matches!(self, Self::Permissive);
        policy
    }
}

/// A cluster that is not asked.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    /// What its namespaces may ask for.
    pub(super) policy: Policy,
    /// What it can do.
    pub(super) capabilities: Capabilities,
    /// How roles and secrets reach its pods.
    pub(super) iam: iam::Settings,
}

impl Options {
    /// The cluster that the options describe.
    pub(super) fn cluster(&self) -> Cluster {
        let mut capabilities = self.capabilities.0.clone();
        capabilities.apis.extend(self.apis.iter().cloned());
        let mut policy = self.policy.policy(None);
        policy.pod_security = self.pod_security.level();
        let iam = iam::Settings { mode: self.identity_mode, ..iam::Settings::default() };
        Cluster { policy, capabilities, iam }
    }

    /// The same with what a namespace in a cluster says of itself: what its labels allow and enforce, and what is
    /// served beside it.
    #[cfg(feature = "operator")]
    pub(super) fn with(&self, fetched: &crate::operator::Fetched) -> Cluster {
        let mut cluster = self.cluster();
        cluster.policy = self.policy.policy(fetched.allowed.as_deref());
        cluster.policy.pod_security = PodSecurity::of_label(fetched.pod_security.as_deref());
        cluster.capabilities.apis.extend(fetched.apis.iter().cloned());
        cluster
    }
}
