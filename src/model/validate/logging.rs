//! Where output goes: log drivers become what collectors on the nodes do, the router of FireLens stays a container.
//!
//! The router is kept, although nothing can redirect the output of other containers into it: what applications
//! send to it by themselves (`FLUENT_HOST`, shared volumes) still arrives, other containers may depend on it, and
//! nothing of a task disappears.

mod firelens;

use std::collections::BTreeMap;

use super::{Report, secrets, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, LogConfiguration, LogDriver};
use crate::api::labels;
use crate::finding::{Code, Path};
use crate::model::secret::fill;
use crate::model::task::Container;

/// Where the router listens for what applications send by themselves; the agent tells them by these variables.
const ROUTER: [(&str, &str); 2] = [("FLUENT_HOST", "127.0.0.1"), ("FLUENT_PORT", "24224")];

/// Options of awslogs that say where the output belongs, and the annotations that keep them for collectors.
const PLACES: [(&str, &str); 3] = [
    ("awslogs-group", "awslogs-group"),
    ("awslogs-region", "awslogs-region"),
    ("awslogs-stream-prefix", "awslogs-stream-prefix"),
];

/// Options that each driver cannot do without, in the order of ECS's own text.
const REQUIRED: [(LogDriver, &[&str]); 2] = [
    (LogDriver::AwsLogs, &["awslogs-region", "awslogs-group"]),
    (LogDriver::Splunk, &["splunk-token", "splunk-url"]),
];

/// Options with a small choice of values.
const CHOICES: [(&str, &[&str]); 2] =
    [("awslogs-create-group", &["true", "false"]), ("mode", &["blocking", "non-blocking"])];

pub(super) fn validate(spec: &TaskDefinitionSpec, fargate: bool, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        if let Some(log) = &definition.log_configuration {
            let element = list.index(i);
            configuration(log, fargate, element.member("logConfiguration"), report);
        }
    }
    firelens::validate(spec, fargate, report);
}

fn configuration(log: &LogConfiguration, fargate: bool, path: Path<'_>, report: &mut Report<'_>) {
    let says_nothing = log.log_driver.is_none() && log.options.is_empty() && log.secret_options.is_empty();
    if says_nothing {
        return;
    }
    let Some(driver) = log.log_driver else {
        report.add(Code::MissingMember, path.member("logDriver"), "logDriver is required.");
        return;
    };
    options(log, driver, fargate, path.member("options"), report);
    secret_options(log, path.member("secretOptions"), report);
    replaced(log, driver, path, report);
}

fn has(log: &LogConfiguration, option: &str) -> bool {
    let is_secret = log.secret_options.iter().any(|secret| secret.name.as_deref() == Some(option));
    is_secret || log.options.get(option).is_some_and(|value| !value.is_empty())
}

fn options(
    log: &LogConfiguration,
    driver: LogDriver,
    fargate: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) {
    let required = REQUIRED.iter().find(|(of, _)| *of == driver).map_or(&[][..], |(_, options)| options);
    let missing: Vec<&str> = required.iter().copied().filter(|option| !has(log, option)).collect();
    if !missing.is_empty() {
        report.add(
            Code::MissingMember,
            path,
            format!("Log driver {driver} requires options: {}", missing.join(", ")),
        );
    }
    if driver == LogDriver::AwsLogs {
        let prefix = "awslogs-stream-prefix";
        if fargate && !has(log, prefix) {
            report.add(
                Code::MissingMember,
                path.member(prefix),
                format!("Log driver awslogs requires option {prefix} on Fargate."),
            );
        }
        let (format, pattern) = ("awslogs-datetime-format", "awslogs-multiline-pattern");
        if has(log, format) && has(log, pattern) {
            report.add(
                Code::InvalidValue,
                path.member(pattern),
                format!("{format} and {pattern} exclude each other."),
            );
        }
    }
    for (option, values) in CHOICES {
        if let Some(value) = log.options.get(option).filter(|value| !values.contains(&value.as_str())) {
            report.add(
                Code::InvalidValue,
                path.member(option),
                format!("{value:?} is none of {}.", values.join(", ")),
            );
        }
    }
}

