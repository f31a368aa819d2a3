use serde_json::{Value, json};

use crate::capabilities::Capabilities;
use crate::desired::{self, Context};
use crate::model::volume::{FileSystem, S3Files, Smb};
use crate::object::Object;
use crate::policy::{Mode, Policy};
use crate::rollout::Inputs;

/// The objects of a service as manifests, by kind.
fn rendered(namespace: &str, name: &str, task: &Value, service: &Value) -> Vec<Value> {
    let mut capabilities = Capabilities::of_version("1.36").unwrap();
    capabilities.apis.insert("snapshot.storage.k8s.io".into());
    let context = Context {
        name: name.into(),
        namespace: namespace.into(),
        policy: Policy::new(Mode::Permissive, None),
        capabilities,
        ..Context::default()
    };
    let mut definition = json!({ "family": "web", "containerDefinitions": [
        { "name": "app", "image": "i:1", "memory": 64, "mountPoints": [{ "sourceVolume": "v", "containerPath": "/v" }] }] });
    definition["volumes"] = json!([task]);
    let mut spec = json!({ "serviceName": name, "taskDefinition": "web" });
    spec.as_object_mut().unwrap().extend(service.as_object().unwrap().clone());
    let inputs = Inputs {
        service: serde_json::from_value(spec).unwrap(),
        task_definition: serde_json::from_value(definition).unwrap(),
        revision: 1,
        ..Inputs::default()
    };
    let (objects, findings) = desired::offline(&inputs, &context);
    assert!(!objects.is_empty(), "{findings:#?}");
    objects.iter().map(Object::to_value).collect()
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}

fn pod(objects: &[Value]) -> &Value {
    &of_kind(objects, "Deployment")["spec"]["template"]
}

fn volume(task: &Value) -> Value {
    let mut volume = task.clone();
    volume["name"] = json!("v");
    volume
}

fn render(task: &Value) -> Vec<Value> {
    rendered("shop", "web", &volume(task), &json!({}))
}

fn efs(configuration: &Value) -> Vec<Value> {
    render(&json!({ "efsVolumeConfiguration": configuration }))
}

#[test]
fn efs_is_the_efs_driver_and_never_an_empty_directory_or_plain_nfs() {
    for (configuration, handle, encrypted, options) in [
        (json!({ "fileSystemId": "fs-12345678" }), "fs-12345678", "false", Value::Null),
        (
            json!({ "fileSystemId": "fs-12345678", "rootDirectory": "/a/b/", "transitEncryption": "ENABLED" }),
            "fs-12345678:/a/b",
            "true",
            Value::Null,
        ),
        (
            json!({ "fileSystemId": "fs-12345678", "rootDirectory": "/", "transitEncryption": "ENABLED",
                    "authorizationConfig": { "accessPointId": "fsap-12345678", "iam": "ENABLED" } }),
            "fs-12345678::fsap-12345678",
            "true",
            json!(["iam"]),
        ),
    ] {
        let objects = efs(&configuration);
        let volume = &of_kind(&objects, "PersistentVolume")["spec"];
        assert_eq!(volume["csi"]["driver"], "efs.csi.aws.com");
        assert_eq!(volume["csi"]["volumeHandle"], handle);
        assert_eq!(volume["csi"]["volumeAttributes"], json!({ "encryptInTransit": encrypted }));
        assert_eq!(volume["mountOptions"], options);
        assert_eq!(volume["persistentVolumeReclaimPolicy"], "Retain");
        let claim = of_kind(&objects, "PersistentVolumeClaim");
        let name = &claim["metadata"]["name"];
        assert_eq!(
            pod(&objects)["spec"]["volumes"],
            json!([{ "name": "v", "persistentVolumeClaim": { "claimName": name } }])
        );
        assert_eq!(volume["claimRef"]["name"], *name);
        assert_eq!(volume["claimRef"]["namespace"], "shop");
    }
}

#[test]
fn services_that_mount_the_same_share_its_claim_and_namespaces_do_not() {
    let volume = volume(&json!({ "efsVolumeConfiguration": { "fileSystemId": "fs-12345678" } }));
    let claim = |namespace: &str, service: &str| {
        let objects = rendered(namespace, service, &volume, &json!({}));
        of_kind(&objects, "PersistentVolumeClaim")["metadata"]["name"].clone()
    };
    assert_eq!(claim("shop", "web"), claim("shop", "api"));
    assert_ne!(claim("shop", "web"), claim("back", "web"));
}

#[test]
fn nfs_options_are_those_of_the_volume() {
    let options = json!({ "type": "nfs", "device": ":/exports", "o": "addr=nas,ro,nfsvers=4.1" });
    let objects = render(&json!({ "dockerVolumeConfiguration": { "driverOpts": options } }));
    let spec = &of_kind(&objects, "PersistentVolume")["spec"];
    assert_eq!(spec["nfs"], json!({ "server": "nas", "path": "/exports", "readOnly": true }));
    assert_eq!(spec["mountOptions"], json!(["nfsvers=4.1"]));
    assert_eq!(of_kind(&objects, "PersistentVolumeClaim")["spec"]["storageClassName"], "");
}

