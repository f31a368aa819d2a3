//! S3 Files file systems.

use super::efs::node_identity;
use super::{is_id, root_directory};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::S3FilesVolumeConfiguration;
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};
use crate::model::volume::{FileSystem, S3Files};
use crate::policy::Privilege;

pub(super) fn validate(
    spec: &TaskDefinitionSpec,
    files: &S3FilesVolumeConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<FileSystem> {
    let member = path.member("fileSystemArn");
    let arn = report.required(files.file_system_arn.as_deref(), member, "fileSystemArn")?;
    report.grant(Privilege::VolumeHandles, arn, member);
    if set(spec.task_role_arn.as_deref()).is_none() {
        report.advise(
            Code::MissingMember,
            Path::ROOT.member("taskRoleArn"),
            "S3 Files volumes need a task role.",
            "Set taskRoleArn to a role that may mount the file system.",
        );
    }
    let file_system = last_part(arn, "fs-", member, report);
    let access_point = set(files.access_point_arn.as_deref())
        .map(|arn| last_part(arn, "fsap-", path.member("accessPointArn"), report));
    let root = path.member("rootDirectory");
    let directory = root_directory(files.root_directory.as_deref(), access_point.is_some(), root, report);
    report.within(files.transit_encryption_port, 0..=65_535, path.member("transitEncryptionPort"));
    report.advise(
        Code::S3FilesNeedsDriver,
        path,
        "S3 Files are mounted by the EFS CSI driver from version 3.0.",
        "See that the add-on aws-efs-csi-driver is at least v3.0: \
         kubectl get daemonset efs-csi-node -n kube-system -o jsonpath='{.spec.template.spec.containers[0].image}'",
    );
    node_identity(path, report);
    Some(FileSystem::S3Files(S3Files { file_system, directory, access_point }))
}

/// The id at the end of an ARN.
fn last_part(arn: &str, prefix: &str, path: Path<'_>, report: &mut Report<'_>) -> String {
    let id = arn.rsplit_once('/').map_or("", |(_, id)| id);
    if !(arn.starts_with("arn:") && is_id(id, prefix)) {
        report.advise(
            Code::InvalidValue,
            path,
            format!("{arn:?} is no ARN that ends in an id with {prefix:?}."),
            "Write the whole ARN, as the S3 Files console shows it.",
        );
    }
    id.to_owned()
}