/// The values come from Secrets Manager or Parameter Store to the driver, and there is no driver.
fn secret_options(log: &LogConfiguration, path: Path<'_>, report: &mut Report<'_>) {
    if log.secret_options.is_empty() {
        return;
    }
    let (mut names, mut commands) = (Vec::new(), Vec::new());
    for (i, option) in log.secret_options.iter().enumerate() {
        let element = path.index(i);
        names.extend(report.required(option.name.as_deref(), element.member("name"), "The option's name"));
        let reference = secrets::reference(option.value_from.as_deref(), element, report);
        commands.extend(reference.map(|reference| format!("`{}`", fill::get(&reference))));
    }
    report.advise(
        Code::LogSecretOptionsNotApplied,
        path,
        format!("No log driver reads the secret options: {}.", names.join(", ")),
        format!("Give the collector on the nodes these secrets: {}.", commands.join(", ")),
    );
}

fn replaced(log: &LogConfiguration, driver: LogDriver, path: Path<'_>, report: &mut Report<'_>) {
    const STDOUT: &str = "Output stays on the node, where kubectl logs reads it";
    match driver {
        LogDriver::JsonFile => report.add(Code::LogDriverReplaced, path, format!("{STDOUT}.")),
        LogDriver::AwsLogs => {
            let group = log.options.get("awslogs-group").map(String::as_str).unwrap_or_default();
            report.advise(
                Code::LogDriverReplaced,
                path,
                format!("{STDOUT}; a collector has to send it to the log group {group:?}{}", dropped(log)),
                "Install a collector on the nodes, for example Fluent Bit; annotations of the pods name group, region and stream prefix.",
            );
        }
        _ => report.advise(
            Code::LogDestinationLost,
            path,
            format!("{STDOUT}; nothing sends it where {driver} would."),
            "Install a collector on the nodes, and give it an output for these containers.",
        ),
    }
}

/// Options of awslogs that change what is sent, and that no annotation keeps.
fn dropped(log: &LogConfiguration) -> String {
    let shaping = ["awslogs-create-group", "awslogs-datetime-format", "awslogs-multiline-pattern"];
    let dropped: Vec<&str> = shaping.into_iter().filter(|option| has(log, option)).collect();
    if dropped.is_empty() { ".".to_owned() } else { format!(", and do {}.", dropped.join(", ")) }
}

/// Annotations that tell collectors where output belongs: of the pod where all of its containers send it to the same
/// place, else of each container.
pub(super) fn annotations(spec: &TaskDefinitionSpec, containers: &[Container]) -> BTreeMap<String, String> {
    let logs: Vec<(&Container, &LogConfiguration)> = containers
        .iter()
        .zip(&spec.container_definitions)
        .filter_map(|(container, definition)| {
            let log = definition.log_configuration.as_ref()?;
            (log.log_driver == Some(LogDriver::AwsLogs)).then_some((container, log))
        })
        .collect();
    let mut annotations = BTreeMap::new();
    for (option, name) in PLACES {
        let values = logs
            .iter()
            .map(|(container, log)| (*container, set(log.options.get(option).map(String::as_str))));
        let values: Vec<(&Container, Option<&str>)> = values.collect();
        // An annotation of the pod also speaks of containers whose output belongs elsewhere.
        let agree = logs.len() == containers.len() && values.windows(2).all(|pair| pair[0].1 == pair[1].1);
        for (container, value) in values {
            let Some(value) = value else { continue };
            let prefix = if agree {
                labels::PREFIX.to_owned()
            } else {
                labels::of_container(&container.name.label, labels::LOG)
            };
            annotations.insert(format!("{prefix}{name}"), value.to_owned());
        }
    }
    annotations
}

/// The variables of a container, with the address of the log router where its output is routed by one.
pub(super) fn with_router(
    definition: &ContainerDefinition,
    mut environment: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let driver = definition.log_configuration.as_ref().and_then(|log| log.log_driver);
    if driver == Some(LogDriver::AwsFirelens) {
        environment.retain(|(name, _)| ROUTER.iter().all(|(variable, _)| variable != name));
        environment.extend(ROUTER.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    environment
}

#[cfg(test)]
mod tests;
