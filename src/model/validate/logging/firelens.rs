//! FireLens: one container of the task routes the output of the others.

use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, FirelensConfiguration, LogDriver};
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};

pub(super) fn validate(spec: &TaskDefinitionSpec, fargate: bool, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let mut router = None;
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let Some(firelens) = &definition.firelens_configuration else { continue };
        let element = list.index(i);
        let path = element.member("firelensConfiguration");
        if router.is_some() {
            report.add(Code::InvalidValue, path, "A task has at most one log router.");
            continue;
        }
        router = Some(i);
        configuration(firelens, fargate, path, report);
        if is_routed(definition) {
            let log = element.member("logConfiguration");
            report.add(
                Code::InvalidValue,
                log.member("logDriver"),
                "The log router cannot route its own output.",
            );
        }
        report.advise(
            Code::FireLensNotConfigured,
            path,
            "The router runs with its image's own configuration: ECS's agent makes one from the other containers' options, and leads their output into it.",
            "Let a collector on the nodes send the output, and take the router out; or mount a configuration into it.",
        );
    }
    let routed = spec.container_definitions.iter().position(is_routed);
    match (router, routed) {
        (None, Some(i)) => {
            let element = list.index(i);
            let log = element.member("logConfiguration");
            report.advise(
                Code::InvalidReference,
                log.member("logDriver"),
                "awsfirelens needs a container with firelensConfiguration, and the task has none.",
                "Add the log router to the task definition, or use another log driver.",
            );
        }
        (Some(i), None) => {
            let element = list.index(i);
            report.add(
                Code::InvalidReference,
                element.member("firelensConfiguration"),
                "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
            );
        }
        _ => {}
    }
}

fn is_routed(definition: &ContainerDefinition) -> bool {
    definition.log_configuration.as_ref().and_then(|log| log.log_driver) == Some(LogDriver::AwsFirelens)
}

fn configuration(firelens: &FirelensConfiguration, fargate: bool, path: Path<'_>, report: &mut Report<'_>) {
    if firelens.type_.is_none() {
        report.add(Code::MissingMember, path.member("type"), "type is required: fluentd or fluentbit.");
    }
    let options = path.member("options");
    let option = |name: &str| set(firelens.options.get(name).map(String::as_str));
    let kind = option("config-file-type");
    for (name, values) in
        [("enable-ecs-log-metadata", ["true", "false"]), ("config-file-type", ["file", "s3"])]
    {
        if let Some(value) = option(name).filter(|value| !values.contains(value)) {
            let message = format!("{value:?} is none of {}.", values.join(", "));
            report.add(Code::InvalidValue, options.member(name), message);
        }
    }
    if kind.is_some() && option("config-file-value").is_none() {
        report.add(
            Code::MissingMember,
            options.member("config-file-value"),
            "config-file-type needs config-file-value.",
        );
    }
    if fargate && kind == Some("s3") {
        report.add(
            Code::InvalidValue,
            options.member("config-file-type"),
            "Tasks on Fargate only support config-file-type file.",
        );
    }
}
