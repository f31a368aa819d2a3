//! Volumes, and their mounts.

use serde_json::{Value, json};

use super::{Dice, Launch, Members, Scene};

/// Volumes of a task.
#[derive(Default)]
pub(super) struct Volumes {
    pub(super) definitions: Vec<Value>,
    pub(super) needs_task_role: bool,
}

pub(super) fn volumes(scene: &mut Scene) -> Volumes {
    let mut all = Volumes::default();
    if !scene.dice.chance(55) {
        return all;
    }
    let mut at_launch = false;
    for _ in 0..=scene.dice.below(4) {
        let mut volume = Members::new();
        let name = scene.dice.name();
        if all
            .definitions
            .iter()
            .any(|other| other["name"].as_str().is_some_and(|other| other.eq_ignore_ascii_case(&name)))
        {
            continue;
        }
        volume.insert("name".into(), json!(name));
        let Some((member, source)) = source(scene, &mut at_launch, &mut all.needs_task_role) else {
            all.definitions.push(Value::Object(volume));
            continue;
        };
        volume.insert(member.into(), source);
        all.definitions.push(Value::Object(volume));
    }
    all
}

fn source(scene: &mut Scene, at_launch: &mut bool, role: &mut bool) -> Option<(&'static str, Value)> {
    let fargate = scene.launch == Launch::Fargate;
    let external = scene.launch == Launch::External;
    let (windows, bold, daemon) = (scene.windows, scene.bold, scene.daemon);
    let dice = &mut scene.dice;
    match dice.below(9) {
        0 => None,
        1 if !fargate => {
            let path = if windows {
                "C:\\data".to_owned()
            } else {
                dice.pick(&["/var/log", "/", "/etc/App_1", "/mnt/a b"]).to_owned()
            };
            Some(("host", json!({"sourcePath": path})))
        }
        1 if bold && dice.flip() => Some(("host", json!({}))),
        2 | 3 if !fargate && !windows => Some(("dockerVolumeConfiguration", docker(dice, bold))),
        4 | 5 if !external && !windows => Some(("efsVolumeConfiguration", efs(dice, role))),
        6 if !*at_launch && !daemon && !external => {
            *at_launch = true;
            Some(("configuredAtLaunch", json!(true)))
        }
        7 if !windows && !external => {
            *role = true;
            let id = dice.id("fs-");
            let mut s3 = json!({"fileSystemArn": dice.arn("s3files", &format!("file-system/{id}"))});
            match dice.below(3) {
                0 => s3["rootDirectory"] = json!("/data"),
                1 => {
                    s3["accessPointArn"] = json!(
                        dice.arn("s3files", &format!("file-system/{id}/access-point/fsap-0123456789abcdef0"))
                    );
                }
                _ => s3["transitEncryptionPort"] = json!(2999),
            }
            Some(("s3filesVolumeConfiguration", s3))
        }
        7 | 8 if windows && !fargate => Some((
            "fsxWindowsFileServerVolumeConfiguration",
            json!({
                "fileSystemId": dice.id("fs-"), "rootDirectory": "share",
                "authorizationConfig": {"credentialsParameter": dice.arn("secretsmanager", "secret:fsx-AbCdEf"), "domain": "corp.example.com"},
            }),
        )),
        8 if !fargate => Some(("configuredAtLaunch", json!(false))),
        _ => Some(("host", json!({}))),
    }
}

fn docker(dice: &mut Dice, bold: bool) -> Value {
    let mut docker = Members::new();
    let scope = dice.pick(&["task", "shared"]);
    docker.insert("scope".into(), json!(scope));
    if scope == "shared" {
        dice.maybe(&mut docker, "autoprovision", |dice| json!(dice.flip()));
    }
    dice.maybe(&mut docker, "labels", |_| json!({"team": "x", "a b": "ü"}));
    dice.maybe(&mut docker, "driver", |dice| json!(if bold && dice.flip() { "rexray/ebs" } else { "local" }));
    dice.maybe(&mut docker, "driverOpts", |dice| match dice.below(5) {
        0 if scope == "task" => json!({"type": "tmpfs", "device": "tmpfs", "o": "size=100m,mode=1777"}),
        1 if scope == "task" => json!({"type": "tmpfs", "device": "tmpfs", "o": "size=1g"}),
        2 => json!({"type": "none", "device": "/srv/data", "o": "bind"}),
        3 if bold => json!({"volumetype": "gp2", "size": "5"}),
        _ => json!({"type": "nfs", "device": "fs-12345678.efs.eu-west-1.amazonaws.com:/", "o": "addr=fs-12345678.efs.eu-west-1.amazonaws.com,rw"}),
    });
    Value::Object(docker)
}

fn efs(dice: &mut Dice, role: &mut bool) -> Value {
    let mut efs = Members::new();
    efs.insert("fileSystemId".into(), json!(dice.pick(&["fs-12345678", "fs-0123456789abcdef0"])));
    let point = dice.often();
    let iam = dice.often();
    if point || iam || dice.often() {
        efs.insert("transitEncryption".into(), json!("ENABLED"));
        dice.maybe(&mut efs, "transitEncryptionPort", |dice| json!(dice.pick(&[2999, 20_049])));
    } else {
        dice.maybe(&mut efs, "transitEncryption", |_| json!("DISABLED"));
    }
    if point {
        dice.maybe(&mut efs, "rootDirectory", |_| json!("/"));
    } else {
        dice.maybe(&mut efs, "rootDirectory", |dice| json!(dice.pick(&["/", "/exports", "/a b/c/", "/ü"])));
    }
    let mut config = Members::new();
    if point {
        config.insert("accessPointId".into(), json!("fsap-0123456789abcdef0"));
    }
    if iam {
        *role = true;
        config.insert("iam".into(), json!("ENABLED"));
    }
    if !config.is_empty() {
        efs.insert("authorizationConfig".into(), Value::Object(config));
    }
    Value::Object(efs)
}

impl Volumes {
    /// Mounts some of them.
    pub(super) fn mount(&self, scene: &mut Scene, definition: &mut Members) {
        let dice = &mut scene.dice;
        let mut mounts: Vec<Value> = Vec::new();
        for volume in &self.definitions {
            if !dice.flip() {
                continue;
            }
            let path = if scene.windows { format!("C:\\mnt{}", mounts.len()) } else { dice.path() };
            if mounts.iter().any(|other| other["containerPath"].as_str() == Some(&path)) {
                continue;
            }
            let mut mount = json!({"sourceVolume": volume["name"], "containerPath": path});
            if dice.flip() {
                mount["readOnly"] = json!(dice.flip());
            }
            mounts.push(mount);
        }
        if !mounts.is_empty() {
            definition.insert("mountPoints".into(), mounts.into());
        }
    }
}
