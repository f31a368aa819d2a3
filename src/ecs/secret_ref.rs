//! References to secret values: `valueFrom` of secrets, `credentialsParameter` of private registries.
//!
//! Forms (ECS Developer Guide, "Pass sensitive data to an Amazon ECS container"): the ARN of a Secrets Manager
//! secret, alone or with three more parts `:json-key:version-stage:version-id` of which each may be empty and none
//! may be left out; the ARN of a Parameter Store parameter; or the bare name of one in the task's own Region.

use std::fmt;

/// A reference to a value that AWS keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef {
    /// Where the value is.
    pub source: Source,
    /// Region of the ARN; a bare name has none.
    pub region: Option<String>,
}

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In Secrets Manager.
    SecretsManager {
        /// ARN, or for the credentials of a registry also the name, without what follows it.
        secret: String,
        /// Member of the JSON object that the secret is; without it the whole text.
        json_key: Option<String>,
        /// Which version of it.
        version: Version,
    },
    /// In Parameter Store.
    Parameter {
        /// Name or ARN, both of which Systems Manager takes.
        parameter: String,
    },
}

/// Version of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The one with the stage `AWSCURRENT`.
    Current,
    /// The one with this stage.
    Stage(String),
    /// The one with this id.
    Id(String),
}

/// What the agent says about an ARN that it cannot read.
const INVALID_ARN: &str = "an invalid ARN format for the AWS Secrets Manager secret was specified";

impl SecretRef {
    /// Reads the `valueFrom` of a secret.
    ///
    /// # Errors
    ///
    /// Says what is wrong, in ECS's words where they are known.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with("arn:") {
            return parameter_name(text);
        }
        let (service, region, resource) = arn(text)?;
        let source = match service {
            "ssm" => match resource.strip_prefix("parameter/") {
                Some(path) if is_name(path) && !path.starts_with('/') => {
                    Source::Parameter { parameter: text.to_owned() }
                }
                _ => return Err(format!("{text} is no ARN of a parameter: it ends in \":parameter/NAME\".")),
            },
            "secretsmanager" => secret(text, resource)?,
            _ => {
                return Err(format!(
                    "{text} is an ARN of {service}: secrets come from secretsmanager or ssm."
                ));
            }
        };
        Ok(Self { source, region: Some(region.to_owned()) })
    }

    /// Reads the `credentialsParameter` of a private registry: ARN or name of a secret, with nothing after it.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub fn parse_credentials(text: &str) -> Result<Self, String> {
        if text.starts_with("arn:") {
            let parsed = Self::parse(text)?;
            return match parsed.source {
                Source::SecretsManager { json_key: None, version: Version::Current, .. } => Ok(parsed),
                _ => Err(format!("{text} is no ARN of a Secrets Manager secret alone.")),
            };
        }
        if !is_name(text) {
            return Err(format!("{text:?} is no name of a secret."));
        }
        let source =
            Source::SecretsManager { secret: text.to_owned(), json_key: None, version: Version::Current };
        Ok(Self { source, region: None })
    }

    /// The words by which people know the value: the secret's name without the six characters that Secrets Manager
    /// appends, and the JSON key.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.source {
            Source::SecretsManager { secret, json_key, .. } => {
                let name = secret.split(":secret:").last().unwrap_or_default();
                let name = if secret.starts_with("arn:") { without_suffix(name) } else { name };
                json_key.as_ref().map_or_else(|| name.to_owned(), |key| format!("{name}-{key}"))
            }
            Source::Parameter { parameter } => {
                parameter.split(":parameter/").last().unwrap_or_default().to_owned()
            }
        }
    }
}

/// The reference as ECS spells it, the same for every spelling of it.
impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Parameter { parameter } => f.write_str(parameter),
            Source::SecretsManager { secret, json_key: None, version: Version::Current } => {
                f.write_str(secret)
            }
            Source::SecretsManager { secret, json_key, version } => {
                let (stage, id) = match version {
                    Version::Current => ("", ""),
                    Version::Stage(stage) => (stage.as_str(), ""),
                    Version::Id(id) => ("", id.as_str()),
                };
                write!(f, "{secret}:{}:{stage}:{id}", json_key.as_deref().unwrap_or_default())
            }
        }
    }
}

/// Service, Region and resource of an ARN.
fn arn(text: &str) -> Result<(&str, &str, &str), String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let legal = |part: &str| {
        (1..=32).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match parts[..] {
        [_, partition, service, region, account, resource]
            if (partition == "aws" || partition.starts_with("aws-"))
                && legal(partition)
                && legal(region)
                && !account.is_empty() =>
        {
            Ok((service, region, resource))
        }
        _ => Err(format!("{text} is no ARN: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.")),
    }
}

