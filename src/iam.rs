//! Who may be whom on AWS: how roles reach pods, and what their trust policies have to say for that.
//!
//! Nothing here asks AWS or changes anything there; it spells out what somebody with the right to do so has to do.

use std::str::FromStr;

use serde_json::{Value, json};

use crate::model::name::is_subdomain;
use crate::object::external_secrets::StoreRef;

/// How roles reach pods (chart value `identity.mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// IAM roles for service accounts: an annotation names the role, the cluster's OIDC provider vouches.
    #[default]
    Irsa,
    /// EKS Pod Identity: associations outside of the cluster name the role.
    PodIdentity,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "irsa" => Ok(Self::Irsa),
            "podidentity" => Ok(Self::PodIdentity),
            _ => Err("write IRSA or PodIdentity".to_owned()),
        }
    }
}

/// How pods and secrets get at AWS, as the operator is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How roles reach pods.
    pub mode: Mode,
    /// The store for Secrets Manager (chart value `secretStoreRef.secretsManager`); without it each service gets
    /// its own.
    pub secrets_manager: Option<StoreRef>,
    /// The store for Parameter Store (chart value `secretStoreRef.parameterStore`).
    pub parameter_store: Option<StoreRef>,
}

/// Reads `SecretStore/NAME` or `ClusterSecretStore/NAME`.
///
/// # Errors
///
/// Says what is accepted.
pub fn store(text: &str) -> Result<StoreRef, String> {
    match text.split_once('/') {
        Some((kind @ ("SecretStore" | "ClusterSecretStore"), name)) if is_subdomain(name) => {
            Ok(StoreRef { kind: kind.to_owned(), name: name.to_owned() })
        }
        _ => Err("write SecretStore/NAME or ClusterSecretStore/NAME".to_owned()),
    }
}

/// What stands for the cluster's OIDC provider (its issuer without `https://`) in a trust policy.
pub const OIDC_PROVIDER: &str = "OIDC_PROVIDER";

/// Partition, account and name of a role, from its ARN.
#[must_use]
pub fn role(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
    let (partition, service) = (parts.next()?, parts.next()?);
    let (_, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let path = resource.strip_prefix("role/").filter(|_| service == "iam")?;
    let name = path.rsplit('/').next()?;
    (!account.is_empty() && !name.is_empty()).then_some((partition, account, name))
}

/// A ServiceAccount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl Account<'_> {
    /// What it is called in tokens.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }
}

/// The trust policy that lets the pods of ServiceAccounts have a role, and tasks on ECS keep it. `None` where the
/// role is not named by its ARN.
///
/// With [`Mode::Irsa`] it holds [`OIDC_PROVIDER`], which only the cluster knows.
#[must_use]
pub fn trust_policy(mode: Mode, role_arn: &str, accounts: &[Account<'_>]) -> Option<Value> {
    let (partition, account, _) = role(role_arn)?;
    let subjects: Vec<String> = accounts.iter().map(Account::subject).collect();
    let subjects = match &subjects[..] {
        [one] => json!(one),
        many => json!(many),
    };
    let ecs = json!({
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    });
    let kubernetes = match mode {
        Mode::Irsa => json!({
            "Effect": "Allow",
            "Principal": {"Federated": format!("arn:{partition}:iam::{account}:oidc-provider/{OIDC_PROVIDER}")},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {
                format!("{OIDC_PROVIDER}:aud"): "sts.amazonaws.com",
                format!("{OIDC_PROVIDER}:sub"): subjects,
            }},
        }),
        Mode::PodIdentity => json!({
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }),
    };
    Some(json!({"Version": "2012-10-17", "Statement": [ecs, kubernetes]}))
}

