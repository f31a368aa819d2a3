//! The volume that a service configures for each of its tasks.

use serde_json::{Value, json};

use super::{Dice, Launch, Members, Scene};

pub(super) fn volumes(scene: &mut Scene, task: &Members, service: &mut Members) {
    let volumes = task.get("volumes").and_then(Value::as_array);
    let at_launch = volumes.into_iter().flatten().find(|volume| volume["configuredAtLaunch"] == true);
    let Some(volume) = at_launch else { return };
    let dice = &mut scene.dice;
    let kinds: &[&str] = if scene.launch == Launch::Fargate {
        &["gp2", "gp3", "io1", "io2", "st1", "sc1"]
    } else {
        &["gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"]
    };
    let kind = dice.pick(kinds);
    let mut ebs = Members::new();
    ebs.insert("roleArn".into(), json!(dice.role()));
    if kind != "gp3" || dice.flip() {
        ebs.insert("volumeType".into(), json!(kind));
    }
    let (low, high) = match kind {
        "io1" | "io2" => (4, 16384),
        "st1" | "sc1" => (125, 16384),
        "standard" => (1, 1024),
        _ => (1, 16384),
    };
    ebs.insert("sizeInGiB".into(), json!(dice.pick(&[low, high])));
    match kind {
        "gp3" => {
            dice.maybe(&mut ebs, "iops", |dice| json!(dice.pick(&[3000, 16000])));
            dice.maybe(&mut ebs, "throughput", |dice| json!(dice.pick(&[125, 1000])));
        }
        "io1" => drop(ebs.insert("iops".into(), json!(dice.pick(&[100, 64000])))),
        "io2" => drop(ebs.insert("iops".into(), json!(dice.pick(&[100, 256_000])))),
        _ => {}
    }
    if dice.often() {
        ebs.insert("snapshotId".into(), json!(dice.id("snap-")));
        dice.maybe(&mut ebs, "volumeInitializationRate", |dice| json!(dice.between(100, 300)));
    }
    dice.maybe(&mut ebs, "kmsKeyId", |dice| {
        json!(dice.arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"))
    });
    let has_key = ebs.contains_key("kmsKeyId");
    dice.maybe(&mut ebs, "encrypted", |dice| json!(has_key || dice.flip()));
    let windows = scene.windows;
    dice.maybe(&mut ebs, "filesystemType", |dice| {
        json!(if windows { "ntfs" } else { dice.pick(&["ext3", "ext4", "xfs"]) })
    });
    dice.maybe(&mut ebs, "tagSpecifications", |dice| {
        let mut tags = Members::new();
        tags.insert("resourceType".into(), json!("volume"));
        dice.maybe(&mut tags, "tags", Dice::tags);
        dice.maybe(&mut tags, "propagateTags", |dice| {
            json!(dice.pick(&["TASK_DEFINITION", "SERVICE", "NONE"]))
        });
        json!([tags])
    });
    service.insert("volumeConfigurations".into(), json!([{"name": volume["name"], "managedEBSVolume": ebs}]));
}