fn secret(text: &str, resource: &str) -> Result<Source, String> {
    let wrong = |why: &str| format!("{INVALID_ARN}: {text}; {why}.");
    let Some(rest) = resource.strip_prefix("secret:") else {
        return Err(wrong("it lacks \":secret:\""));
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let (key, stage, id) = match parts[..] {
        [_] => ("", "", ""),
        [_, key, stage, id] => (key, stage, id),
        _ => return Err(wrong("after the name it takes none or all of :json-key:version-stage:version-id")),
    };
    if !is_name(parts[0]) {
        return Err(wrong("the secret has no name"));
    }
    let version = match (stage, id) {
        ("", "") | ("AWSCURRENT", "") => Version::Current,
        (stage, "") => Version::Stage(stage.to_owned()),
        ("", id) => Version::Id(id.to_owned()),
        _ => {
            return Err(format!(
                "{text} names a version stage and a version id; only one of them may be given."
            ));
        }
    };
    // What the three optional parts make longer.
    let tail = rest.len() - parts[0].len();
    Ok(Source::SecretsManager {
        secret: text[..text.len() - tail].to_owned(),
        json_key: Some(key.to_owned()).filter(|key| !key.is_empty()),
        version,
    })
}

fn parameter_name(text: &str) -> Result<SecretRef, String> {
    if !is_name(text) {
        return Err(format!("{text:?} is neither an ARN nor the name of a parameter."));
    }
    if text.contains('/') && !text.starts_with('/') {
        return Err(format!("{text:?} is no name of a parameter: names with a \"/\" begin with one."));
    }
    Ok(SecretRef { source: Source::Parameter { parameter: text.to_owned() }, region: None })
}

/// Whether only what names of secrets and parameters are made of stands here.
fn is_name(text: &str) -> bool {
    (1..=2048).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b))
}

/// Secrets Manager appends a dash and six letters or digits to the name in an ARN.
fn without_suffix(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((stem, suffix))
            if suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric()) && !stem.is_empty() =>
        {
            stem
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";

    fn of_secret(text: &str) -> (Option<String>, Version) {
        match SecretRef::parse(text).unwrap().source {
            Source::SecretsManager { secret, json_key, version } => {
                assert_eq!(secret, SECRET, "{text}");
                (json_key, version)
            }
            Source::Parameter { parameter } => panic!("{parameter}"),
        }
    }

    #[test]
    fn a_secret_has_one_part_or_four() {
        assert_eq!(of_secret(SECRET), (None, Version::Current));
        assert_eq!(of_secret(&format!("{SECRET}:::")), (None, Version::Current));
        assert_eq!(of_secret(&format!("{SECRET}:user::")), (Some("user".into()), Version::Current));
        assert_eq!(
            of_secret(&format!("{SECRET}::AWSPREVIOUS:")),
            (None, Version::Stage("AWSPREVIOUS".into()))
        );
        assert_eq!(of_secret(&format!("{SECRET}:::9d4c")), (None, Version::Id("9d4c".into())));
        for tail in [":", ":user", ":user:", ":user:::", "::AWSPREVIOUS:9d4c"] {
            assert!(SecretRef::parse(&format!("{SECRET}{tail}")).is_err(), "{tail}");
        }
        let error = SecretRef::parse(&format!("{SECRET}:user")).unwrap_err();
        assert!(error.starts_with("an invalid ARN format for the AWS Secrets Manager secret was specified"));
    }

    #[test]
    fn a_bare_name_is_a_parameter_and_never_a_secret() {
        for name in ["db-password", "/app/db-password", "a.b_c"] {
            let parsed = SecretRef::parse(name).unwrap();
            assert_eq!(parsed.source, Source::Parameter { parameter: name.into() });
            assert_eq!(parsed.region, None);
        }
        let arn = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/app/db";
        let parsed = SecretRef::parse(arn).unwrap();
        assert_eq!(parsed.source, Source::Parameter { parameter: arn.into() });
        assert_eq!(parsed.region.as_deref(), Some("us-gov-west-1"));
        for wrong in [
            "app/db",
            "a b",
            "$(rm)",
            "arn:aws:ssm:eu-west-1:1:parameter",
            "arn:aws:ssm:eu-west-1:1:parameter//a",
            "arn:aws:ssm::1:parameter/a",
            "arn:aws:s3:::bucket/key",
            "arn:gcp:ssm:eu-west-1:1:parameter/a",
            "arn:aws",
            "arn:aws:secretsmanager:eu-west-1:1:secret:",
        ] {
            assert!(SecretRef::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_spelling_of_a_reference_is_shown_alike() {
        let shown = |text: String| SecretRef::parse(&text).unwrap().to_string();
        assert_eq!(shown(format!("{SECRET}:::")), SECRET);
        assert_eq!(shown(format!("{SECRET}::AWSCURRENT:")), SECRET);
        assert_eq!(shown(format!("{SECRET}:user::")), format!("{SECRET}:user::"));
        assert_eq!(shown(format!("{SECRET}:user::v1")), format!("{SECRET}:user::v1"));
        assert_eq!(shown("/app/db".to_owned()), "/app/db");
    }

    #[test]
    fn words_are_what_people_call_it() {
        let words = |text: &str| SecretRef::parse(text).unwrap().words();
        assert_eq!(words(&format!("{SECRET}:user::")), "prod/db-user");
        assert_eq!(words(SECRET), "prod/db");
        assert_eq!(words("/app/db"), "/app/db");
        assert_eq!(words("arn:aws:ssm:eu-west-1:1:parameter/app/db"), "app/db");
    }

    #[test]
    fn credentials_of_a_registry_are_a_whole_secret() {
        assert!(SecretRef::parse_credentials(SECRET).is_ok());
        assert_eq!(SecretRef::parse_credentials("registry").unwrap().words(), "registry");
        assert!(SecretRef::parse_credentials(&format!("{SECRET}:user::")).is_err());
        assert!(SecretRef::parse_credentials("arn:aws:ssm:eu-west-1:1:parameter/a").is_err());
        assert!(SecretRef::parse_credentials("a b").is_err());
    }
}