/// How to bring a role's trust policy about: the policy itself, on one line, and how to fill it in.
#[must_use]
pub fn trust_remedy(mode: Mode, role_arn: &str, account: Account<'_>) -> Option<String> {
    let policy = trust_policy(mode, role_arn, &[account])?;
    Some(match mode {
        Mode::Irsa => format!(
            "Its trust policy, with {OIDC_PROVIDER} from `aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer --output text | cut -d/ -f3-`: {policy}"
        ),
        Mode::PodIdentity => format!("Its trust policy: {policy}"),
    })
}

/// The command that gives the pods of a ServiceAccount a role through EKS Pod Identity.
#[must_use]
pub fn pod_identity_command(role_arn: &str, account: Account<'_>) -> String {
    let Account { namespace, name } = account;
    format!(
        "aws eks create-pod-identity-association --cluster-name CLUSTER --namespace {namespace} --service-account {name} --role-arn {role_arn}"
    )
}

/// What the policy of a role that External Secrets reads with has to allow: besides ECS's own
/// `secretsmanager:GetSecretValue`, the singular of what ECS uses for parameters.
pub const READ_ACTIONS: [&str; 2] = ["secretsmanager:GetSecretValue", "ssm:GetParameter"];

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws-cn:iam::123456789012:role/service/web";
    const WEB: Account<'_> = Account { namespace: "shop", name: "web" };

    #[test]
    fn roles_are_taken_apart() {
        assert_eq!(role(ROLE), Some(("aws-cn", "123456789012", "web")));
        for other in
            ["web", "arn:aws:iam::123456789012:user/web", "arn:aws:iam:::role/web", "arn:aws:s3:::role/x"]
        {
            assert_eq!(role(other), None, "{other}");
        }
    }

    #[test]
    fn the_trust_policy_names_one_service_account_and_keeps_ecs() {
        let policy = trust_policy(Mode::Irsa, ROLE, &[WEB]).unwrap();
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!(statements[0]["Principal"]["Service"], "ecs-tasks.amazonaws.com");
        let federated = "arn:aws-cn:iam::123456789012:oidc-provider/OIDC_PROVIDER";
        assert_eq!(statements[1]["Principal"]["Federated"], federated);
        let equals = &statements[1]["Condition"]["StringEquals"];
        assert_eq!(equals["OIDC_PROVIDER:sub"], "system:serviceaccount:shop:web");
        assert_eq!(equals["OIDC_PROVIDER:aud"], "sts.amazonaws.com");
        assert_eq!(trust_policy(Mode::Irsa, "web", &[WEB]), None);
        let two = trust_policy(Mode::Irsa, ROLE, &[WEB, Account { name: "api", ..WEB }]).unwrap();
        let subjects = &two["Statement"][1]["Condition"]["StringEquals"]["OIDC_PROVIDER:sub"];
        assert_eq!(*subjects, json!(["system:serviceaccount:shop:web", "system:serviceaccount:shop:api"]));
    }

    #[test]
    fn options_are_read_as_the_chart_writes_them() {
        assert_eq!("IRSA".parse(), Ok(Mode::Irsa));
        assert_eq!("PodIdentity".parse(), Ok(Mode::PodIdentity));
        assert!("none".parse::<Mode>().is_err());
        let shared = StoreRef { kind: "ClusterSecretStore".into(), name: "aws".into() };
        assert_eq!(store("ClusterSecretStore/aws"), Ok(shared));
        assert!(store("aws").is_err() && store("SecretStore/").is_err() && store("Secret/aws").is_err());
    }

    #[test]
    fn pod_identity_needs_an_association_besides() {
        let policy = trust_policy(Mode::PodIdentity, ROLE, &[WEB]).unwrap();
        let statement = &policy["Statement"][1];
        assert_eq!(statement["Principal"]["Service"], "pods.eks.amazonaws.com");
        assert_eq!(statement["Action"], json!(["sts:AssumeRole", "sts:TagSession"]));
        let command = pod_identity_command(ROLE, WEB);
        assert!(command.contains("--namespace shop --service-account web --role-arn arn:aws-cn:iam"));
    }
}
