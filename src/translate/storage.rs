//! Volumes, and the objects that they need.

mod ebs;
mod file_system;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, HostPathVolumeSource, PersistentVolumeClaimSpec, PodTemplateSpec, Volume,
    VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::units::{gibibytes, kibibytes};
use crate::model::Service;
use crate::model::name::hash;
use crate::model::volume::{Expect, Volume as Declared, VolumeSource};
use crate::object::Object;

/// Lets the cluster autoscaler remove a node although a pod keeps files there.
const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";

/// The volumes of the service's pods.
pub(super) fn volumes(service: &Service) -> Vec<Volume> {
    let own = service.task.volumes.iter().map(|v| volume(service, v));
    own.chain(service.ebs.as_ref().map(|e| ebs::volume(service, e))).collect()
}

fn volume(service: &Service, volume: &Declared) -> Volume {
    let mut spec = Volume { name: volume.name.label.clone(), ..Volume::default() };
    match &volume.source {
        VolumeSource::TaskScoped => spec.empty_dir = Some(EmptyDirVolumeSource::default()),
        VolumeSource::Memory { size } => {
            spec.empty_dir = Some(EmptyDirVolumeSource {
                medium: Some("Memory".to_owned()),
                size_limit: size.map(|bytes| kibibytes(bytes.div_ceil(1024))),
                ..EmptyDirVolumeSource::default()
            });
        }
        VolumeSource::Host { path, expect } => {
            spec.host_path =
                Some(HostPathVolumeSource { path: path.clone(), type_: host_path_type(*expect) });
        }
        VolumeSource::FileSystem(file_system) => {
            let claim = file_system::claim_of_pod(&service.namespace, file_system);
            spec.persistent_volume_claim = Some(claim);
        }
    }
    spec
}

/// Without a type nothing is checked.
fn host_path_type(expect: Expect) -> Option<String> {
    match expect {
        Expect::Anything => None,
        Expect::Directory => Some("Directory".to_owned()),
        Expect::DirectoryOrCreate => Some("DirectoryOrCreate".to_owned()),
    }
}

/// On ECS an instance is drained whatever its tasks keep in volumes of their own: they go with the task. The cluster
/// autoscaler leaves a node alone for their sake, unless the pod says otherwise. What is kept in directories of the
/// node may be meant to stay.
pub(super) fn annotation(volumes: &[Volume]) -> Option<(String, String)> {
    let on_disk = |v: &Volume| v.empty_dir.as_ref().is_some_and(|dir| dir.medium.is_none());
    let safe = volumes.iter().any(on_disk) && volumes.iter().all(|v| v.host_path.is_none());
    safe.then(|| (SAFE_TO_EVICT.to_owned(), "true".to_owned()))
}

/// Classes, volumes, claims and snapshots. All but snapshots are named by their content: whoever needs the same
/// shares them, and a change makes new ones instead of touching what may be in use.
pub(super) fn objects(service: &Service, templates: &BTreeMap<String, PodTemplateSpec>) -> Vec<Object> {
    let mut objects = Vec::new();
    if let Some(ebs) = &service.ebs {
        objects.extend(ebs::objects(service, ebs, templates));
    }
    let mut seen = Vec::new();
    for volume in &service.task.volumes {
        let VolumeSource::FileSystem(file_system) = &volume.source else {
            continue;
        };
        let [volume, claim] = file_system::objects(&service.namespace, file_system);
        let name = claim.metadata().name.clone();
        if !seen.contains(&name) {
            objects.extend([volume, claim]);
            seen.push(name);
        }
    }
    objects
        .sort_by_key(|object| crate::object::KINDS.iter().position(|kind| kind.kind == object.kind().kind));
    objects
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

/// Hex digits of the hash of what an object holds in its name. Tags and paths are free text: nobody may find two
/// that meet.
const CONTENT_DIGITS: usize = 20;

fn content_hash(content: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = content.iter().map(|(k, v)| format!("{k:?}={v:?}")).collect();
    hash(lines.join("\n"), CONTENT_DIGITS)
}

#[cfg(test)]
mod tests;
