//! The command that fills a Secret: it asks AWS and tells the cluster, and the value is in neither text.

use super::{KEY, Purpose, Secret};
use crate::ecs::secret_ref::{SecretRef, Source, Version};

/// The command that makes the Secret in `namespace`, for a POSIX shell with aws, kubectl and jq. It makes nothing
/// where AWS does not answer.
#[must_use]
pub fn command(secret: &Secret, namespace: &str) -> String {
    let (name, get) = (&secret.name, get(&secret.reference));
    match &secret.purpose {
        Purpose::Variable => format!(
            "VALUE=\"$({get})\" && kubectl -n {namespace} create secret generic {name} --from-literal={KEY}=\"$VALUE\""
        ),
        Purpose::Registry { host } => {
            let part = |member: &str| format!("\"$(printf %s \"$VALUE\" | jq -er .{member})\"");
            format!(
                "VALUE=\"$({get})\" && kubectl -n {namespace} create secret docker-registry {name} --docker-server={} --docker-username={} --docker-password={}",
                quoted(host),
                part("username"),
                part("password")
            )
        }
    }
}

/// The command that prints the value.
#[must_use]
pub fn get(reference: &SecretRef) -> String {
    let region = reference.region.as_ref().map_or_else(String::new, |region| format!(" --region {region}"));
    match &reference.source {
        Source::Parameter { parameter } => format!(
            "aws ssm get-parameter{region} --name {} --with-decryption --query Parameter.Value --output text",
            quoted(parameter)
        ),
        Source::SecretsManager { secret, json_key, version } => {
            let version = match version {
                Version::Current => String::new(),
                Version::Stage(stage) => format!(" --version-stage {}", quoted(stage)),
                Version::Id(id) => format!(" --version-id {}", quoted(id)),
            };
            let whole = format!(
                "aws secretsmanager get-secret-value{region} --secret-id {}{version} --query SecretString --output text",
                quoted(secret)
            );
            match json_key {
                Some(key) => format!("{whole} | jq -er --arg key {} '.[$key]'", quoted(key)),
                None => whole,
            }
        }
    }
}

/// A word as a shell reads it; in quotes only where it needs them.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@:,-".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Source as Filled;

    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";

    fn secret(text: &str, purpose: Purpose) -> Secret {
        let reference = SecretRef::parse(text).unwrap();
        Secret { name: "web-db".into(), reference, purpose, source: Filled::Hand }
    }

    #[test]
    fn the_command_asks_for_exactly_what_the_reference_means() {
        for (text, asked) in [
            (
                SECRET.to_owned(),
                format!("aws secretsmanager get-secret-value --region eu-west-1 --secret-id {SECRET} --query SecretString --output text"),
            ),
            (
                format!("{SECRET}:pass word's:AWSPREVIOUS:"),
                format!("aws secretsmanager get-secret-value --region eu-west-1 --secret-id {SECRET} --version-stage AWSPREVIOUS --query SecretString --output text | jq -er --arg key 'pass word'\\''s' '.[$key]'"),
            ),
            (
                "/app/db".to_owned(),
                "aws ssm get-parameter --name /app/db --with-decryption --query Parameter.Value --output text".to_owned(),
            ),
        ] {
            let command = command(&secret(&text, Purpose::Variable), "shop");
            let rest = "&& kubectl -n shop create secret generic web-db --from-literal=value=\"$VALUE\"";
            assert_eq!(command, format!("VALUE=\"$({asked})\" {rest}"));
        }
    }

    #[test]
    fn a_shell_reads_the_reference_as_data() {
        let command = command(&secret(&format!("{SECRET}:$(id)`id`;::"), Purpose::Variable), "shop");
        assert!(command.contains("--arg key '$(id)`id`;'"), "{command}");
    }

    #[test]
    fn credentials_become_a_docker_configuration() {
        let registry = Purpose::Registry { host: "registry.example:5000".into() };
        let command = command(&secret(SECRET, registry), "shop");
        assert!(
            command.contains("create secret docker-registry web-db --docker-server=registry.example:5000")
        );
        assert!(command.contains("jq -er .username") && command.contains("jq -er .password"));
    }
}
