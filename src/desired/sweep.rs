//! What of our objects nobody needs any more.
//!
//! They have no owner that would take them along: a StorageClass serves whoever asks for the same, a static
//! PersistentVolume belongs to no service, and garbage collection never takes a claim that its last service has let
//! go of. None of them holds data: file systems and snapshots live on in AWS, and what they are is written in the
//! definition.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::labels;

/// Everything that the decision needs, as the API server has it.
#[derive(Clone, Debug, Default)]
pub struct Leftovers {
    /// Our StorageClasses, PersistentVolumes, VolumeSnapshotContents, and claims.
    pub candidates: Vec<Value>,
    /// Whoever may refer to them: claims, volumes and pods, whosesoever, workloads, recorded deployments.
    pub referrers: Vec<Value>,
    /// Namespaces that are looked after; empty for all. What serves others is none of our business.
    pub namespaces: Vec<String>,
}

/// Whether an object may refer to anything that could be swept, by its JSON text: most do not, and need not be read.
#[must_use]
pub fn may_refer(text: &str) -> bool {
    ["\"storageClassName\"", "\"claimName\"", "\"dataSource"].iter().any(|member| text.contains(member))
}

/// Names under which objects are referred to.
#[derive(Debug, Default)]
struct Referred {
    classes: BTreeSet<String>,
    /// Claims by `namespace/name`: those that exist, and those that are mounted.
    claims: BTreeSet<String>,
    /// Claims by `namespace/name` that a pod, a template or a record mounts.
    mounted: BTreeSet<String>,
    /// Snapshots by `namespace/name`.
    snapshots: BTreeSet<String>,
}

impl Referred {
    /// Takes note of what an object, or anything within it, refers to.
    fn note(&mut self, namespace: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value.as_str()) {
                        ("storageClassName", Some(class)) => {
                            self.classes.insert(class.to_owned());
                        }
                        ("claimName", Some(claim)) => {
                            self.claims.insert(format!("{namespace}/{claim}"));
                            self.mounted.insert(format!("{namespace}/{claim}"));
                        }
                        ("dataSource" | "dataSourceRef", None) => {
                            let snapshot = value.get("name").and_then(Value::as_str).unwrap_or_default();
                            self.snapshots.insert(format!("{namespace}/{snapshot}"));
                        }
                        _ => self.note(namespace, value),
                    }
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    self.note(namespace, element);
                }
            }
            _ => {}
        }
    }

    fn of(referrers: &[Value]) -> Self {
        let mut referred = Self::default();
        for object in referrers {
            let namespace = text(object, "/metadata/namespace");
            referred.note(namespace, object);
            let existing = format!("{namespace}/{}", text(object, "/metadata/name"));
            match text(object, "/kind") {
                "PersistentVolumeClaim" => referred.claims.insert(existing),
                "VolumeSnapshot" => referred.snapshots.insert(existing),
                _ => false,
            };
        }
        referred
    }
}

/// The candidates that may be deleted. None of it touches data: a class says how volumes are made, the volumes are
/// static with policy Retain, and so are the snapshots.
#[must_use]
pub fn unneeded(leftovers: &Leftovers) -> Vec<&Value> {
    let referred = Referred::of(&leftovers.referrers);
    let looked_after = |namespace: &str| {
        leftovers.namespaces.is_empty() || leftovers.namespaces.iter().any(|known| known == namespace)
    };
    let needed = |object: &Value| match text(object, "/kind") {
        // Whose claims may come tomorrow is only known to who sees all namespaces.
        "StorageClass" => {
            !leftovers.namespaces.is_empty() || referred.classes.contains(text(object, "/metadata/name"))
        }
        "PersistentVolume" => {
            let (namespace, claim) = referent(object, "/spec/claimRef");
            !looked_after(namespace)
                || text(object, "/spec/persistentVolumeReclaimPolicy") != "Retain"
                || !matches!(text(object, "/status/phase"), "Available" | "Released")
                || referred.claims.contains(&format!("{namespace}/{claim}"))
        }
        "PersistentVolumeClaim" => {
            let (namespace, claim) = referent(object, "/metadata");
            !looked_after(namespace)
                || object.pointer("/metadata/ownerReferences").is_some_and(|owners| owners != &json!([]))
                || referred.mounted.contains(&format!("{namespace}/{claim}"))
                || !leftovers.referrers.iter().any(|volume| holds_nothing(volume, object))
        }
        "VolumeSnapshotContent" => {
            let (namespace, snapshot) = referent(object, "/spec/volumeSnapshotRef");
            !looked_after(namespace)
                || text(object, "/spec/deletionPolicy") != "Retain"
                || referred.snapshots.contains(&format!("{namespace}/{snapshot}"))
        }
        _ => true,
    };
    leftovers.candidates.iter().filter(|object| is_ours(object) && !needed(object)).collect()
}

