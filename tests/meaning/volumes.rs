//! Data stays where it is.

use serde_json::json;

use crate::support::{rendered, task, with};

#[test]
fn efs_is_a_claim_of_its_driver_and_never_an_empty_directory() {
    let volume = json!({"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", "transitEncryption": "ENABLED"}});
    let mount = json!([{"sourceVolume": "data", "containerPath": "/data"}]);
    let definition =
        with(task(&json!([{"name": "app", "mountPoints": mount}])), &json!({"volumes": [volume]}));
    let made = rendered(&[definition]);
    let claim = &made.pod()["volumes"][0]["persistentVolumeClaim"]["claimName"];
    assert_eq!(&made.one("PersistentVolumeClaim")["metadata"]["name"], claim);
    let volume = &made.one("PersistentVolume")["spec"];
    assert_eq!(volume["csi"]["driver"], "efs.csi.aws.com");
    assert_eq!(volume["persistentVolumeReclaimPolicy"], "Retain");
    assert!(volume.get("nfs").is_none() && !made.text.contains("emptyDir"), "{}", made.text);
}

#[test]
fn a_volume_that_cannot_be_had_is_refused_instead_of_replaced() {
    let volume =
        json!({"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "driver": "rexray/ebs"}});
    let mount = json!([{"sourceVolume": "data", "containerPath": "/data"}]);
    let definition =
        with(task(&json!([{"name": "app", "mountPoints": mount}])), &json!({"volumes": [volume]}));
    let made = rendered(&[definition]);
    assert_eq!(made.objects.len(), 0, "{}", made.text);
    assert!(made.tells("volumes[0]"), "{:?}", made.findings);
}
