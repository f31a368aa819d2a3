//! What a collector on the nodes has to do so that output arrives where ECS would send it: a proposal, in the
//! configuration language of Fluent Bit. Nothing applies it; collectors belong to the cluster, not to a service.

use std::fmt::Write as _;

use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{LogConfiguration, LogDriver};
use crate::api::labels;
use crate::model::name;

/// Most characters of the ConfigMap that EKS Fargate reads.
pub const MOST_ON_FARGATE: usize = 5300;

/// A service whose output is to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// `metadata.name` of the EcsService.
    pub service: &'a str,
    /// What it runs.
    pub task: &'a TaskDefinitionSpec,
}

/// Filters and outputs, to be added to what reads the nodes' container logs with tags `kube.*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// `[FILTER]` sections; they tag the records of each container with `ecs.<namespace>.<service>.<container>`.
    pub filters: String,
    /// `[OUTPUT]` sections, one for each container.
    pub outputs: String,
    /// Environment variables that the outputs read secrets from.
    pub secrets: Vec<String>,
}

/// The proposal for these services; empty where no container asks for more than `kubectl logs`.
#[must_use]
pub fn proposal(sources: &[Source<'_>]) -> Proposal {
    let mut proposal = Proposal::default();
    let mut rules = String::new();
    for source in sources {
        let before = proposal.outputs.len();
        for definition in &source.task.container_definitions {
            let container = name::label(definition.name.as_deref().unwrap_or_default(), name::CONTAINER);
            let tag = format!("ecs.{}.{}.{container}", source.namespace, source.service);
            if let Some(log) = &definition.log_configuration {
                proposal.output(&tag, &container, log);
            }
        }
        if proposal.outputs.len() > before {
            // Records without an output keep nothing: on ECS they go nowhere else either.
            let _ = writeln!(
                rules,
                "    Rule   $kubernetes['labels']['{}'] ^{}$ ecs.$kubernetes['namespace_name'].{}.$kubernetes['container_name'] false",
                labels::SERVICE,
                source.service,
                source.service,
            );
        }
    }
    if !rules.is_empty() {
        proposal.filters = format!(
            "[FILTER]\n    Name   kubernetes\n    Match  kube.*\n    Labels On\n[FILTER]\n    Name   rewrite_tag\n    Match  kube.*\n{rules}"
        );
    }
    proposal.secrets.sort();
    proposal.secrets.dedup();
    proposal
}

impl Proposal {
    /// The ConfigMap that EKS Fargate reads, for the whole cluster; it has to stay below [`MOST_ON_FARGATE`].
    #[must_use]
    pub fn config_map(&self) -> String {
        let block = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-logging\n  namespace: aws-observability\ndata:\n  filters.conf: |\n{}  output.conf: |\n{}",
            block(&self.filters),
            block(&self.outputs)
        )
    }

    fn output(&mut self, tag: &str, container: &str, log: &LogConfiguration) {
        let option = |name: &str| log.options.get(name).filter(|value| !value.is_empty()).cloned();
        let secret = |name: &str| log.secret_options.iter().any(|s| s.name.as_deref() == Some(name));
        let mut lines: Vec<(&str, String)> = Vec::new();
        let plugin = match log.log_driver {
            None | Some(LogDriver::JsonFile | LogDriver::Journald) => return,
            Some(LogDriver::AwsLogs) => {
                let prefix = option("awslogs-stream-prefix").map(|prefix| format!("{prefix}/"));
                lines.extend(option("awslogs-region").map(|region| ("region", region)));
                lines.extend(option("awslogs-group").map(|group| ("log_group_name", group)));
                lines.push(("log_stream_prefix", format!("{}{container}/", prefix.unwrap_or_default())));
                let create = option("awslogs-create-group").as_deref() == Some("true");
                lines.extend(create.then(|| ("auto_create_group", "On".to_owned())));
                "cloudwatch_logs".to_owned()
            }
            Some(LogDriver::Splunk) => {
                lines.extend(address(option("splunk-url")));
                let token = option("splunk-token").unwrap_or_else(|| self.variable("splunk-token"));
                lines.push(("splunk_token", token));
                "splunk".to_owned()
            }
            Some(LogDriver::Gelf) => {
                lines.extend(address(option("gelf-address")));
                "gelf".to_owned()
            }
            Some(LogDriver::Syslog) => {
                lines.extend(address(option("syslog-address")));
                "syslog".to_owned()
            }
            Some(LogDriver::Fluentd) => {
                lines.extend(address(option("fluentd-address")));
                "forward".to_owned()
            }
            Some(LogDriver::AwsFirelens) => {
                // The options of FireLens are those of the router's output, but for those of the agent.
                let own =
                    |name: &&String| !matches!(name.as_str(), "Name" | "@type" | "log-driver-buffer-limit");
                let options = log.options.iter().filter(|(name, _)| own(name) && !secret(name));
                lines.extend(options.map(|(name, value)| (name.as_str(), value.clone())));
                for name in log.secret_options.iter().filter_map(|s| s.name.as_deref()) {
                    lines.push((name, self.variable(name)));
                }
                // Without a name the router's own configuration decides.
                option("Name").unwrap_or_else(|| "null".to_owned())
            }
        };
        let _ = write!(self.outputs, "[OUTPUT]\n    Name  {}\n    Match {tag}\n", line(&plugin));
        for (name, value) in lines {
            let _ = writeln!(self.outputs, "    {} {}", line(name), line(&value));
        }
    }

    /// How an output reads a secret: no value of one ever stands in a configuration.
    fn variable(&mut self, option: &str) -> String {
        let legal = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name: String = option.chars().map(legal).collect();
        let reference = format!("${{{name}}}");
        self.secrets.push(name);
        reference
    }
}

