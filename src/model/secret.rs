//! Secrets of a service: values that AWS keeps and that its tasks get when they start.
//!
//! Each reference has a Secret of its own, whose name depends on the service and the reference alone. So a revision
//! that adds, drops or changes one touches no other, old and new tasks find what they were made for, and nobody
//! gets the value of another variable that happens to have the same name.

pub mod fill;

use super::name::hash;
use crate::ecs::secret_ref::SecretRef;
use crate::object::external_secrets::StoreRef;

/// The key under which a Secret holds its one value.
pub const KEY: &str = "value";

/// Longest name of a Secret.
const LONGEST: usize = 63;

/// Variables that a container does not get from the definition itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// Names of variables, and of the Secrets that hold their values.
    pub secrets: Vec<(String, String)>,
    /// Objects whose every key becomes a variable; the first that has one wins.
    pub files: Vec<VariablesFrom>,
}

/// An object whose every key becomes a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariablesFrom {
    /// The ConfigMap of this name.
    ConfigMap(String),
    /// The Secret of this name.
    Secret(String),
}

/// A Secret that the tasks of a service need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// The value.
    pub reference: SecretRef,
    /// What it is good for.
    pub purpose: Purpose,
    /// Who fills it.
    pub source: Source,
}

/// What a Secret is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its value becomes a variable.
    Variable,
    /// Its value holds `username` and `password`, with which images are pulled.
    Registry {
        /// The registry, as Docker's configuration names it.
        host: String,
    },
}

/// Who fills a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Somebody, before the first task starts.
    Hand,
    /// External Secrets, from a store of the service's own.
    OwnStore(OwnStore),
    /// External Secrets, from a store that is there already.
    Store(StoreRef),
}

/// A store that reads one service of AWS in one Region with the execution role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnStore {
    /// Its name.
    pub name: String,
    /// `SecretsManager` or `ParameterStore`.
    pub service: &'static str,
    /// The Region.
    pub region: String,
    /// ARN of the execution role.
    pub role: String,
    /// The ServiceAccount that has the role; without one External Secrets itself assumes it.
    pub service_account: Option<String>,
}

/// Name of the Secret in which a service has a value.
#[must_use]
pub fn secret_name(service: &str, reference: &SecretRef, purpose: &Purpose) -> String {
    let mut words = String::new();
    for c in reference.words().chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => words.push(c),
            _ if words.ends_with('-') || words.is_empty() => {}
            _ => words.push('-'),
        }
    }
    let content = match purpose {
        Purpose::Variable => format!("{service} {reference}"),
        Purpose::Registry { host } => format!("{service} {reference} {host}"),
    };
    // Secrets are often named after the service already.
    let again = words.strip_prefix(service).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    let stem = if again { words } else { format!("{service}-{words}") };
    let stem: String = stem.chars().take(LONGEST - 9).collect();
    format!("{}-{}", stem.trim_end_matches('-'), hash(content, 8))
}

/// Name of the ServiceAccount that has a service's execution role. No pod runs as it: the names of services hold
/// no dot, so it is never a service's own.
#[must_use]
pub fn execution_account(service: &str) -> String {
    format!("{service}{EXECUTION}")
}

/// What the names of ServiceAccounts with an execution role end in.
pub const EXECUTION: &str = ".execution";

#[cfg(test)]
mod tests {
    use super::*;

    fn named(service: &str, text: &str) -> String {
        secret_name(service, &SecretRef::parse(text).unwrap(), &Purpose::Variable)
    }

    #[test]
    fn the_name_depends_on_service_and_reference_alone() {
        let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:Prod/db-AbCdEf";
        let name = named("web", secret);
        assert!(name.starts_with("web-prod-db-") && name.len() == "web-prod-db-".len() + 8, "{name}");
        assert_eq!(name, named("web", &format!("{secret}:::")), "another spelling of the same");
        assert_ne!(name, named("web", &format!("{secret}::AWSPREVIOUS:")));
        assert_ne!(name, named("api", secret));
        let own = named("prod-db", secret);
        assert!(own.starts_with("prod-db-") && own.len() == "prod-db-".len() + 8, "{own}");
        assert_ne!(own, named("prod", secret), "though both are spelled alike");
        let registry = Purpose::Registry { host: "registry.example".into() };
        assert_ne!(name, secret_name("web", &SecretRef::parse(secret).unwrap(), &registry));
    }

    #[test]
    fn names_are_legal_whatever_the_reference() {
        let service = "s".repeat(40);
        for text in ["/", "/a/b", "___", &"x".repeat(900), "A.B"] {
            let name = named(&service, text);
            assert!(name.len() <= LONGEST, "{name}");
            let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(name.bytes().all(legal) && !name.contains("--"), "{name}");
        }
    }
}
