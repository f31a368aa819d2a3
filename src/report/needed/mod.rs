//! What has to exist before the workloads can run as on ECS, each thing once.

pub(super) mod add_on;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Decision, Definition, Group};
use crate::api::TaskDefinitionSpec;
use crate::finding::Code;
use crate::iam::{self, Account, Mode, READ_ACTIONS};
use crate::model::Service;
use crate::model::secret::Source;
use crate::model::service::Identity;
use crate::translate::log_routing;
pub use add_on::AddOn;

/// A service with the task definition that it runs, or a task definition that a service may come to run.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its namespace.
    pub namespace: String,
    /// `metadata.name` of the service.
    pub service: String,
    /// What it runs.
    pub task: TaskDefinitionSpec,
    /// The roles that it has, each with the ServiceAccount that gets it.
    pub roles: Vec<Use>,
}

/// A role and who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// ARN of the role.
    pub role: String,
    /// How it gets to pods.
    pub mode: Mode,
    /// Name of the ServiceAccount.
    pub service_account: String,
    /// Whether secrets are read with it, and by no pod.
    pub reads_secrets: bool,
}

/// The roles that a service's ServiceAccounts have to be trusted by.
#[must_use]
pub fn roles(service: &Service, mode: Mode) -> Vec<Use> {
    let own = match &service.identity {
        Identity::Own { .. } => service.task.role.as_ref(),
        Identity::Existing(_) => None,
    };
    let own = own.map(|role| Use {
        role: role.clone(),
        mode,
        service_account: service.service_account().to_owned(),
        reads_secrets: false,
    });
    let reads = service.task.secrets.iter().find_map(|secret| match &secret.source {
        Source::OwnStore(store) => Some(Use {
            role: store.role.clone(),
            mode: Mode::Irsa,
            service_account: store.service_account.clone()?,
            reads_secrets: true,
        }),
        Source::Hand | Source::Store(_) => None,
    });
    own.into_iter().chain(reads).collect()
}

/// What has to exist first.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Needed {
    /// What has to be installed in the cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_ons: Vec<AddOn>,
    /// Roles whose trust policies have to change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Commands that fill secrets, label nodes and namespaces, and associate roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// What a collector on the nodes has to do, as configuration of Fluent Bit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_routing: Option<LogRouting>,
}

/// A role that pods or External Secrets assume.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// The ServiceAccounts that have it, as `namespace/name`.
    pub service_accounts: Vec<String>,
    /// What its policy has to allow where External Secrets reads with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allows: Vec<&'static str>,
    /// The trust policy that it needs.
    pub trust_policy: Value,
}

/// Configuration of Fluent Bit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRouting {
    /// Filters and outputs, for a collector that reads the containers' logs with tags `kube.*`.
    pub fluent_bit: String,
    /// Environment variables of the collector that hold secrets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// The ConfigMap that says the same to EKS Fargate; absent where that would be too long for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fargate: Option<String>,
}

impl Needed {
    pub(super) fn new(definitions: &[Definition], decisions: &[Decision], workloads: &[Workload]) -> Self {
        Self {
            add_ons: add_on::all(definitions),
            roles: trusted(workloads),
            commands: commands(decisions),
            log_routing: log_routing(workloads),
        }
    }
}

/// Each role once, with everybody who has it.
fn trusted(workloads: &[Workload]) -> Vec<Role> {
    let mut roles: BTreeMap<(&str, bool), Vec<Account<'_>>> = BTreeMap::new();
    let mut readers: BTreeSet<&str> = BTreeSet::new();
    for workload in workloads {
        for used in &workload.roles {
            let accounts = roles.entry((&used.role, used.mode == Mode::Irsa)).or_default();
            readers.extend(Some(used.role.as_str()).filter(|_| used.reads_secrets));
            let account = Account { namespace: &workload.namespace, name: &used.service_account };
            if !accounts.contains(&account) {
                accounts.push(account);
            }
        }
    }
    let role = |((arn, irsa), accounts): ((&str, bool), Vec<Account<'_>>)| {
        let mode = if irsa { Mode::Irsa } else { Mode::PodIdentity };
        Some(Role {
            arn: arn.to_owned(),
            service_accounts: accounts.iter().map(|a| format!("{}/{}", a.namespace, a.name)).collect(),
            allows: if readers.contains(arn) { READ_ACTIONS.to_vec() } else { Vec::new() },
            trust_policy: iam::trust_policy(mode, arn, &accounts)?,
        })
    };
    roles.into_iter().filter_map(role).collect()
}

/// Remedies that are commands, each once.
fn commands(decisions: &[Decision]) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let prepare = decisions.iter().filter(|decision| decision.group == Group::Prepare);
    for command in prepare.flat_map(|decision| &decision.remedies).filter_map(|remedy| command(remedy)) {
        if !commands.iter().any(|known| known == command) {
            commands.push(command.to_owned());
        }
    }
    commands
}

/// The command that a remedy is, or begins with.
pub(super) fn command(remedy: &str) -> Option<&str> {
    match remedy.strip_prefix('`') {
        // A shell's own backquotes do not occur in our commands.
        Some(rest) => rest.split_once('`').map(|(command, _)| command),
        None => remedy.starts_with("kubectl ").then(|| remedy.split(" (").next().unwrap_or(remedy)),
    }
}

/// Whether the list of roles says what findings of this code ask for.
pub(super) fn is_told(code: &str) -> bool {
    [Code::PodIdentityAssociationRequired, Code::TrustPolicyChangeRequired].iter().any(|c| c.as_str() == code)
}

/// Whether commands or roles say what the remedy asks for.
pub(super) fn covers(decision: &Decision, remedy: &str) -> bool {
    command(remedy).is_some() || is_told(&decision.code) && remedy.starts_with("Its trust policy")
}

fn log_routing(workloads: &[Workload]) -> Option<LogRouting> {
    let sources: Vec<log_routing::Source<'_>> = workloads
        .iter()
        .map(|workload| log_routing::Source {
            namespace: &workload.namespace,
            service: &workload.service,
            task: &workload.task,
        })
        .collect();
    let proposal = log_routing::proposal(&sources);
    if proposal.outputs.is_empty() {
        return None;
    }
    let fargate = Some(proposal.config_map()).filter(|text| text.len() <= log_routing::MOST_ON_FARGATE);
    let fluent_bit = format!("{}{}", proposal.filters, proposal.outputs);
    Some(LogRouting { fluent_bit, secrets: proposal.secrets, fargate })
}
