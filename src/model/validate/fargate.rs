//! What Fargate does not accept in a task definition, in ECS's own words where they are known.

use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, LogDriver, NetworkMode, OsFamily, PidMode, UlimitName};
use crate::capacity::fargate::has_size;
use crate::finding::{Code, Path};
use crate::model::units::{CpuUnits, Mebibytes};

/// Versions of Windows that Fargate never had. Source: `runtimePlatform`.
const WITHOUT_FARGATE: [OsFamily; 3] =
    [OsFamily::WindowsServer2016Full, OsFamily::WindowsServer2004Core, OsFamily::WindowsServer20h2Core];
/// Most open files. Source: "Task definition differences for Fargate", resource limits.
const MOST_FILES: i32 = 1_048_576;

pub(super) fn task(
    spec: &TaskDefinitionSpec,
    cpu: Option<CpuUnits>,
    memory: Option<Mebibytes>,
    report: &mut Report<'_>,
) {
    size(spec, cpu, memory, report);
    execution_role(spec, report);
    if spec.network_mode != Some(NetworkMode::Awsvpc) {
        let path = Path::ROOT.member("networkMode");
        report.add(Code::InvalidValue, path, "Fargate only supports network mode 'awsvpc'.");
    }
    let refused: [(&str, bool); 4] = [
        ("ipcMode", spec.ipc_mode.is_some()),
        ("inferenceAccelerators", !spec.inference_accelerators.is_empty()),
        ("pidMode", spec.pid_mode == Some(PidMode::Host)),
        ("placementConstraints", !spec.placement_constraints.is_empty()),
    ];
    refuse(&refused, Path::ROOT, report);
    let volumes = Path::ROOT.member("volumes");
    for (i, volume) in spec.volumes.iter().enumerate() {
        let host = volume.host.as_ref().and_then(|h| set(h.source_path.as_deref()));
        let refused = [
            ("host", host.is_some()),
            ("dockerVolumeConfiguration", volume.docker_volume_configuration.is_some()),
            (
                "fsxWindowsFileServerVolumeConfiguration",
                volume.fsx_windows_file_server_volume_configuration.is_some(),
            ),
        ];
        refuse(&refused, volumes.index(i), report);
    }
    let containers = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        container(definition, containers.index(i), report);
    }
    let windows = spec.runtime_platform.as_ref().and_then(|p| p.operating_system_family);
    if let Some(family) = windows.filter(|family| WITHOUT_FARGATE.contains(family)) {
        let platform = Path::ROOT.member("runtimePlatform");
        report.advise(
            Code::InvalidValue,
            platform.member("operatingSystemFamily"),
            format!("Tasks on Fargate do not support {family}."),
            "Use WINDOWS_SERVER_2019 or a later one, CORE or FULL.",
        );
    }
    if windows.is_some_and(|family| family != OsFamily::Linux) {
        reserved_on_windows(spec, report);
    }
}

fn size(
    spec: &TaskDefinitionSpec,
    cpu: Option<CpuUnits>,
    memory: Option<Mebibytes>,
    report: &mut Report<'_>,
) {
    for (member, size) in [("cpu", spec.cpu.as_ref()), ("memory", spec.memory.as_ref())] {
        if size.is_none_or(|s| s.0.is_empty()) {
            report.add(
                Code::MissingMember,
                Path::ROOT.member(member),
                format!("Fargate requires that '{member}' be defined at the task level."),
            );
        }
    }
    let family = spec.runtime_platform.as_ref().and_then(|p| p.operating_system_family);
    let windows = family.is_some_and(|f| f != OsFamily::Linux);
    if let (Some(cpu), Some(memory)) = (cpu, memory)
        && !has_size(cpu, memory, windows)
    {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("memory"),
            format!("No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."),
        );
    }
}

/// On Fargate there is no instance whose role could pull images and ship logs.
fn execution_role(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    if set(spec.execution_role_arn.as_deref()).is_some() {
        return;
    }
    let ships = |c: &ContainerDefinition| {
        c.log_configuration.as_ref().is_some_and(|log| log.log_driver == Some(LogDriver::AwsLogs))
    };
    let is_in_ecr = |c: &ContainerDefinition| {
        c.image.as_deref().is_some_and(|i| i.contains(".dkr.ecr.") || i.contains(".dkr.ecr-fips."))
    };
    let containers = &spec.container_definitions;
    for (needed, what) in [
        (containers.iter().any(ships), "log driver awslogs"),
        (containers.iter().any(is_in_ecr), "ECR images"),
    ] {
        if needed {
            report.advise(
                Code::MissingMember,
                Path::ROOT.member("executionRoleArn"),
                format!("Fargate requires task definition to have execution role ARN to support {what}."),
                "Name the role that the tasks have on ECS, usually ecsTaskExecutionRole.",
            );
        }
    }
}