/// Whether this is the volume of a claim, one of ours that outlives it: the data is in a file system of its own.
fn holds_nothing(volume: &Value, claim: &Value) -> bool {
    text(volume, "/kind") == "PersistentVolume"
        && text(volume, "/metadata/name") == text(claim, "/spec/volumeName")
        && text(volume, "/spec/persistentVolumeReclaimPolicy") == "Retain"
        && text(volume, "/spec/claimRef/uid") == text(claim, "/metadata/uid")
        && is_ours(volume)
}

/// Whether we made it and nobody is deleting it.
fn is_ours(object: &Value) -> bool {
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let label = metadata.get("labels").and_then(|l| l.get(labels::MANAGED_BY)?.as_str());
    let applied = metadata.get("annotations").is_some_and(|a| a.get(labels::APPLIED).is_some());
    label == Some(labels::MANAGED_BY_US) && applied && metadata.get("deletionTimestamp").is_none()
}

fn referent<'a>(object: &'a Value, pointer: &str) -> (&'a str, &'a str) {
    (text(object, &format!("{pointer}/namespace")), text(object, &format!("{pointer}/name")))
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object that we made, with these members.
    fn ours(kind: &str, name: &str, members: Value) -> Value {
        let mut object = json!({ "kind": kind, "metadata": {
            "name": name,
            "labels": { (labels::MANAGED_BY): labels::MANAGED_BY_US },
            "annotations": { (labels::APPLIED): "h" },
        }});
        object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        object
    }

    fn class() -> Value {
        ours("StorageClass", "ecs-ebs-1", json!({}))
    }

    fn volume(phase: &str) -> Value {
        let reference = json!({ "namespace": "shop", "name": "ecs-efs-1" });
        let spec = json!({ "claimRef": reference, "persistentVolumeReclaimPolicy": "Retain" });
        ours("PersistentVolume", "ecs-efs-1", json!({ "spec": spec, "status": { "phase": phase } }))
    }

    fn content() -> Value {
        let reference = json!({ "namespace": "shop", "name": "web-snap-1" });
        let spec = json!({ "volumeSnapshotRef": reference, "deletionPolicy": "Retain" });
        ours("VolumeSnapshotContent", "ecs-snap-1", json!({ "spec": spec }))
    }

    /// A claim that its last service has let go of, and its volume.
    fn given_up() -> (Value, Value) {
        let mut claim =
            ours("PersistentVolumeClaim", "ecs-efs-1", json!({ "spec": { "volumeName": "ecs-efs-1" } }));
        claim["metadata"]["namespace"] = json!("shop");
        claim["metadata"]["uid"] = json!("claim");
        let mut volume = volume("Bound");
        volume["spec"]["claimRef"]["uid"] = json!("claim");
        (claim, volume)
    }

    fn swept(candidate: &Value, referrers: Vec<Value>, namespaces: &[&str]) -> bool {
        let namespaces = namespaces.iter().map(|n| (*n).to_owned()).collect();
        let leftovers = Leftovers { candidates: vec![candidate.clone()], referrers, namespaces };
        !unneeded(&leftovers).is_empty()
    }

    fn in_shop(kind: &str, name: &str, spec: Value) -> Value {
        json!({ "kind": kind, "metadata": { "namespace": "shop", "name": name }, "spec": spec })
    }

    #[test]
    fn what_nobody_refers_to_goes() {
        for candidate in [class(), volume("Released"), volume("Available"), content()] {
            assert!(swept(&candidate, vec![], &[]), "{candidate}");
            let other = json!({ "kind": "Deployment", "metadata": { "namespace": "back", "name": "x" }, "spec": {
                "volumes": [{ "persistentVolumeClaim": { "claimName": "ecs-efs-1" } }],
                "claim": { "storageClassName": "gp3", "dataSource": { "name": "web-snap-1" } },
            }});
            assert!(swept(&candidate, vec![other], &[]), "another namespace's names: {candidate}");
        }
    }

    #[test]
    fn what_a_template_a_record_or_a_claim_refers_to_stays() {
        let template = json!({ "spec": { "volumes": [
            { "persistentVolumeClaim": { "claimName": "ecs-efs-1" } },
            { "ephemeral": { "volumeClaimTemplate": { "spec": {
                "storageClassName": "ecs-ebs-1", "dataSource": { "kind": "VolumeSnapshot", "name": "web-snap-1" } } } } },
        ]}});
        let workload = in_shop("Deployment", "web", json!({ "template": template }));
        let record = json!({ "kind": "ControllerRevision", "metadata": { "namespace": "shop", "name": "web-d-1" },
            "data": { "templates": { "none": template } } });
        let claims = vec![
            in_shop("PersistentVolumeClaim", "ecs-efs-1", json!({ "storageClassName": "" })),
            in_shop("PersistentVolumeClaim", "web-1-data", json!({ "storageClassName": "ecs-ebs-1" })),
            in_shop("VolumeSnapshot", "web-snap-1", json!({})),
        ];
        for referrer in [&workload, &record] {
            assert!(may_refer(&referrer.to_string()), "{referrer}");
        }
        assert!(!may_refer(&in_shop("Deployment", "web", json!({ "replicas": 1 })).to_string()));
        for referrers in [vec![workload], vec![record], claims] {
            for candidate in [class(), volume("Released"), content()] {
                assert!(!swept(&candidate, referrers.clone(), &[]), "{candidate}");
            }
        }
        let volume = json!({ "kind": "PersistentVolume", "spec": { "storageClassName": "ecs-ebs-1" } });
        assert!(!swept(&class(), vec![volume], &[]), "the class of a volume that is left");
    }

    #[test]
    fn what_is_in_use_or_not_ours_or_could_lose_data_stays() {
        assert!(!swept(&volume("Bound"), vec![], &[]));
        assert!(!swept(&volume("Pending"), vec![], &[]));
        for (pointer, value) in [
            ("/spec/persistentVolumeReclaimPolicy", "Delete"),
            ("/metadata/labels", "x"),
            ("/metadata/annotations", "x"),
        ] {
            let mut other = volume("Released");
            *other.pointer_mut(pointer).unwrap() = json!(value);
            assert!(!swept(&other, vec![], &[]), "{pointer}");
        }
        let mut deleting = class();
        deleting["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        assert!(!swept(&deleting, vec![], &[]));
        let mut content = content();
        content["spec"]["deletionPolicy"] = json!("Delete");
        assert!(!swept(&content, vec![], &[]));
    }

    #[test]
    fn a_claim_that_nobody_owns_or_mounts_goes_where_its_volume_holds_nothing() {
        let (claim, volume) = given_up();
        // The claim is among those that exist.
        assert!(swept(&claim, vec![volume.clone(), claim.clone()], &[]));
        assert!(swept(&claim, vec![volume.clone()], &["shop"]));
        assert!(!swept(&claim, vec![volume.clone()], &["back"]));
        assert!(!swept(&claim, vec![], &[]), "nothing is known of its volume");
        let mounts = json!([{ "persistentVolumeClaim": { "claimName": "ecs-efs-1" } }]);
        let pod = in_shop("Pod", "somebodys", json!({ "volumes": mounts }));
        let record = json!({ "kind": "ControllerRevision", "metadata": { "namespace": "shop", "name": "web-d-1" },
            "data": { "templates": { "none": { "spec": { "volumes": mounts } } } } });
        for referrer in [pod, record] {
            assert!(!swept(&claim, vec![volume.clone(), referrer.clone()], &[]), "{referrer}");
        }
        let mut owned = claim.clone();
        owned["metadata"]["ownerReferences"] = json!([{ "kind": "EcsService", "name": "web", "uid": "u" }]);
        assert!(!swept(&owned, vec![volume.clone()], &[]));
        for (pointer, value) in [
            ("/spec/persistentVolumeReclaimPolicy", json!("Delete")),
            ("/spec/claimRef/uid", json!("another")),
            ("/metadata/annotations", json!({})),
        ] {
            let mut other = volume.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            assert!(!swept(&claim, vec![other], &[]), "{pointer}");
        }
    }

    #[test]
    fn an_operator_of_some_namespaces_leaves_the_others_alone() {
        assert!(swept(&volume("Released"), vec![], &["shop"]));
        assert!(!swept(&volume("Released"), vec![], &["back"]));
        assert!(!swept(&content(), vec![], &["back"]));
        assert!(!swept(&class(), vec![], &["shop"]), "classes serve all namespaces");
    }
}
