//! What the StorageClass of a volume says.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::api::ecs::{FilesystemType, ServiceManagedEbsVolumeConfiguration};
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};

/// A type of EBS volumes, with what ECS accepts for it.
struct Type {
    name: &'static str,
    /// GiB.
    sizes: RangeInclusive<i32>,
    /// I/O operations per second, where they can be chosen.
    iops: Option<RangeInclusive<i32>>,
    /// Whether they have to be.
    iops_required: bool,
}

const fn volume_type(name: &'static str, sizes: RangeInclusive<i32>) -> Type {
    Type { name, sizes, iops: None, iops_required: false }
}

/// Source: the ECS API, ServiceManagedEBSVolumeConfiguration.
const TYPES: &[Type] = &[
    volume_type("gp2", 1..=16_384),
    Type { iops: Some(3000..=16_000), ..volume_type("gp3", 1..=16_384) },
    Type { iops: Some(100..=64_000), iops_required: true, ..volume_type("io1", 4..=16_384) },
    Type { iops: Some(100..=256_000), iops_required: true, ..volume_type("io2", 4..=16_384) },
    volume_type("st1", 125..=16_384),
    volume_type("sc1", 125..=16_384),
    volume_type("standard", 1..=1024),
];
/// MiB per second of a gp3 volume.
const THROUGHPUT: RangeInclusive<i32> = 125..=1000;

/// The volume type; ECS does not say which is the default, and gp3 is EBS's own.
pub(super) fn kind(managed: &ServiceManagedEbsVolumeConfiguration) -> &str {
    set(managed.volume_type.as_deref()).unwrap_or("gp3")
}

fn type_of(managed: &ServiceManagedEbsVolumeConfiguration) -> Option<&'static Type> {
    TYPES.iter().find(|known| known.name == kind(managed))
}

pub(super) fn size(
    managed: &ServiceManagedEbsVolumeConfiguration,
    snapshot: Option<&str>,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> u32 {
    let path = path.member("sizeInGiB");
    match (managed.size_in_gib, snapshot) {
        (None, Some(snapshot)) => report.advise(
            Code::MissingMember,
            path,
            "sizeInGiB is required: the size of a snapshot cannot be looked up here.",
            format!(
                "Write the size of the snapshot: aws ec2 describe-snapshots --snapshot-ids {snapshot} --query \
                 'Snapshots[0].VolumeSize'"
            ),
        ),
        (None, None) => report.advise(
            Code::MissingMember,
            path,
            "sizeInGiB or snapshotId is required.",
            "Write the size that the volume should have.",
        ),
        (Some(_), _) => {}
    }
    if let Some(known) = type_of(managed) {
        report.within(managed.size_in_gib, known.sizes.clone(), path);
    }
    managed.size_in_gib.and_then(|s| u32::try_from(s).ok()).unwrap_or_default()
}

/// Parameters of the EBS CSI driver. `encrypted` and the file system are always written, because the driver's
/// defaults are not ECS's.
pub(super) fn of(
    managed: &ServiceManagedEbsVolumeConfiguration,
    windows: bool,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    performance(managed, path, report);
    let default = if windows { FilesystemType::Ntfs } else { FilesystemType::Xfs };
    let filesystem = managed.filesystem_type.unwrap_or(default);
    if (filesystem == FilesystemType::Ntfs) != windows {
        report.advise(
            Code::InvalidValue,
            path.member("filesystemType"),
            format!("{filesystem} does not go with the task's operating system."),
            "ntfs is for Windows, ext3, ext4 and xfs are for Linux.",
        );
    }
    // A key implies encryption; without either, EC2's account default still applies to an explicit "false".
    let key = set(managed.kms_key_id.as_deref());
    if key.is_some() && managed.encrypted == Some(false) {
        report.advise(
            Code::InvalidValue,
            path.member("encrypted"),
            "A volume with a kmsKeyId has to be encrypted.",
            "Set encrypted to true, or take the key out.",
        );
    }
    let encrypted = managed.encrypted.unwrap_or(key.is_some());
    let parameters = [
        ("type", Some(kind(managed).to_owned())),
        ("encrypted", Some(encrypted.to_string())),
        ("csi.storage.k8s.io/fstype", Some(filesystem.as_str().to_owned())),
        ("iops", managed.iops.map(|n| n.to_string())),
        ("throughput", managed.throughput.map(|n| n.to_string())),
        ("kmsKeyId", key.map(str::to_owned)),
        ("volumeInitializationRate", managed.volume_initialization_rate.map(|n| n.to_string())),
    ];
    parameters.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))).collect()
}

fn performance(managed: &ServiceManagedEbsVolumeConfiguration, path: Path<'_>, report: &mut Report<'_>) {
    let kind = kind(managed);
    let Some(known) = type_of(managed) else {
        report.add(
            Code::InvalidValue,
            path.member("volumeType"),
            format!("{kind:?} is no volume type: gp2, gp3, io1, io2, st1, sc1, standard."),
        );
        return;
    };
    let iops = path.member("iops");
    match (&known.iops, managed.iops) {
        (Some(bounds), Some(_)) => report.within(managed.iops, bounds.clone(), iops),
        (Some(bounds), None) if known.iops_required => report.advise(
            Code::MissingMember,
            iops,
            format!("iops is required for {kind}."),
            format!("Write a number between {} and {}.", bounds.start(), bounds.end()),
        ),
        (None, Some(_)) => {
            report.advise(Code::InvalidValue, iops, format!("{kind} takes no iops."), "Take it out.");
        }
        _ => {}
    }
    let throughput = path.member("throughput");
    if managed.throughput.is_some() && kind != "gp3" {
        report.advise(
            Code::InvalidValue,
            throughput,
            "Only gp3 volumes take a throughput.",
            "Take it out, or set volumeType to gp3.",
        );
    } else {
        report.within(managed.throughput, THROUGHPUT, throughput);
    }
}