#[test]
fn s3_files_are_written_in_the_form_of_the_newer_driver() {
    for (directory, access_point, handle) in [
        ("", Some("fsap-12345678"), "s3files:fs-12345678::fsap-12345678"),
        ("/a", None, "s3files:fs-12345678:/a"),
        ("", None, "s3files:fs-12345678"),
    ] {
        let file_system = FileSystem::S3Files(S3Files {
            file_system: "fs-12345678".into(),
            directory: directory.into(),
            access_point: access_point.map(str::to_owned),
        });
        let [volume, _] = super::file_system::objects("shop", &file_system);
        assert_eq!(volume.to_value()["spec"]["csi"]["volumeHandle"], handle);
    }
}

#[test]
fn windows_shares_are_mounted_with_the_account_of_a_secret() {
    for (path, handle) in [("share", "fs.corp/share##"), ("share/data", "fs.corp/share#data#")] {
        let smb = Smb { server: "fs.corp".into(), path: path.into(), secret: "account".into() };
        let [volume, claim] = super::file_system::objects("shop", &FileSystem::Smb(smb));
        let csi = &volume.to_value()["spec"]["csi"];
        let name = claim.metadata().name.clone().unwrap();
        assert_eq!(csi["volumeHandle"], format!("{handle}{name}"));
        assert_eq!(csi["volumeAttributes"]["source"], format!("//fs.corp/{path}"));
        assert_eq!(csi["nodeStageSecretRef"], json!({ "name": "account", "namespace": "shop" }));
    }
}

#[test]
fn directories_in_memory_and_of_the_node() {
    for (volume, expected) in [
        (json!({}), json!({ "emptyDir": {} })),
        (
            json!({ "dockerVolumeConfiguration": { "driverOpts": { "type": "tmpfs", "o": "size=100m" } } }),
            json!({ "emptyDir": { "medium": "Memory", "sizeLimit": "100Mi" } }),
        ),
        (json!({ "host": { "sourcePath": "/data" } }), json!({ "hostPath": { "path": "/data" } })),
        (
            json!({ "dockerVolumeConfiguration": { "scope": "shared" } }),
            json!({ "hostPath": { "path": "/var/lib/ecs-bridge/volumes/shop/v", "type": "Directory" } }),
        ),
        (
            json!({ "dockerVolumeConfiguration": { "scope": "shared", "autoprovision": true } }),
            json!({ "hostPath": { "path": "/var/lib/ecs-bridge/volumes/shop/v", "type": "DirectoryOrCreate" } }),
        ),
    ] {
        let mut expected = expected;
        expected["name"] = json!("v");
        assert_eq!(pod(&render(&volume))["spec"]["volumes"], json!([expected]), "{volume}");
    }
}

#[test]
fn nodes_are_drained_whatever_tasks_keep_in_volumes_of_their_own() {
    let annotated = |task: &Value| {
        let objects = render(task);
        pod(&objects)["metadata"]["annotations"][super::SAFE_TO_EVICT] == "true"
    };
    assert!(annotated(&json!({})));
    assert!(!annotated(&json!({ "host": { "sourcePath": "/data" } })));
    assert!(!annotated(&json!({ "dockerVolumeConfiguration": { "driverOpts": { "type": "tmpfs" } } })));
    assert!(!annotated(&json!({ "efsVolumeConfiguration": { "fileSystemId": "fs-12345678" } })));
}

fn managed(patch: &Value) -> Value {
    let mut managed = json!({ "roleArn": "r", "sizeInGiB": 8 });
    managed.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
    json!({ "volumeConfigurations": [{ "name": "v", "managedEBSVolume": managed }] })
}

#[test]
fn a_snapshot_is_restored_and_never_deleted() {
    let at_launch = volume(&json!({ "configuredAtLaunch": true }));
    let service = managed(&json!({ "snapshotId": "snap-12345678" }));
    let objects = rendered("shop", "web", &at_launch, &service);
    let snapshot = of_kind(&objects, "VolumeSnapshot");
    let content = of_kind(&objects, "VolumeSnapshotContent");
    let claim = &pod(&objects)["spec"]["volumes"][0]["ephemeral"]["volumeClaimTemplate"]["spec"];
    assert_eq!(content["spec"]["deletionPolicy"], "Retain");
    assert_eq!(content["spec"]["source"]["snapshotHandle"], "snap-12345678");
    assert_eq!(content["spec"]["volumeSnapshotRef"]["name"], snapshot["metadata"]["name"]);
    assert_eq!(snapshot["spec"]["source"]["volumeSnapshotContentName"], content["metadata"]["name"]);
    assert_eq!(claim["dataSource"]["name"], snapshot["metadata"]["name"]);
    assert_eq!(of_kind(&objects, "StorageClass")["metadata"]["name"], claim["storageClassName"]);
}

#[test]
fn classes_are_shared_by_content() {
    let at_launch = volume(&json!({ "configuredAtLaunch": true }));
    let class = |service: &str, patch: &Value| {
        let objects = rendered("shop", service, &at_launch, &managed(patch));
        of_kind(&objects, "StorageClass")["metadata"]["name"].clone()
    };
    let gp3 = class("web", &json!({}));
    assert_eq!(gp3, class("api", &json!({ "sizeInGiB": 100, "volumeType": "gp3" })));
    assert_ne!(gp3, class("web", &json!({ "encrypted": true })));
}
