//! Options of `ecs-bridge operator`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, ValueEnum};

use crate::iam;
use crate::object::external_secrets::StoreRef;
use crate::policy::Mode;

/// Runs the operator.
#[derive(Clone, Debug, ClapArgs)]
pub struct Args {
    /// Kubeconfig file; without it KUBECONFIG, then the pod's own service account
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Namespace of the operator: its Lease lives there
    #[arg(long, env = "ECS_BRIDGE_NAMESPACE", value_name = "NAME", default_value = "ecs-bridge")]
    pub namespace: String,
    /// Identity of this replica in the Lease and in events; in a pod its name
    #[arg(long, env = "ECS_BRIDGE_IDENTITY", value_name = "NAME", default_value_t = default_identity())]
    pub identity: String,
    /// What namespaces may ask for that carry no ecs-bridge.dev/allow label
    #[arg(long, env = "ECS_BRIDGE_POLICY_MODE", value_name = "MODE", default_value = "baseline")]
    pub policy_mode: PolicyMode,
    /// Architecture of Fargate-style tasks whose definition does not say
    #[arg(long, env = "ECS_BRIDGE_DEFAULT_ARCHITECTURE", value_name = "ARCH", default_value = "amd64")]
    pub default_architecture: Architecture,
    /// How roles reach pods: IRSA, or PodIdentity
    #[arg(long, env = "ECS_BRIDGE_IDENTITY_MODE", value_name = "MODE", default_value = "IRSA")]
    pub identity_mode: iam::Mode,
    /// Store of External Secrets for Secrets Manager, instead of one for each service
    #[arg(long, env = "ECS_BRIDGE_SECRETS_MANAGER_STORE", value_name = "KIND/NAME", value_parser = iam::store)]
    pub secrets_manager_store: Option<StoreRef>,
    /// Store of External Secrets for Parameter Store, instead of one for each service
    #[arg(long, env = "ECS_BRIDGE_PARAMETER_STORE", value_name = "KIND/NAME", value_parser = iam::store)]
    pub parameter_store: Option<StoreRef>,
    /// Custom resources that are reconciled at the same time
    #[arg(long, env = "ECS_BRIDGE_CONCURRENCY", value_name = "N", default_value_t = 16)]
    pub concurrency: u16,
    /// Address of /livez, /readyz and /metrics
    #[arg(long, env = "ECS_BRIDGE_LISTEN", value_name = "ADDR", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Address of the webhook that exact placement needs; without it no pod waits for a decision of the operator
    #[arg(long, env = "ECS_BRIDGE_WEBHOOK_LISTEN", value_name = "ADDR")]
    pub webhook_listen: Option<SocketAddr>,
    /// Name of the webhook's configuration and Service; its certificates are in the Secret NAME-webhook
    #[arg(long, env = "ECS_BRIDGE_WEBHOOK_NAME", value_name = "NAME", default_value = "ecs-bridge")]
    pub webhook_name: String,
    /// Whether replicas elect a leader; without it this one must be the only one
    #[arg(
        long,
        env = "ECS_BRIDGE_LEADER_ELECT",
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        action = ArgAction::Set
    )]
    pub leader_elect: bool,
    /// Seconds after which a leader that is not heard of is replaced
    #[arg(
        long,
        env = "ECS_BRIDGE_LEASE_SECONDS",
        value_name = "SECONDS",
        default_value_t = 15,
        value_parser = clap::value_parser!(u16).range(3..=3600)
    )]
    pub lease_seconds: u16,
    /// Watch only this namespace; may be repeated or separated by commas; without it all
    #[arg(long, env = "ECS_BRIDGE_WATCH_NAMESPACE", value_name = "NAME", value_delimiter = ',')]
    pub watch_namespace: Vec<String>,
    /// Seconds between two looks for cluster-scoped objects of ours that nobody needs any more
    #[arg(
        long,
        env = "ECS_BRIDGE_SWEEP_SECONDS",
        value_name = "SECONDS",
        default_value_t = 21600,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sweep_seconds: u32,
    /// How logs are written to stderr
    #[arg(long, env = "ECS_BRIDGE_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// What is logged: a level, or tracing directives
    #[arg(long, env = "ECS_BRIDGE_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
}

fn default_identity() -> String {
    let host = std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty());
    host.unwrap_or_else(|| format!("ecs-bridge-{}", std::process::id()))
}

/// Chart value `policy.mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PolicyMode {
    /// Everything is allowed.
    Permissive,
    /// Daily needs are allowed; access to the host, snapshots and node labels by namespace label.
    Baseline,
    /// Every privilege by namespace label.
    Restricted,
}

impl From<PolicyMode> for Mode {
    fn from(mode: PolicyMode) -> Self {
        match mode {
            PolicyMode::Permissive => Self::Permissive,
            PolicyMode::Baseline => Self::Baseline,
            PolicyMode::Restricted => Self::Restricted,
        }
    }
}

/// Processor architectures, as `kubernetes.io/arch` spells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum Architecture {
    Amd64,
    Arm64,
}

impl Architecture {
    /// Value of the label `kubernetes.io/arch`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object per line.
    Json,
}
