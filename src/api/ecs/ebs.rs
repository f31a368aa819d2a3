//! DOC module ebs

use super::platform::{PropagateTags, Tag};
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC ServiceVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceVolumeConfiguration {
    /// DOC ServiceVolumeConfiguration.name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC ServiceVolumeConfiguration.managedEBSVolume
    #[serde(rename = "managedEBSVolume", skip_serializing_if = "Option::is_none")]
    pub managed_ebs_volume: Option<ServiceManagedEbsVolumeConfiguration>,
}

/// DOC ServiceManagedEbsVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceManagedEbsVolumeConfiguration {
    /// DOC ServiceManagedEbsVolumeConfiguration.encrypted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// DOC ServiceManagedEbsVolumeConfiguration.kmsKeyId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// DOC ServiceManagedEbsVolumeConfiguration.volumeType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// DOC ServiceManagedEbsVolumeConfiguration.sizeInGiB
    #[serde(rename = "sizeInGiB", skip_serializing_if = "Option::is_none")]
    pub size_in_gib: Option<i32>,
    /// DOC ServiceManagedEbsVolumeConfiguration.snapshotId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// DOC ServiceManagedEbsVolumeConfiguration.volumeInitializationRate
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_initialization_rate: Option<i32>,
    /// DOC ServiceManagedEbsVolumeConfiguration.iops
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iops: Option<i32>,
    /// DOC ServiceManagedEbsVolumeConfiguration.throughput
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i32>,
    /// DOC ServiceManagedEbsVolumeConfiguration.tagSpecifications
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<EbsTagSpecification>,
    /// DOC ServiceManagedEbsVolumeConfiguration.roleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub role_arn: Option<String>,
    /// DOC ServiceManagedEbsVolumeConfiguration.filesystemType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filesystem_type: Option<FilesystemType>,
}

/// DOC EbsTagSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EbsTagSpecification {
    /// DOC EbsTagSpecification.resourceType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub resource_type: Option<EbsResourceType>,
    /// DOC EbsTagSpecification.tags
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// DOC EbsTagSpecification.propagateTags
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<PropagateTags>,
}

ecs_enum! {
    /// DOC enum FilesystemType
    FilesystemType { Ext3 = "ext3", Ext4 = "ext4", Xfs = "xfs", Ntfs = "ntfs" }
}

ecs_enum! {
    /// DOC enum EbsResourceType
    EbsResourceType { Volume = "volume" }
}
