use serde_json::{Value, json};

use crate::model::validate::tests::{context, inputs, merge, told};
use crate::model::volume::Ebs;

const AT: &str = "volumeConfigurations[0].managedEBSVolume";

fn definition() -> Value {
    json!({ "volumes": [{ "name": "v", "configuredAtLaunch": true }] })
}

fn service(patch: &Value) -> Value {
    let mut managed = json!({ "roleArn": "arn:aws:iam::123456789012:role/ecs", "sizeInGiB": 200 });
    merge(&mut managed, patch);
    json!({ "volumeConfigurations": [{ "name": "v", "managedEBSVolume": managed }] })
}

/// The volume, where the cluster serves snapshots and anything is allowed.
fn ebs(patch: &Value) -> Ebs {
    let mut context = context();
    context.policy = crate::policy::Policy::new(crate::policy::Mode::Permissive, None);
    context.capabilities.apis.insert(super::SNAPSHOTS.to_owned());
    let (mut task, mut service) = (definition(), service(patch));
    task["tags"] = json!([{ "key": "of", "value": "family" }]);
    service["tags"] = json!([{ "key": "of", "value": "service" }, { "key": "team", "value": "shop" }]);
    let (model, findings) = super::super::service(&inputs(&task, &service), &context);
    model.unwrap_or_else(|| panic!("{findings:#?}")).ebs.unwrap()
}

#[test]
fn what_ecs_accepts_of_a_volume() {
    for (patch, expected) in [
        (json!({}), vec![]),
        (json!({ "roleArn": null }), vec!["MissingMember .roleArn"]),
        (json!({ "sizeInGiB": null }), vec!["MissingMember .sizeInGiB"]),
        (json!({ "sizeInGiB": 16385 }), vec!["InvalidValue .sizeInGiB"]),
        (json!({ "volumeType": "gp2", "iops": 3000 }), vec!["InvalidValue .iops"]),
        (json!({ "volumeType": "gp3", "iops": 2999 }), vec!["InvalidValue .iops"]),
        (json!({ "volumeType": "io1" }), vec!["MissingMember .iops"]),
        (json!({ "volumeType": "io1", "iops": 64001 }), vec!["InvalidValue .iops"]),
        (json!({ "volumeType": "io2", "iops": 256_000 }), vec![]),
        (json!({ "volumeType": "io2", "iops": 100, "sizeInGiB": 3 }), vec!["InvalidValue .sizeInGiB"]),
        (json!({ "volumeType": "st1", "sizeInGiB": 124 }), vec!["InvalidValue .sizeInGiB"]),
        (json!({ "volumeType": "sc1", "iops": 100 }), vec!["InvalidValue .iops"]),
        (json!({ "volumeType": "standard", "sizeInGiB": 1025 }), vec!["InvalidValue .sizeInGiB"]),
        (json!({ "volumeType": "gp4" }), vec!["InvalidValue .volumeType"]),
        (json!({ "throughput": 1001 }), vec!["InvalidValue .throughput"]),
        (json!({ "volumeType": "io2", "iops": 100, "throughput": 200 }), vec!["InvalidValue .throughput"]),
        (json!({ "encrypted": false, "kmsKeyId": "k" }), vec!["InvalidValue .encrypted"]),
        (json!({ "filesystemType": "ntfs" }), vec!["InvalidValue .filesystemType"]),
        (json!({ "volumeInitializationRate": 200 }), vec!["InvalidValue .volumeInitializationRate"]),
        (
            json!({ "snapshotId": "snap-0123456789abcdef0" }),
            vec!["NotGranted .snapshotId", "SnapshotCrdsMissing .snapshotId"],
        ),
        (
            json!({ "snapshotId": "x", "sizeInGiB": null }),
            vec![
                "InvalidValue .snapshotId",
                "MissingMember .sizeInGiB",
                "NotGranted .snapshotId",
                "SnapshotCrdsMissing .snapshotId",
            ],
        ),
        (json!({ "tagSpecifications": [{}] }), vec!["MissingMember .tagSpecifications[0].resourceType"]),
        (
            json!({ "tagSpecifications": [{ "resourceType": "volume", "tags": [{ "key": "a=b" }] }] }),
            vec!["TagNotApplied .tagSpecifications[0].tags"],
        ),
    ] {
        let mut found = told(&definition(), &service(&patch));
        found.sort();
        let expected: Vec<_> = expected.iter().map(|e| e.replace(" .", &format!(" {AT}."))).collect();
        assert_eq!(found, expected, "{patch}");
    }
}

#[test]
fn where_a_service_may_have_volumes() {
    let mut daemon = service(&json!({}));
    merge(&mut daemon, &json!({ "schedulingStrategy": "DAEMON", "desiredCount": null }));
    assert_eq!(told(&definition(), &daemon), ["InvalidValue volumeConfigurations"]);

    let mut twice = service(&json!({}));
    let again = twice["volumeConfigurations"][0].clone();
    twice["volumeConfigurations"].as_array_mut().unwrap().push(again);
    assert_eq!(told(&definition(), &twice), ["InvalidValue volumeConfigurations[1].name"]);

    let mut on_fargate = definition();
    merge(&mut on_fargate, &json!({ "networkMode": "awsvpc", "cpu": "256", "memory": "512" }));
    let mut fargate = service(&json!({}));
    merge(&mut fargate, &json!({ "launchType": "FARGATE" }));
    assert!(told(&on_fargate, &fargate).is_empty(), "Fargate style runs on nodes");
    let mut inputs = inputs(&on_fargate, &fargate);
    inputs.providers.clear();
    let profile = json!({ "name": "FARGATE", "kubernetes": { "fargateProfile": "apps" } });
    inputs.providers.insert("fargate".into(), serde_json::from_value(profile).unwrap());
    let (_, findings) = super::super::service(&inputs, &context());
    assert!(findings.service.iter().any(|f| f.code == "EbsOnFargate"), "{findings:#?}");
    merge(&mut fargate, &service(&json!({ "volumeType": "standard" })));
    assert_eq!(told(&on_fargate, &fargate), [format!("InvalidValue {AT}.volumeType")]);
}

#[test]
fn the_class_says_what_the_drivers_defaults_would_not() {
    let parameters = ebs(&json!({})).parameters;
    let shown: Vec<_> = parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(shown, ["csi.storage.k8s.io/fstype=xfs", "encrypted=false", "type=gp3"]);
    assert_eq!(ebs(&json!({ "kmsKeyId": "arn:aws:kms:r:1:key/k" })).parameters["encrypted"], "true");
    let restored = ebs(&json!({ "snapshotId": "snap-0123456789abcdef0", "volumeInitializationRate": 200 }));
    assert_eq!(restored.snapshot.as_deref(), Some("snap-0123456789abcdef0"));
    assert_eq!(restored.parameters["volumeInitializationRate"], "200");
}

#[test]
fn tags_come_from_where_they_are_propagated_and_ones_own_count() {
    for (from, own, expected) in [
        ("NONE", json!([{ "key": "a", "value": "1" }]), vec!["a=1"]),
        ("SERVICE", json!([{ "key": "of", "value": "volume" }]), vec!["of=volume", "team=shop"]),
        ("TASK_DEFINITION", json!([]), vec!["of=family"]),
    ] {
        let specification = json!([{ "resourceType": "volume", "tags": own, "propagateTags": from }]);
        let parameters = ebs(&json!({ "tagSpecifications": specification })).parameters;
        let tags: Vec<_> =
            parameters.iter().filter(|(k, _)| k.starts_with("tagS")).map(|(_, v)| v.as_str()).collect();
        assert_eq!(tags, expected, "{from}");
    }
}
