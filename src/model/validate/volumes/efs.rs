//! EFS file systems.

use super::{is_id, root_directory};
use crate::api::ecs::{EfsVolumeConfiguration, Toggle};
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};
use crate::model::volume::{Efs, FileSystem};
use crate::policy::Privilege;

pub(super) fn validate(
    efs: &EfsVolumeConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<FileSystem> {
    let id = path.member("fileSystemId");
    let file_system = report.required(efs.file_system_id.as_deref(), id, "fileSystemId")?;
    report.grant(Privilege::VolumeHandles, file_system, id);
    if !is_id(file_system, "fs-") {
        report.advise(
            Code::InvalidValue,
            id,
            format!("{file_system:?} is no file system id."),
            "Write the id, such as fs-0123456789abcdef0: `aws efs describe-file-systems` lists them.",
        );
    }
    let authorization = efs.authorization_config.as_ref();
    let access_point = authorization.and_then(|a| set(a.access_point_id.as_deref()));
    let config = path.member("authorizationConfig");
    if let Some(point) = access_point.filter(|p| !is_id(p, "fsap-")) {
        report.add(
            Code::InvalidValue,
            config.member("accessPointId"),
            format!("{point:?} is no access point id."),
        );
    }
    let root = path.member("rootDirectory");
    let directory = root_directory(efs.root_directory.as_deref(), access_point.is_some(), root, report);
    report.within(efs.transit_encryption_port, 0..=65_535, path.member("transitEncryptionPort"));
    let iam = authorization.and_then(|a| a.iam) == Some(Toggle::Enabled);
    let encrypted = efs.transit_encryption == Some(Toggle::Enabled);
    if (iam || access_point.is_some()) && !encrypted {
        report.advise(
            Code::InvalidValue,
            path.member("transitEncryption"),
            "With an access point or IAM authorization, transitEncryption has to be ENABLED.",
            "Set transitEncryption to ENABLED.",
        );
    }
    if iam {
        node_identity(config.member("iam"), report);
    }
    Some(FileSystem::Efs(Efs {
        file_system: file_system.to_owned(),
        directory,
        access_point: access_point.map(str::to_owned),
        encrypted,
        iam,
    }))
}

/// The driver mounts for all pods of a node, as itself.
pub(super) fn node_identity(path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::EfsIamUsesNodeIdentity,
        path,
        "The file system is mounted with the identity of the CSI driver's node plugin, not with the task role.",
        "Allow that identity in the file system policy; an access point still enforces the POSIX user.",
    );
}