fn container(definition: &ContainerDefinition, path: Path<'_>, report: &mut Report<'_>) {
    if !definition.resource_requirements.is_empty() {
        report.advise(
            Code::GpuOnFargate,
            path.member("resourceRequirements"),
            "Tasks on Fargate do not support resourceRequirements.",
            "Run the task on EC2 capacity whose nodes have GPUs.",
        );
    }
    for (member, seconds) in
        [("startTimeout", definition.start_timeout), ("stopTimeout", definition.stop_timeout)]
    {
        report.within(seconds.filter(|s| *s > 0), 2..=120, path.member(member));
    }
    if let Some(linux) = &definition.linux_parameters {
        let refused = [
            ("devices", !linux.devices.is_empty()),
            ("maxSwap", linux.max_swap.is_some()),
            ("sharedMemorySize", linux.shared_memory_size.is_some_and(|size| size > 0)),
            ("swappiness", linux.swappiness.is_some()),
            ("tmpfs", !linux.tmpfs.is_empty()),
        ];
        let linux_path = path.member("linuxParameters");
        refuse(&refused, linux_path, report);
        let capabilities = linux_path.member("capabilities");
        let add = capabilities.member("add");
        let added = linux.capabilities.iter().flat_map(|c| &c.add).enumerate();
        for (i, name) in added.filter(|(_, name)| *name != "SYS_PTRACE") {
            report.advise(
                Code::InvalidValue,
                add.index(i),
                format!("Tasks on Fargate add no capability but SYS_PTRACE, and {name} is asked for."),
                "Run the task on EC2 capacity, or take the capability out.",
            );
        }
    }
    let ulimits = path.member("ulimits");
    for (i, ulimit) in
        definition.ulimits.iter().enumerate().filter(|(_, u)| u.name == Some(UlimitName::Nofile))
    {
        report.within(ulimit.hard_limit, 0..=MOST_FILES, ulimits.index(i).member("hardLimit"));
    }
    let driver = definition.log_configuration.as_ref().and_then(|log| log.log_driver);
    if let Some(driver) = driver
        && !matches!(driver, LogDriver::AwsLogs | LogDriver::Splunk | LogDriver::AwsFirelens)
    {
        report.add(
            Code::InvalidValue,
            path.member("logConfiguration").member("logDriver"),
            format!("Fargate has no log driver {driver}: awslogs, splunk, awsfirelens."),
        );
    }
}

/// Source: the differences of Fargate in the developer guide.
fn reserved_on_windows(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let mappings = element.member("portMappings");
        for (j, _) in
            definition.port_mappings.iter().enumerate().filter(|(_, m)| m.container_port == Some(3150))
        {
            let mapping = mappings.index(j);
            report.add(
                Code::InvalidValue,
                mapping.member("containerPort"),
                "Port 3150 is reserved for Windows containers on Fargate.",
            );
        }
    }
}

fn refuse(members: &[(&str, bool)], path: Path<'_>, report: &mut Report<'_>) {
    for (member, is_set) in members {
        if *is_set {
            report.advise(
                Code::InvalidValue,
                path.member(member),
                format!("Tasks on Fargate do not support {member}."),
                "Run the task on EC2 capacity, or take the member out.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::validate::tests::{container_in, inputs};
    use crate::model::validate::{self, tests};

    fn missing(container: &Value, task: &Value, service: &Value) -> Vec<String> {
        let task = container_in(container, task);
        let (_, findings) = validate::service(&inputs(&task, service), &tests::context());
        let missing = findings.task_definition.into_iter().filter(|f| f.path == "executionRoleArn");
        missing.map(|finding| finding.message).collect()
    }

    #[test]
    fn without_an_execution_role_fargate_neither_pulls_from_ecr_nor_ships_logs() {
        let fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" });
        let image = json!({ "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1" });
        let logs = json!({ "logConfiguration": { "logDriver": "awslogs", "options": {
            "awslogs-group": "g", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "p" } } });
        let text = |what: &str| {
            format!("Fargate requires task definition to have execution role ARN to support {what}.")
        };
        assert_eq!(missing(&image, &fargate, &json!({})), [text("ECR images")]);
        assert_eq!(missing(&logs, &fargate, &json!({})), [text("log driver awslogs")]);
        assert_eq!(
            missing(&logs, &json!({}), &json!({ "launchType": "FARGATE" })),
            [text("log driver awslogs")]
        );
        for container in [&image, &logs] {
            assert!(missing(container, &json!({}), &json!({})).is_empty(), "instances have a role");
        }
        assert!(
            missing(&json!({ "image": "public.ecr.aws/nginx/nginx:1" }), &fargate, &json!({})).is_empty()
        );
    }
}