/// A value on one line: whatever would begin another one is a space.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Host and port of `scheme://host:port`.
fn address(text: Option<String>) -> Vec<(&'static str, String)> {
    let Some(text) = text else { return Vec::new() };
    let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or_default();
    match rest.rsplit_once(':') {
        Some((host, port)) => vec![("Host", host.to_owned()), ("Port", port.to_owned())],
        None => vec![("Host", rest.to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn proposed(logs: &[Value]) -> Proposal {
        let containers: Vec<Value> = logs
            .iter()
            .enumerate()
            .map(|(i, log)| json!({ "name": format!("c{i}"), "image": "i:1", "logConfiguration": log }))
            .collect();
        let task: TaskDefinitionSpec =
            serde_json::from_value(json!({ "family": "web", "containerDefinitions": containers })).unwrap();
        proposal(&[Source { namespace: "shop", service: "web", task: &task }])
    }

    #[test]
    fn awslogs_keeps_group_region_and_stream_prefix_of_each_container() {
        let log = |group: &str| json!({ "logDriver": "awslogs", "options": { "awslogs-group": group, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs", "awslogs-create-group": "true" } });
        let proposal = proposed(&[log("/a"), log("/b")]);
        let output = |container: &str, group: &str| {
            format!(
                "[OUTPUT]\n    Name  cloudwatch_logs\n    Match ecs.shop.web.{container}\n    region eu-west-1\n    log_group_name {group}\n    log_stream_prefix ecs/{container}/\n    auto_create_group On\n"
            )
        };
        assert_eq!(proposal.outputs, output("c0", "/a") + &output("c1", "/b"));
        assert!(proposal.filters.contains("['ecs-bridge.dev/service'] ^web$ ecs."), "{}", proposal.filters);
        let map = proposal.config_map();
        assert!(map.contains("\n  output.conf: |\n    [OUTPUT]\n        Name  cloudwatch_logs\n"), "{map}");
    }

    #[test]
    fn firelens_options_are_those_of_an_output_and_secrets_are_variables() {
        let log = json!({
            "logDriver": "awsfirelens",
            "options": { "Name": "datadog", "dd_service": "web\n[OUTPUT]", "log-driver-buffer-limit": "1" },
            "secretOptions": [{ "name": "apikey", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/k" }],
        });
        let proposal = proposed(&[log]);
        assert_eq!(
            proposal.outputs,
            "[OUTPUT]\n    Name  datadog\n    Match ecs.shop.web.c0\n    dd_service web [OUTPUT]\n    apikey ${APIKEY}\n"
        );
        assert_eq!(proposal.secrets, ["APIKEY"]);
    }

    #[test]
    fn other_drivers_become_outputs_where_fluent_bit_has_one() {
        for (log, expected) in [
            (
                json!({ "logDriver": "gelf", "options": { "gelf-address": "udp://logs:12201" } }),
                "Name  gelf\n    Match ecs.shop.web.c0\n    Host logs\n    Port 12201\n",
            ),
            (
                json!({ "logDriver": "fluentd", "options": { "fluentd-address": "agg:24224" } }),
                "Name  forward\n    Match ecs.shop.web.c0\n    Host agg\n    Port 24224\n",
            ),
            (
                json!({ "logDriver": "splunk", "options": { "splunk-url": "https://s:8088/x" } }),
                "Name  splunk\n    Match ecs.shop.web.c0\n    Host s\n    Port 8088\n    splunk_token ${SPLUNK_TOKEN}\n",
            ),
        ] {
            assert_eq!(proposed(&[log]).outputs, format!("[OUTPUT]\n    {expected}"));
        }
        assert_eq!(proposed(&[json!({ "logDriver": "json-file" })]), Proposal::default());
    }
}
