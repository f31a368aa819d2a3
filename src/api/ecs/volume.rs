//! Volumes of a task and their mounts.

use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A volume of the task. It has at most one source; without any it is an empty directory that lives as long
/// as the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// Name by which `mountPoints` refer to the volume: 1 to 255 letters, digits, `-` and `_`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A directory: empty and of the task alone, or with `sourcePath` one of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostVolumeProperties>,
    /// A Docker volume. EC2 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_volume_configuration: Option<DockerVolumeConfiguration>,
    /// A directory of an Amazon EFS file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs_volume_configuration: Option<EfsVolumeConfiguration>,
    /// A directory of an Amazon S3 Files file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3files_volume_configuration: Option<S3FilesVolumeConfiguration>,
    /// A share of an Amazon FSx for Windows File Server file system. Windows on EC2 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fsx_windows_file_server_volume_configuration: Option<FsxWindowsFileServerVolumeConfiguration>,
    /// Leaves the source to the service: its `volumeConfigurations` name an EBS volume. At most one such
    /// volume per task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configured_at_launch: Option<bool>,
}

/// A directory of the task or of its node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostVolumeProperties {
    /// Path on the node; what it holds outlives the task. Without it the directory is empty at first and goes
    /// with the task. Not on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_path: Option<String>,
}

/// A Docker volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DockerVolumeConfiguration {
    /// `task` (the default): made with the task and removed with it. `shared`: stays on the node for later
    /// tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<DockerVolumeScope>,
    /// With scope `shared`: makes the volume where it does not exist yet. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoprovision: Option<bool>,
    /// Docker volume driver; default `local`, which is the only one for Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Options of the driver. With the `local` driver `type`, `device` and `o` mount NFS.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Labels of the Docker volume.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// A directory of an Amazon EFS file system. Fargate needs platform version 1.4.0 or later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EfsVolumeConfiguration {
    /// Id of the file system, `fs-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_id: Option<String>,
    /// Directory of the file system to mount; default `/`. With an access point absent or `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// Whether traffic to the file system is encrypted; default DISABLED. Has to be ENABLED with an access
    /// point and with IAM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption: Option<Toggle>,
    /// Local port of the encrypted connection; chosen by the mount helper where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption_port: Option<i32>,
    /// Access point and IAM authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_config: Option<EfsAuthorizationConfig>,
}

/// How access to an EFS file system is authorized.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EfsAuthorizationConfig {
    /// Id of the access point to mount through, `fsap-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_point_id: Option<String>,
    /// Whether the task role is used to mount; default DISABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<Toggle>,
}

/// A directory of an Amazon S3 Files file system. Needs `taskRoleArn`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct S3FilesVolumeConfiguration {
    /// ARN of the file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_arn: Option<String>,
    /// Directory of the file system to mount; default `/`. With an access point absent or `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
    /// Local port of the encrypted connection; chosen by the mount helper where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_encryption_port: Option<i32>,
    /// ARN of the access point to mount through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
}

/// A share of an Amazon FSx for Windows File Server file system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FsxWindowsFileServerVolumeConfiguration {
    /// Id of the file system, `fs-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub file_system_id: Option<String>,
    /// Directory of the file system to mount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub root_directory: Option<String>,
    /// Account that mounts the share.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub authorization_config: Option<FsxWindowsFileServerAuthorizationConfig>,
}

/// Account that mounts an FSx for Windows File Server share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FsxWindowsFileServerAuthorizationConfig {
    /// ARN of a Secrets Manager secret or Parameter Store parameter that holds user name and password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub credentials_parameter: Option<String>,
    /// Fully qualified name of the Active Directory domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub domain: Option<String>,
}

/// A volume mounted into a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MountPoint {
    /// Name of a volume of the task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_volume: Option<String>,
    /// Path in the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_path: Option<String>,
    /// Whether the container may only read it. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// A container whose mounts are repeated in another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VolumeFrom {
    /// Name of the container, in the same task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_container: Option<String>,
    /// Whether the mounts are read-only here. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// The disk space of a Fargate task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EphemeralStorage {
    /// Size in GiB, 21 to 200. Without this block a task has 20 GiB.
    #[serde(rename = "sizeInGiB", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub size_in_gib: Option<i32>,
}

ecs_enum! {
    /// How long a Docker volume lives.
    DockerVolumeScope { Task = "task", Shared = "shared" }
}
