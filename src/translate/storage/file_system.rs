//! Existing file systems: a static volume and a claim of a namespace, named by their content.

use k8s_openapi::api::core::v1::{
    CSIPersistentVolumeSource, NFSVolumeSource, ObjectReference, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeClaimVolumeSource, PersistentVolumeSpec, SecretReference,
};

use super::{claim, content_hash, storage};
use crate::model::volume::{Efs, FileSystem, Nfs, S3Files, Smb};
use crate::object::Object;
use crate::translate::meta;

const EFS_DRIVER: &str = "efs.csi.aws.com";
const SMB_DRIVER: &str = "smb.csi.k8s.io";
/// A file system has no size, and the API requires one; no driver looks at it.
const SIZE: u32 = 1;

/// The claim as a pod mounts it.
pub(super) fn claim_of_pod(namespace: &str, file_system: &FileSystem) -> PersistentVolumeClaimVolumeSource {
    PersistentVolumeClaimVolumeSource { claim_name: name(namespace, file_system), read_only: None }
}

/// The volume and its claim.
pub(super) fn objects(namespace: &str, file_system: &FileSystem) -> [Object; 2] {
    let name = name(namespace, file_system);
    [volume(namespace, &name, file_system).into(), claim_object(namespace, &name).into()]
}

/// Name of both the volume and the claim. What is mounted in two namespaces is two volumes.
fn name(namespace: &str, file_system: &FileSystem) -> String {
    let (prefix, mut content) = match file_system {
        FileSystem::Efs(efs) => (
            "efs",
            vec![
                ("handle", efs_handle(efs)),
                ("encrypted", efs.encrypted.to_string()),
                ("iam", efs.iam.to_string()),
            ],
        ),
        FileSystem::S3Files(files) => ("s3files", vec![("handle", s3files_handle(files))]),
        FileSystem::Smb(smb) => ("smb", vec![("source", smb_source(smb)), ("secret", smb.secret.clone())]),
        FileSystem::Nfs(nfs) => (
            "nfs",
            vec![
                ("server", nfs.server.clone()),
                ("path", nfs.path.clone()),
                ("options", nfs.options.join(",")),
                ("readOnly", nfs.read_only.to_string()),
            ],
        ),
    };
    content.push(("namespace", namespace.to_owned()));
    let content = content.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    format!("ecs-{prefix}-{}", content_hash(&content))
}

fn volume(namespace: &str, name: &str, file_system: &FileSystem) -> PersistentVolume {
    let mut spec = PersistentVolumeSpec {
        capacity: Some(storage(SIZE)),
        access_modes: Some(vec!["ReadWriteMany".to_owned()]),
        volume_mode: Some("Filesystem".to_owned()),
        persistent_volume_reclaim_policy: Some("Retain".to_owned()),
        claim_ref: Some(ObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("PersistentVolumeClaim".to_owned()),
            namespace: Some(namespace.to_owned()),
            name: Some(name.to_owned()),
            ..ObjectReference::default()
        }),
        ..PersistentVolumeSpec::default()
    };
    match file_system {
        FileSystem::Efs(efs) => {
            spec.csi = Some(CSIPersistentVolumeSource {
                volume_attributes: Some([("encryptInTransit".to_owned(), efs.encrypted.to_string())].into()),
                ..csi(EFS_DRIVER, efs_handle(efs))
            });
            spec.mount_options = efs.iam.then(|| vec!["iam".to_owned()]);
        }
        FileSystem::S3Files(files) => spec.csi = Some(csi(EFS_DRIVER, s3files_handle(files))),
        FileSystem::Smb(smb) => {
            // Each volume has a mount of its own on a node, under the account of its namespace.
            let share = smb.path.replacen('/', "#", 1);
            let directory = if share.contains('#') { "" } else { "#" };
            spec.csi = Some(CSIPersistentVolumeSource {
                volume_attributes: Some([("source".to_owned(), smb_source(smb))].into()),
                node_stage_secret_ref: Some(SecretReference {
                    name: Some(smb.secret.clone()),
                    namespace: Some(namespace.to_owned()),
                }),
                ..csi(SMB_DRIVER, format!("{}/{share}{directory}#{name}", smb.server))
            });
        }
        FileSystem::Nfs(Nfs { server, path, options, read_only }) => {
            spec.nfs = Some(NFSVolumeSource {
                server: server.clone(),
                path: path.clone(),
                read_only: read_only.then_some(true),
            });
            spec.mount_options = Some(options.clone()).filter(|options| !options.is_empty());
        }
    }
    PersistentVolume { metadata: meta::shared(name, None), spec: Some(spec), status: None }
}

fn csi(driver: &str, handle: String) -> CSIPersistentVolumeSource {
    CSIPersistentVolumeSource {
        driver: driver.to_owned(),
        volume_handle: handle,
        ..CSIPersistentVolumeSource::default()
    }
}

/// `<file system>[:<directory>[:<access point>]]`, the form that every version of the driver reads.
fn efs_handle(efs: &Efs) -> String {
    match (&efs.access_point, efs.directory.as_str()) {
        (Some(point), directory) => format!("{}:{directory}:{point}", efs.file_system),
        (None, "") => efs.file_system.clone(),
        (None, directory) => format!("{}:{directory}", efs.file_system),
    }
}

/// `s3files:<file system>[:<directory>[:<access point>]]`, which drivers read from version 3.
fn s3files_handle(files: &S3Files) -> String {
    let S3Files { file_system, directory, access_point } = files.clone();
    let as_efs = Efs { file_system, directory, access_point, encrypted: true, iam: true };
    format!("s3files:{}", efs_handle(&as_efs))
}

fn smb_source(smb: &Smb) -> String {
    format!("//{}/{}", smb.server, smb.path)
}

fn claim_object(namespace: &str, name: &str) -> PersistentVolumeClaim {
    PersistentVolumeClaim {
        metadata: meta::shared(name, Some(namespace)),
        // No class: the default one must not make a volume of its own.
        spec: Some(claim("ReadWriteMany", SIZE, "", Some(name.to_owned()))),
        status: None,
    }
}
