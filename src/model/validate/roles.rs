//! Roles: the task role is the pods', the execution role reads secrets and is nobody's.

use super::home::Home;
use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::finding::{Code, Path};
use crate::iam::{self, Account, Mode, READ_ACTIONS};
use crate::model::Task;
use crate::model::secret::Source;
use crate::model::service::Identity;
use crate::policy::Privilege;

/// ARN of the task role.
pub(super) fn task(spec: &TaskDefinitionSpec, home: &Home, report: &mut Report<'_>) -> Option<String> {
    let role = set(spec.task_role_arn.as_deref())?;
    let path = Path::ROOT.member("taskRoleArn");
    report.grant(Privilege::Roles, role, path);
    arn(role, home, path, "the tasks run without a role", report)
}

/// On an instance a task without a role has the instance's.
pub(super) fn of_instance(spec: &TaskDefinitionSpec, on_instances: bool, report: &mut Report<'_>) {
    if on_instances && set(spec.task_role_arn.as_deref()).is_none() {
        report.advise(
            Code::InstanceRoleNotUsed,
            Path::ROOT.member("taskRoleArn"),
            "On ECS a task without a role can use its instance's; pods only reach the node's where its metadata service allows two hops.",
            "If the containers call AWS, give them a taskRoleArn with what they need. AWS_REGION comes with a role; set it where the code needs it without one.",
        );
    }
}

/// ARN of the execution role. What it is used for is said where it is used.
pub(super) fn execution(spec: &TaskDefinitionSpec, home: &Home, report: &mut Report<'_>) -> Option<String> {
    let role = set(spec.execution_role_arn.as_deref())?;
    let path = Path::ROOT.member("executionRoleArn");
    let reads = spec
        .container_definitions
        .iter()
        .any(|container| !container.secrets.is_empty() || container.repository_credentials.is_some());
    if reads {
        report.grant(Privilege::Roles, role, path);
        return arn(role, home, path, "nothing can be read with it", report);
    }
    iam::role(role).map(|_| role.to_owned())
}

/// Says what the execution role is not used for, unless it is used; and whose identity reads secrets in its place.
pub(super) fn execution_use(task: &Task, report: &mut Report<'_>) {
    let path = Path::ROOT.member("executionRoleArn");
    let used = task.secrets.iter().any(|secret| matches!(secret.source, Source::OwnStore(_)));
    if task.has_execution_role && !used {
        report.add(
            Code::ExecutionRoleNotUsed,
            path,
            "Images are pulled and logs are shipped with the identity of the node, which has to be allowed to.",
        );
    }
    let shared = task.secrets.iter().find_map(|secret| match &secret.source {
        Source::Store(store) if store.kind == "ClusterSecretStore" => {
            let remedy = format!("Close it to other namespaces by spec.conditions of the ClusterSecretStore {}.", store.name);
            Some((format!("The store {}", store.name), "its own identity", remedy))
        }
        Source::OwnStore(own) if own.service_account.is_none() => {
            let remedy = "Let only the namespaces that need them make ExternalSecrets and SecretStores, or set identity.mode IRSA.";
            Some((
                "External Secrets".to_owned(),
                "its own identity, which may assume the execution role",
                remedy.to_owned(),
            ))
        }
        _ => None,
    });
    if let Some((who, identity, remedy)) = shared {
        report.advise(
            Code::SecretIdentityShared,
            path,
            format!("{who} reads the secrets with {identity}: every namespace that can have an ExternalSecret can read all that it may."),
            remedy,
        );
    }
}

