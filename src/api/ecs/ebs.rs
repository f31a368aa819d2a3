//! EBS volumes that a service makes for each of its tasks.

use super::platform::{PropagateTags, Tag};
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a volume with `configuredAtLaunch` is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceVolumeConfiguration {
    /// Name of the volume in the task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// The EBS volume that each task gets: a new one per task, deleted with it. REPLICA services only.
    #[serde(rename = "managedEBSVolume", skip_serializing_if = "Option::is_none")]
    pub managed_ebs_volume: Option<ServiceManagedEbsVolumeConfiguration>,
}

/// An EBS volume that is made for each task. It needs `sizeInGiB` or `snapshotId`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceManagedEbsVolumeConfiguration {
    /// Whether the volume is encrypted. Without it the account's default for EBS holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// KMS key to encrypt with: id, alias or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// Volume type: `gp2`, `gp3`, `io1`, `io2`, `st1`, `sc1` or `standard` (not on Fargate).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// Size in GiB: gp2 and gp3 1 to 16384, io1 and io2 4 to 16384, st1 and sc1 125 to 16384, standard 1 to
    /// 1024. Default is the size of the snapshot, and never less.
    #[serde(rename = "sizeInGiB", skip_serializing_if = "Option::is_none")]
    pub size_in_gib: Option<i32>,
    /// Snapshot that the volume starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// MiB per second at which the snapshot is loaded. Only with `snapshotId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_initialization_rate: Option<i32>,
    /// I/O operations per second: gp3 3000 to 16000 (default 3000), io1 100 to 64000, io2 100 to 256000.
    /// Needed for io1 and io2, not for st1, sc1 and standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iops: Option<i32>,
    /// Throughput in MiB per second, at most 1000. gp3 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i32>,
    /// Tags of the volume.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<EbsTagSpecification>,
    /// ARN of the infrastructure role with which ECS manages the volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub role_arn: Option<String>,
    /// File system to format with: `ext3`, `ext4`, `xfs` (default for Linux) or `ntfs` (default for Windows).
    /// Has to match the snapshot's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filesystem_type: Option<FilesystemType>,
}

/// Tags of the EBS volumes of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EbsTagSpecification {
    /// What is tagged; `volume` is the only kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub resource_type: Option<EbsResourceType>,
    /// Tags to set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub tags: Vec<Tag>,
    /// Whose tags are copied as well: TASK_DEFINITION, SERVICE or NONE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<PropagateTags>,
}

ecs_enum! {
    /// File systems of EBS volumes.
    FilesystemType { Ext3 = "ext3", Ext4 = "ext4", Xfs = "xfs", Ntfs = "ntfs" }
}

ecs_enum! {
    /// What an EBS tag specification speaks of.
    EbsResourceType { Volume = "volume" }
}
