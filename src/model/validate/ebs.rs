//! The volume that a service configures for each of its tasks.

mod parameters;

use std::collections::BTreeMap;

use super::{Report, set};
use crate::api::ecs::{PropagateTags, ServiceManagedEbsVolumeConfiguration, Tag};
use crate::finding::{Code, Path};
use crate::model::task::{Name, Os, Task};
use crate::model::volume::Ebs;
use crate::policy::Privilege;
use crate::rollout::Inputs;

/// API group of snapshots.
const SNAPSHOTS: &str = "snapshot.storage.k8s.io";

/// How the service runs its tasks.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// One on each node.
    pub(super) daemon: bool,
    /// By Fargate's rules.
    pub(super) fargate: bool,
}

pub(super) fn validate(inputs: &Inputs, task: &Task, kind: Kind, report: &mut Report<'_>) -> Option<Ebs> {
    let list = Path::ROOT.member("volumeConfigurations");
    let configurations = &inputs.service.volume_configurations;
    if kind.daemon && !configurations.is_empty() {
        report.advise(
            Code::InvalidValue,
            list,
            "A DAEMON service cannot configure volumes.",
            "Use an EFS file system, or a path of the node.",
        );
    }
    if !configurations.is_empty() {
        on_fargate_pods(inputs, list, report);
    }
    let wanted = task.at_launch.as_ref();
    let mut found = None;
    for (i, configuration) in configurations.iter().enumerate() {
        let path = list.index(i);
        let member = path.member("name");
        let name = report.required(configuration.name.as_deref(), member, "name");
        let Some(volume) = wanted.filter(|w| Some(w.original.as_str()) == name) else {
            if let Some(name) = name {
                report.advise(
                    Code::InvalidReference,
                    member,
                    format!("The task definition has no volume {name:?} that is configured at launch."),
                    "Set configuredAtLaunch to true in a volume of that name.",
                );
            }
            continue;
        };
        let managed = path.member("managedEBSVolume");
        let Some(configuration) = &configuration.managed_ebs_volume else {
            report.add(Code::MissingMember, managed, "managedEBSVolume is required.");
            continue;
        };
        if found.is_some() {
            report.add(
                Code::InvalidValue,
                member,
                format!("The volume {:?} is configured twice.", volume.original),
            );
        }
        found = Some(ebs(inputs, volume, configuration, task.os, kind.fargate, managed, report));
    }
    let configured = |w: &&Name| configurations.iter().any(|c| c.name.as_ref() == Some(&w.original));
    if let Some(volume) = wanted.filter(|w| !configured(w)) {
        report.advise(
            Code::MissingMember,
            list,
            format!(
                "The task definition leaves volume {:?} to the service, which does not configure it.",
                volume.original
            ),
            format!("Add an element with name {:?} and a managedEBSVolume.", volume.original),
        );
    }
    found
}

/// Pods of an EKS Fargate profile have no block devices. Other tasks of Fargate run on ordinary nodes.
fn on_fargate_pods(inputs: &Inputs, path: Path<'_>, report: &mut Report<'_>) {
    let profile = |p: &crate::api::CapacityProviderSpec| p.kubernetes.as_ref()?.fargate_profile.clone();
    if let Some(profile) = inputs.providers.values().find_map(profile) {
        report.advise(
            Code::EbsOnFargate,
            path,
            format!("Pods of the Fargate profile {profile} cannot have EBS volumes."),
            "Run the service on nodes, or use an EFS file system.",
        );
    }
}

fn ebs(
    inputs: &Inputs,
    volume: &Name,
    managed: &ServiceManagedEbsVolumeConfiguration,
    os: Os,
    fargate: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Ebs {
    report.required(managed.role_arn.as_deref(), path.member("roleArn"), "roleArn");
    let snapshot = snapshot(managed, path, report);
    let size = parameters::size(managed, snapshot.as_deref(), path, report);
    let mut parameters = parameters::of(managed, os != Os::Linux, path, report);
    if fargate && parameters::kind(managed) == "standard" {
        report.add(
            Code::InvalidValue,
            path.member("volumeType"),
            "Tasks on Fargate do not support volumes of type standard.",
        );
    }
    let tags = tags(inputs, managed, path, report);
    let numbered = tags.into_iter().enumerate();
    let numbered =
        numbered.map(|(i, (key, value))| (format!("tagSpecification_{}", i + 1), format!("{key}={value}")));
    parameters.extend(numbered);
    Ebs { name: volume.clone(), size, parameters, snapshot }
}

fn snapshot(
    managed: &ServiceManagedEbsVolumeConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<String> {
    let rate = path.member("volumeInitializationRate");
    report.within(managed.volume_initialization_rate, 100..=300, rate);
    let Some(snapshot) = set(managed.snapshot_id.as_deref()) else {
        if managed.volume_initialization_rate.is_some() {
            report.add(Code::InvalidValue, rate, "volumeInitializationRate needs a snapshotId.");
        }
        return None;
    };
    let path = path.member("snapshotId");
    report.grant(Privilege::Snapshots, snapshot, path);
    let hex = snapshot.strip_prefix("snap-").unwrap_or_default();
    if !(8..=40).contains(&hex.len()) || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        report.add(Code::InvalidValue, path, format!("{snapshot:?} is no snapshot id."));
    }
    if !report.context.capabilities.apis.contains(SNAPSHOTS) {
        report.advise(
            Code::SnapshotCrdsMissing,
            path,
            format!("The cluster does not serve {SNAPSHOTS}, by which a volume starts from a snapshot."),
            "Install the EKS add-on snapshot-controller (aws eks create-addon --addon-name snapshot-controller \
             --cluster-name NAME); render takes --api snapshot.storage.k8s.io.",
        );
    }
    Some(snapshot.to_owned())
}

/// Tags of the volume by key: those that stand there, then those of whom they are taken from.
fn tags(
    inputs: &Inputs,
    managed: &ServiceManagedEbsVolumeConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let list = path.member("tagSpecifications");
    let mut all = BTreeMap::new();
    for (i, specification) in managed.tag_specifications.iter().enumerate() {
        let path = list.index(i);
        if specification.resource_type.is_none() {
            report.advise(
                Code::MissingMember,
                path.member("resourceType"),
                "resourceType is required.",
                "Set it to volume.",
            );
        }
        let taken: &[Tag] = match specification.propagate_tags {
            Some(PropagateTags::TaskDefinition) => &inputs.task_definition.tags,
            Some(PropagateTags::Service) => &inputs.service.tags,
            Some(PropagateTags::None) | None => &[],
        };
        for tag in specification.tags.iter().chain(taken) {
            let (Some(key), value) = (set(tag.key.as_deref()), tag.value.as_deref().unwrap_or_default())
            else {
                continue;
            };
            // The driver splits a tag at the first "=", and expands templates in values.
            if key.contains('=') || value.contains("{{") {
                report.advise(
                    Code::TagNotApplied,
                    path.member("tags"),
                    format!("The tag {key:?} is not set: the EBS CSI driver would read it otherwise."),
                    "Write a key without \"=\", and a value without \"{{\".",
                );
                continue;
            }
            all.entry(key.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests;
