//! The volume that a service configures for each of its tasks.

use std::collections::BTreeMap;

use super::{Report, set};
use crate::api::EcsServiceSpec;
use crate::api::ecs::{FilesystemType, ServiceManagedEbsVolumeConfiguration, Tag};
use crate::finding::{Code, Path};
use crate::model::task::{Ebs, Os, Task};
use crate::policy::Privilege;

pub(super) fn validate(
    spec: &EcsServiceSpec,
    task: &Task,
    daemon: bool,
    report: &mut Report<'_>,
) -> Option<Ebs> {
    let list = Path::ROOT.member("volumeConfigurations");
    let configurations = &spec.volume_configurations;
    if daemon && !configurations.is_empty() {
        report.add(Code::InvalidValue, list, "A DAEMON service cannot configure volumes.");
    }
    let wanted = task.at_launch.as_ref();
    let mut found = None;
    for (i, configuration) in configurations.iter().enumerate() {
        let path = list.index(i);
        let name = report.required(configuration.name.as_deref(), path.member("name"), "name");
        let Some(volume) = wanted.filter(|w| Some(w.original.as_str()) == name) else {
            if let Some(name) = name {
                report.add(
                    Code::InvalidReference,
                    path.member("name"),
                    format!("The task definition has no volume {name:?} that is configured at launch."),
                );
            }
            continue;
        };
        let Some(managed) = &configuration.managed_ebs_volume else {
            report.add(Code::MissingMember, path.member("managedEBSVolume"), "managedEBSVolume is required.");
            continue;
        };
        let windows = task.os != Os::Linux;
        let parameters = parameters(managed, windows, path.member("managedEBSVolume"), report);
        found = Some(Ebs {
            name: volume.clone(),
            size: size(managed, path.member("managedEBSVolume"), report),
            parameters,
        });
    }
    if let Some(volume) =
        wanted.filter(|w| !configurations.iter().any(|c| c.name.as_ref() == Some(&w.original)))
    {
        report.add(
            Code::MissingMember,
            list,
            format!(
                "The task definition leaves volume {:?} to the service, which does not configure it.",
                volume.original
            ),
        );
    }
    found
}

/// Sizes in GiB by volume type.
fn sizes(kind: &str) -> Option<std::ops::RangeInclusive<i32>> {
    match kind {
        "gp2" | "gp3" => Some(1..=16384),
        "io1" | "io2" => Some(4..=16384),
        "st1" | "sc1" => Some(125..=16384),
        "standard" => Some(1..=1024),
        _ => None,
    }
}

fn kind(managed: &ServiceManagedEbsVolumeConfiguration) -> &str {
    set(managed.volume_type.as_deref()).unwrap_or("gp3")
}

fn size(managed: &ServiceManagedEbsVolumeConfiguration, path: Path<'_>, report: &mut Report<'_>) -> u32 {
    let path = path.member("sizeInGiB");
    if managed.size_in_gib.is_none() {
        report.advise(
            Code::MissingMember,
            path,
            "sizeInGiB is required: the size of a snapshot cannot be looked up here.",
            "Write the size that the volume should have.",
        );
    }
    if let Some(bounds) = sizes(kind(managed)) {
        report.within(managed.size_in_gib, bounds, path);
    }
    managed.size_in_gib.and_then(|s| u32::try_from(s).ok()).unwrap_or_default()
}

/// Parameters of the EBS CSI driver. `encrypted` and the file system are always written, because the driver's
/// defaults are not ECS's.
fn parameters(
    managed: &ServiceManagedEbsVolumeConfiguration,
    windows: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let kind = kind(managed);
    if sizes(kind).is_none() {
        report.add(
            Code::InvalidValue,
            path.member("volumeType"),
            format!("{kind:?} is no volume type: gp2, gp3, io1, io2, st1, sc1, standard."),
        );
    }
    let provisioned = matches!(kind, "io1" | "io2");
    let iops = path.member("iops");
    match managed.iops {
        None if provisioned => {
            report.add(Code::MissingMember, iops, format!("iops is required for {kind}."));
        }
        Some(_) if !provisioned && kind != "gp3" => {
            report.add(Code::InvalidValue, iops, format!("{kind} takes no iops."));
        }
        _ => {}
    }
    let throughput = path.member("throughput");
    report.within(managed.throughput, 125..=2000, throughput);
    if managed.throughput.is_some() && kind != "gp3" {
        report.add(Code::InvalidValue, throughput, "Only gp3 volumes take a throughput.");
    }
    if let Some(snapshot) = set(managed.snapshot_id.as_deref()) {
        report.grant(Privilege::Snapshots, snapshot, path.member("snapshotId"));
    }
    let default = if windows { FilesystemType::Ntfs } else { FilesystemType::Xfs };
    let filesystem = managed.filesystem_type.unwrap_or(default);
    if (filesystem == FilesystemType::Ntfs) != windows {
        report.add(
            Code::InvalidValue,
            path.member("filesystemType"),
            format!("{filesystem} does not go with the task's operating system."),
        );
    }
    // A key implies encryption; without either, EC2's account default still applies to an explicit "false".
    let key = set(managed.kms_key_id.as_deref());
    let encrypted = managed.encrypted.unwrap_or(key.is_some());
    let mut parameters = BTreeMap::from([
        ("type".to_owned(), kind.to_owned()),
        ("encrypted".to_owned(), encrypted.to_string()),
        ("csi.storage.k8s.io/fstype".to_owned(), filesystem.as_str().to_owned()),
    ]);
    let optional = [
        ("iops", managed.iops.map(|n| n.to_string())),
        ("throughput", managed.throughput.map(|n| n.to_string())),
        ("kmsKeyId", key.map(str::to_owned)),
    ];
    parameters.extend(optional.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))));
    let tags = managed.tag_specifications.iter().flat_map(|s| &s.tags);
    parameters.extend(tags.enumerate().filter_map(|(i, tag)| {
        let Tag { key, value } = tag;
        let value = value.as_deref().unwrap_or_default();
        Some((format!("tagSpecification_{}", i + 1), format!("{}={value}", key.as_deref()?)))
    }));
    parameters
}