/// The role's ARN. A bare name is a role of the account that the definition lives in.
fn arn(role: &str, home: &Home, path: Path<'_>, without: &str, report: &mut Report<'_>) -> Option<String> {
    // What is legal in a path and in a name, besides the ARN's own colons.
    if !role.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/:".contains(&b)) {
        report.add(Code::InvalidValue, path, format!("{role:?} is neither the ARN nor the name of a role."));
        return None;
    }
    if iam::role(role).is_some() {
        return Some(role.to_owned());
    }
    match &home.account {
        Some((partition, account)) if !role.contains(':') => {
            let arn = format!("arn:{partition}:iam::{account}:role/{role}");
            report.add(
                Code::ReadAs,
                path,
                format!("{role} is read as {arn}, the account of the other ARNs."),
            );
            Some(arn)
        }
        _ => {
            report.advise(
                Code::RoleWithoutAccount,
                path,
                format!("{role:?} names a role without its account, so {without}."),
                "Write the role's full ARN.",
            );
            None
        }
    }
}

/// Whom the tasks of a service are that has a ServiceAccount of its own.
pub(super) fn own_identity(task: &Task, report: &mut Report<'_>) -> Identity {
    let Some(role) = &task.role else {
        return Identity::Own { role: None };
    };
    let context = report.context;
    let account = Account { namespace: &context.namespace, name: &context.name };
    let (mode, name) = (context.iam.mode, account.name);
    let trust = iam::trust_remedy(mode, role, account).unwrap_or_default();
    let path = Path::ROOT.member("taskRoleArn");
    match mode {
        Mode::Irsa => {
            let message = format!(
                "{role} trusts ecs-tasks.amazonaws.com; it also has to trust the service's ServiceAccount, {}.",
                account.subject()
            );
            report.advise(Code::TrustPolicyChangeRequired, path, message, trust);
            Identity::Own { role: Some(role.clone()) }
        }
        // The association is outside of the cluster; an annotation would win over it.
        Mode::PodIdentity => {
            let command = iam::pod_identity_command(role, account);
            report.advise(
                Code::PodIdentityAssociationRequired,
                path,
                format!("Tasks have {role} once it is associated with the ServiceAccount {name} and trusts EKS Pod Identity."),
                format!("`{command}`. {trust}"),
            );
            Identity::Own { role: None }
        }
    }
}

/// A ServiceAccount that is there already: what role it has is its owner's business.
pub(super) fn existing_identity(task: &Task, name: String, report: &mut Report<'_>) -> Identity {
    if let Some(role) = &task.role {
        report.advise(
            Code::TaskRoleLeftToServiceAccount,
            Path::ROOT.member("taskRoleArn"),
            format!("The tasks run as the ServiceAccount {name}, which is not touched: they have {role} if that has."),
            format!(
                "`kubectl -n {} annotate serviceaccount {name} eks.amazonaws.com/role-arn={role}`, unless it has it.",
                report.context.namespace
            ),
        );
    }
    Identity::Existing(name)
}

/// What the execution role has to allow so that External Secrets can read with it.
pub(super) fn execution_trust(task: &Task, report: &mut Report<'_>) {
    let own = task.secrets.iter().find_map(|secret| match &secret.source {
        Source::OwnStore(store) => Some(store),
        Source::Hand | Source::Store(_) => None,
    });
    let Some(store) = own else {
        return;
    };
    let role = &store.role;
    let actions = READ_ACTIONS.join(" and ");
    let (message, remedy) = match &store.service_account {
        Some(account) => (
            format!(
                "External Secrets reads the secrets with {role} as the ServiceAccount {account}, which it has to trust; no pod runs as that."
            ),
            iam::trust_remedy(
                Mode::Irsa,
                role,
                Account { namespace: &report.context.namespace, name: account },
            )
            .unwrap_or_default(),
        ),
        None => (
            format!(
                "External Secrets reads the secrets with {role}, which has to trust the role of External Secrets itself."
            ),
            "Let its trust policy allow sts:AssumeRole and sts:TagSession to the role of External Secrets."
                .to_owned(),
        ),
    };
    let remedy = format!("{remedy} Its policy has to allow {actions}, as far as it reads these.");
    report.advise(Code::TrustPolicyChangeRequired, Path::ROOT.member("executionRoleArn"), message, remedy);
}
