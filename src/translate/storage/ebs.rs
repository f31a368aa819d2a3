//! EBS volumes: one for each pod, made and deleted with it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    EphemeralVolumeSource, ObjectReference, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate,
    PodTemplateSpec, TypedLocalObjectReference, Volume,
};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::core::ObjectMeta;

use super::{CONTENT_DIGITS, claim, content_hash};
use crate::model::Service;
use crate::model::name;
use crate::model::volume::Ebs;
use crate::object::Object;
use crate::object::snapshot::{self, VolumeSnapshot, VolumeSnapshotContent};
use crate::translate::meta;

const DRIVER: &str = "ebs.csi.aws.com";

/// The volume as the pods have it. Its claim belongs to the pod and goes with it, as the volume goes with the task on
/// ECS.
pub(super) fn volume(service: &Service, ebs: &Ebs) -> Volume {
    let source = ebs.snapshot.as_deref().map(|id| TypedLocalObjectReference {
        api_group: Some(snapshot::GROUP.to_owned()),
        kind: "VolumeSnapshot".to_owned(),
        name: snapshot_name(service, id),
    });
    let template = PersistentVolumeClaimTemplate {
        metadata: Some(ObjectMeta { labels: Some(meta::service_selector(service)), ..ObjectMeta::default() }),
        spec: PersistentVolumeClaimSpec {
            data_source: source,
            ..claim("ReadWriteOnce", ebs.size, &class_name(ebs), None)
        },
    };
    Volume {
        name: ebs.name.label.clone(),
        ephemeral: Some(EphemeralVolumeSource { volume_claim_template: Some(template) }),
        ..Volume::default()
    }
}

/// What the claims refer to. Tags can change without a deployment: as long as the templates ask for the class with
/// the old ones, nobody needs the new one.
pub(super) fn objects(
    service: &Service,
    ebs: &Ebs,
    templates: &BTreeMap<String, PodTemplateSpec>,
) -> Vec<Object> {
    let class = class(ebs);
    let wanted = claims(templates).any(|claim| claim.storage_class_name == class.metadata.name);
    let mut objects: Vec<Object> = wanted.then(|| class.into()).into_iter().collect();
    if let Some(id) = &ebs.snapshot {
        objects.extend(snapshot(service, id));
    }
    objects
}

fn claims(templates: &BTreeMap<String, PodTemplateSpec>) -> impl Iterator<Item = &PersistentVolumeClaimSpec> {
    let pods = templates.values().filter_map(|template| template.spec.as_ref());
    let volumes = pods.flat_map(|pod| pod.volumes.iter().flatten());
    volumes.filter_map(|v| Some(&v.ephemeral.as_ref()?.volume_claim_template.as_ref()?.spec))
}

fn class(ebs: &Ebs) -> StorageClass {
    StorageClass {
        metadata: meta::shared(&class_name(ebs), None),
        provisioner: DRIVER.to_owned(),
        parameters: Some(ebs.parameters.clone()),
        reclaim_policy: Some("Delete".to_owned()),
        // The volume has to be made in the zone that the scheduler chooses for the pod.
        volume_binding_mode: Some("WaitForFirstConsumer".to_owned()),
        allow_volume_expansion: Some(true),
        ..StorageClass::default()
    }
}

fn class_name(ebs: &Ebs) -> String {
    format!("ecs-ebs-{}", content_hash(&ebs.parameters))
}

fn snapshot_name(service: &Service, id: &str) -> String {
    name::child(&service.name.label, &format!("snap-{}", name::hash(id, 10)))
}

/// The snapshot as the cluster knows it: its content, which is kept whatever is deleted here, and the object of the
/// namespace that claims refer to.
fn snapshot(service: &Service, id: &str) -> [Object; 2] {
    let snapshot = snapshot_name(service, id);
    let namespace = &service.namespace;
    let content = format!("ecs-snap-{}", name::hash(format!("{namespace}/{snapshot} {id}"), CONTENT_DIGITS));
    let reference = ObjectReference {
        api_version: Some(format!("{}/{}", snapshot::GROUP, snapshot::VERSION)),
        kind: Some("VolumeSnapshot".to_owned()),
        namespace: Some(namespace.clone()),
        name: Some(snapshot.clone()),
        ..ObjectReference::default()
    };
    [
        VolumeSnapshotContent::new(meta::shared(&content, None), DRIVER, id, reference).into(),
        VolumeSnapshot::new(meta::owned(service, &snapshot), content).into(),
    ]
}
