//! DOC module volume

use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// DOC Volume
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// DOC Volume.name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// DOC Volume.host
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostVolumeProperties>,
    /// DOC Volume.dockerVolumeConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_volume_configuration: Option<DockerVolumeConfiguration>,
    /// DOC Volume.efsVolumeConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs_volume_configuration: Option<EfsVolumeConfiguration>,
    /// DOC Volume.s3filesVolumeConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3files_volume_configuration: Option<S3FilesVolumeConfiguration>,
    /// DOC Volume.fsxWindowsFileServerVolumeConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fsx_windows_file_server_volume_configuration: Option<FsxWindowsFileServerVolumeConfiguration>,
    /// DOC Volume.configuredAtLaunch
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configured_at_launch: Option<bool>,
}

/// DOC HostVolumeProperties
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostVolumeProperties {
    /// DOC HostVolumeProperties.sourcePath
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_path: Option<String>,
}

/// DOC DockerVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DockerVolumeConfiguration {
    /// DOC DockerVolumeConfiguration.scope
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<DockerVolumeScope>,
    /// DOC DockerVolumeConfiguration.autoprovision
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoprovision: Option<bool>,
    /// DOC DockerVolumeConfiguration.driver
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// DOC DockerVolumeConfiguration.driverOpts
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// DOC DockerVolumeConfiguration.labels
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// DOC EfsVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EfsVolumeConfiguration {
    /// DOC EfsVolumeConfiguration.fileSystemId
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_id: Option<String>,
    /// DOC EfsVolumeConfiguration.rootDirectory
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// DOC EfsVolumeConfiguration.transitEncryption
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption: Option<Toggle>,
    /// DOC EfsVolumeConfiguration.transitEncryptionPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption_port: Option<i32>,
    /// DOC EfsVolumeConfiguration.authorizationConfig
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_config: Option<EfsAuthorizationConfig>,
}

/// DOC EfsAuthorizationConfig
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EfsAuthorizationConfig {
    /// DOC EfsAuthorizationConfig.accessPointId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_point_id: Option<String>,
    /// DOC EfsAuthorizationConfig.iam
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<Toggle>,
}

/// DOC S3FilesVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct S3FilesVolumeConfiguration {
    /// DOC S3FilesVolumeConfiguration.fileSystemArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_arn: Option<String>,
    /// DOC S3FilesVolumeConfiguration.rootDirectory
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// DOC S3FilesVolumeConfiguration.transitEncryptionPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption_port: Option<i32>,
    /// DOC S3FilesVolumeConfiguration.accessPointArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
}

/// DOC FsxWindowsFileServerVolumeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FsxWindowsFileServerVolumeConfiguration {
    /// DOC FsxWindowsFileServerVolumeConfiguration.fileSystemId
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_id: Option<String>,
    /// DOC FsxWindowsFileServerVolumeConfiguration.rootDirectory
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub root_directory: Option<String>,
    /// DOC FsxWindowsFileServerVolumeConfiguration.authorizationConfig
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub authorization_config: Option<FsxWindowsFileServerAuthorizationConfig>,
}

/// DOC FsxWindowsFileServerAuthorizationConfig
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FsxWindowsFileServerAuthorizationConfig {
    /// DOC FsxWindowsFileServerAuthorizationConfig.credentialsParameter
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub credentials_parameter: Option<String>,
    /// DOC FsxWindowsFileServerAuthorizationConfig.domain
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub domain: Option<String>,
}

/// DOC MountPoint
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MountPoint {
    /// DOC MountPoint.sourceVolume
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_volume: Option<String>,
    /// DOC MountPoint.containerPath
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_path: Option<String>,
    /// DOC MountPoint.readOnly
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// DOC VolumeFrom
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VolumeFrom {
    /// DOC VolumeFrom.sourceContainer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_container: Option<String>,
    /// DOC VolumeFrom.readOnly
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// DOC EphemeralStorage
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EphemeralStorage {
    /// DOC EphemeralStorage.sizeInGiB
    #[serde(rename = "sizeInGiB", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub size_in_gib: Option<i32>,
}

ecs_enum! {
    /// DOC enum DockerVolumeScope
    DockerVolumeScope { Task = "task", Shared = "shared" }
}
