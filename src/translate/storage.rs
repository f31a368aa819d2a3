//! Volumes, and the objects that they need.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    CSIPersistentVolumeSource, EmptyDirVolumeSource, EphemeralVolumeSource, HostPathVolumeSource,
    ObjectReference, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec,
    PersistentVolumeClaimTemplate, PersistentVolumeClaimVolumeSource, PersistentVolumeSpec, Volume,
    VolumeResourceRequirements,
};
use k8s_openapi::api::storage::v1::StorageClass;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::core::ObjectMeta;

use super::meta;
use super::units::gibibytes;
use crate::model::name::hash;
use crate::model::task::{Ebs, Efs, VolumeSource};
use crate::model::{self, Service};
use crate::object::Object;

const EFS_DRIVER: &str = "efs.csi.aws.com";
const EBS_DRIVER: &str = "ebs.csi.aws.com";
/// A file system has no size, and the API requires one; the driver does not look at it.
const EFS_SIZE: u32 = 1;

/// The volumes of the service's pods.
pub(super) fn volumes(service: &Service) -> Vec<Volume> {
    let own = service.task.volumes.iter().map(|v| volume(service, v));
    own.chain(service.ebs.as_ref().map(|e| ebs(service, e))).collect()
}

fn volume(service: &Service, volume: &model::task::Volume) -> Volume {
    let mut spec = Volume { name: volume.name.label.clone(), ..Volume::default() };
    match &volume.source {
        VolumeSource::TaskScoped => spec.empty_dir = Some(EmptyDirVolumeSource::default()),
        VolumeSource::Host { path, create } => {
            spec.host_path = Some(HostPathVolumeSource {
                path: path.clone(),
                // Without a type nothing is checked: the path may be a directory, a file or a socket.
                type_: create.then(|| "DirectoryOrCreate".to_owned()),
            });
        }
        VolumeSource::Efs(efs) => {
            spec.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                claim_name: efs_name(&service.namespace, efs),
                read_only: None,
            });
        }
    }
    spec
}

fn ebs(service: &Service, ebs: &Ebs) -> Volume {
    // The claim belongs to the pod and goes with it, as the volume goes with the task on ECS.
    let template = PersistentVolumeClaimTemplate {
        metadata: Some(ObjectMeta { labels: Some(meta::service_selector(service)), ..ObjectMeta::default() }),
        spec: claim("ReadWriteOnce", ebs.size, &class_name(ebs), None),
    };
    Volume {
        name: ebs.name.label.clone(),
        ephemeral: Some(EphemeralVolumeSource { volume_claim_template: Some(template) }),
        ..Volume::default()
    }
}

fn claim(mode: &str, size: u32, class: &str, volume: Option<String>) -> PersistentVolumeClaimSpec {
    PersistentVolumeClaimSpec {
        access_modes: Some(vec![mode.to_owned()]),
        storage_class_name: Some(class.to_owned()),
        volume_name: volume,
        volume_mode: Some("Filesystem".to_owned()),
        resources: Some(VolumeResourceRequirements { requests: Some(storage(size)), limits: None }),
        ..PersistentVolumeClaimSpec::default()
    }
}

fn storage(size: u32) -> BTreeMap<String, Quantity> {
    [("storage".to_owned(), gibibytes(size))].into()
}

/// Classes, volumes and claims. They are named by their content: whoever needs the same shares them, and a
/// change makes new ones instead of touching what may be in use.
pub(super) fn objects(service: &Service) -> Vec<Object> {
    let mut objects: Vec<Object> = service.ebs.as_ref().map(|ebs| class(ebs).into()).into_iter().collect();
    let (mut volumes, mut claims): (Vec<Object>, Vec<Object>) = (Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for volume in &service.task.volumes {
        let VolumeSource::Efs(efs) = &volume.source else {
            continue;
        };
        let name = efs_name(&service.namespace, efs);
        if seen.contains(&name) {
            continue;
        }
        volumes.push(efs_volume(&service.namespace, &name, efs).into());
        claims.push(efs_claim(&service.namespace, &name).into());
        seen.push(name);
    }
    objects.extend(volumes);
    objects.extend(claims);
    objects
}

fn class(ebs: &Ebs) -> StorageClass {
    StorageClass {
        metadata: meta::shared(&class_name(ebs), None),
        provisioner: EBS_DRIVER.to_owned(),
        parameters: Some(ebs.parameters.clone()),
        reclaim_policy: Some("Delete".to_owned()),
        // The volume has to be made in the zone that the scheduler chooses for the pod.
        volume_binding_mode: Some("WaitForFirstConsumer".to_owned()),
        allow_volume_expansion: Some(true),
        ..StorageClass::default()
    }
}

fn class_name(ebs: &Ebs) -> String {
    format!("ecs-ebs-{}", content_hash(&ebs.parameters, 10))
}

fn content_hash(content: &BTreeMap<String, String>, digits: usize) -> String {
    let lines: Vec<String> = content.iter().map(|(k, v)| format!("{k:?}={v:?}")).collect();
    hash(lines.join("\n"), digits)
}

/// Name of both the volume and the claim of an EFS mount in a namespace.
fn efs_name(namespace: &str, efs: &Efs) -> String {
    let content = [
        ("namespace", namespace.to_owned()),
        ("handle", efs_handle(efs)),
        ("encrypted", efs.encrypted.to_string()),
        ("iam", efs.iam.to_string()),
    ];
    let content = content.map(|(k, v)| (k.to_owned(), v)).into();
    format!("ecs-efs-{}", content_hash(&content, 12))
}

/// `<file system>[:<directory>[:<access point>]]`, the form that every version of the driver reads.
fn efs_handle(efs: &Efs) -> String {
    match (&efs.access_point, efs.directory.as_str()) {
        (Some(point), directory) => format!("{}:{directory}:{point}", efs.file_system),
        (None, "") => efs.file_system.clone(),
        (None, directory) => format!("{}:{directory}", efs.file_system),
    }
}

fn efs_volume(namespace: &str, name: &str, efs: &Efs) -> PersistentVolume {
    PersistentVolume {
        metadata: meta::shared(name, None),
        spec: Some(PersistentVolumeSpec {
            capacity: Some(storage(EFS_SIZE)),
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
            mount_options: efs.iam.then(|| vec!["iam".to_owned()]),
            csi: Some(CSIPersistentVolumeSource {
                driver: EFS_DRIVER.to_owned(),
                volume_handle: efs_handle(efs),
                volume_attributes: Some([("encryptInTransit".to_owned(), efs.encrypted.to_string())].into()),
                ..CSIPersistentVolumeSource::default()
            }),
            ..PersistentVolumeSpec::default()
        }),
        status: None,
    }
}

fn efs_claim(namespace: &str, name: &str) -> PersistentVolumeClaim {
    PersistentVolumeClaim {
        metadata: meta::shared(name, Some(namespace)),
        // No class: the default one must not make a volume of its own.
        spec: Some(claim("ReadWriteMany", EFS_SIZE, "", Some(name.to_owned()))),
        status: None,
    }
}
