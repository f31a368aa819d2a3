//! What a launch type, or a platform version of Fargate, does not have.

use super::{Report, set};
use crate::api::ecs::{LaunchType, LogDriver, NetworkMode, ResourceType};
use crate::api::{EcsServiceSpec, TaskDefinitionSpec};
use crate::finding::{Code, Path};
use crate::model::task::Os;
use crate::rollout::Inputs;

/// The first platform version with all that tasks have today.
const WHOLE: (u32, u32, u32) = (1, 4, 0);

/// What the launch types do not have that a definition demands, or that its service runs it with.
pub(super) fn task(spec: &TaskDefinitionSpec, service: Option<&EcsServiceSpec>, report: &mut Report<'_>) {
    let launch = service.and_then(|service| service.launch_type);
    let demands = |kind| spec.requires_compatibilities.contains(&kind) || launch == Some(kind);
    if demands(LaunchType::External) {
        external(spec, report);
    }
    let managed = demands(LaunchType::ManagedInstances);
    if managed {
        drivers(spec, report);
    }
    if !managed && !spec.requires_compatibilities.is_empty() {
        managed_only(spec, report);
    }
}

fn external(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    const REMEDY: &str = "Take EXTERNAL out of requiresCompatibilities, or use a path of the node.";
    if spec.network_mode == Some(NetworkMode::Awsvpc) {
        report.advise(
            Code::InvalidValue,
            Path::ROOT.member("networkMode"),
            "Tasks on EXTERNAL instances have no network mode awsvpc.",
            "Use bridge, host or none, or take EXTERNAL out of requiresCompatibilities.",
        );
    }
    let list = Path::ROOT.member("volumes");
    for (i, volume) in spec.volumes.iter().enumerate() {
        for (member, is_set) in [
            ("efsVolumeConfiguration", volume.efs_volume_configuration.is_some()),
            ("configuredAtLaunch", volume.configured_at_launch == Some(true)),
        ] {
            if is_set {
                let message = format!("Tasks on EXTERNAL instances do not support {member}.");
                report.advise(Code::InvalidValue, list.index(i).member(member), message, REMEDY);
            }
        }
    }
}

fn drivers(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    use LogDriver::{AwsFirelens, AwsLogs, JsonFile, Splunk};
    let list = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let driver = definition.log_configuration.as_ref().and_then(|log| log.log_driver);
        let Some(driver) = driver.filter(|d| !matches!(d, AwsLogs | Splunk | AwsFirelens | JsonFile)) else {
            continue;
        };
        let element = list.index(i);
        report.add(
            Code::InvalidValue,
            element.member("logConfiguration").member("logDriver"),
            format!(
                "MANAGED_INSTANCES have no log driver {driver}: awslogs, splunk, awsfirelens, json-file."
            ),
        );
    }
}

/// What nobody has but managed instances.
fn managed_only(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    const REMEDY: &str = "Add MANAGED_INSTANCES to requiresCompatibilities, or take the member out.";
    if spec.trusted_execution_configuration.is_some() {
        report.advise(
            Code::InvalidValue,
            Path::ROOT.member("trustedExecutionConfiguration"),
            "Only MANAGED_INSTANCES support trustedExecutionConfiguration.",
            REMEDY,
        );
    }
    let list = Path::ROOT.member("containerDefinitions");
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let required = element.member("resourceRequirements");
        let neuron = definition.resource_requirements.iter();
        if let Some(at) = neuron.map(|r| r.type_).position(|kind| kind == Some(ResourceType::NeuronDevice)) {
            let message = "Only MANAGED_INSTANCES have Neuron devices.";
            report.advise(Code::InvalidValue, required.index(at).member("type"), message, REMEDY);
        }
    }
}

/// Whether a service uses it.
type IsUsed = fn(&Inputs) -> bool;

/// What came with version 1.4.0, and where it stands. Source: "Fargate platform versions" of the developer guide.
const SINCE_WHOLE: &[(&str, IsUsed)] = &[
    ("8 vCPU and more", |i| units(&i.task_definition).is_some_and(|units| units >= 8192)),
    ("EBS volumes", |i| !i.service.volume_configurations.is_empty()),
    ("EFS volumes", |i| i.task_definition.volumes.iter().any(|v| v.efs_volume_configuration.is_some())),
    ("ephemeralStorage", |i| i.task_definition.ephemeral_storage.is_some()),
    ("environmentFiles", |i| {
        i.task_definition.container_definitions.iter().any(|c| !c.environment_files.is_empty())
    }),
    ("keys and versions of secrets", |i| {
        let mut all = i.task_definition.container_definitions.iter().flat_map(|c| &c.secrets);
        all.any(|s| s.value_from.as_deref().is_some_and(|arn| arn.split(':').count() > 7))
    }),
    ("pidMode", |i| i.task_definition.pid_mode.is_some()),
    ("SYS_PTRACE", |i| {
        let linux =
            i.task_definition.container_definitions.iter().filter_map(|c| c.linux_parameters.as_ref());
        linux.filter_map(|l| l.capabilities.as_ref()).any(|c| !c.add.is_empty())
    }),
    ("systemControls", |i| {
        i.task_definition.container_definitions.iter().any(|c| !c.system_controls.is_empty())
    }),
];

fn units(spec: &TaskDefinitionSpec) -> Option<u32> {
    crate::model::units::CpuUnits::parse(&spec.cpu.as_ref()?.0).map(|units| units.0)
}

/// Whether the platform version that a service names has what its tasks need.
pub(super) fn version(inputs: &Inputs, fargate: bool, os: Os, report: &mut Report<'_>) {
    let Some(text) = set(inputs.service.platform_version.as_deref()) else { return };
    let path = Path::ROOT.member("platformVersion");
    if matches!(inputs.service.launch_type, Some(LaunchType::Ec2 | LaunchType::External)) {
        let message = "The platform version must be null when specifying an EC2 launch type.";
        report.advise(Code::InvalidValue, path, message, "Take it out.");
        return;
    }
    if text == "LATEST" {
        return;
    }
    let mut numbers = text.split('.').map(str::parse::<u32>);
    let parsed = match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => (major, minor, patch),
        _ => {
            let message = format!("{text:?} is no platform version.");
            report.advise(Code::InvalidValue, path, message, "Write LATEST, or a version such as 1.4.0.");
            return;
        }
    };
    if !fargate || os != Os::Linux || parsed >= WHOLE {
        return;
    }
    let missing = SINCE_WHOLE.iter().filter(|(_, is_used)| is_used(inputs)).map(|(what, _)| *what);
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let message = format!("Platform version {text} does not support: {}.", missing.join(", "));
        report.advise(Code::InvalidValue, path, message, "Use LATEST, or 1.4.0 and later.");
    }
}
