//! Kernel settings, privileges and devices.

use serde_json::{Value, json};

use super::{Dice, Launch, Members, Network, Scene};

const CAPABILITIES: &[&str] =
    &["ALL", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "CHOWN", "NET_RAW", "MKNOD", "SYS_TIME"];
const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

pub(super) fn linux(scene: &mut Scene, definition: &mut Members) {
    if scene.windows {
        return;
    }
    let (fargate, bold) = (scene.launch == Launch::Fargate, scene.bold);
    let dice = &mut scene.dice;
    dice.maybe(definition, "linuxParameters", |dice| parameters(dice, fargate, bold));
    dice.maybe(definition, "ulimits", |dice| {
        let names = if fargate { vec!["nofile"] } else { dice.some(ULIMITS, 3) };
        let limit = |dice: &mut Dice, name: &str| {
            let hard = dice.pick(&[1, 1024, 65_535, 1_048_576]);
            json!({"name": name, "softLimit": dice.between(0, hard), "hardLimit": hard})
        };
        names.into_iter().map(|name| limit(dice, name)).collect()
    });
    let host = scene.network == Network::Host;
    dice.maybe(definition, "systemControls", |dice| {
        let controls: &[(&str, &str)] = if host {
            &[("kernel.msgmax", "65536"), ("fs.mqueue.msg_max", "100")]
        } else {
            &[
                ("net.core.somaxconn", "1024"),
                ("net.ipv4.tcp_keepalive_time", "600"),
                ("kernel.shm_rmid_forced", "1"),
                ("net.ipv4.ip_local_port_range", "1024 65000"),
                ("kernel.sem", "250 32000 100 128"),
            ]
        };
        let controls = dice.some(controls, 2);
        controls.into_iter().map(|(name, value)| json!({"namespace": name, "value": value})).collect()
    });
    if !fargate {
        dice.maybe(definition, "privileged", |dice| json!(dice.flip()));
        // Privileges can be gained or not.
        let privileged = definition.get("privileged").is_some_and(|it| it == true) && !bold;
        let options =
            ["no-new-privileges", "apparmor:docker-default", "label:type:svirt_t", "label:level:s0:c1"];
        let options = &options[usize::from(privileged)..];
        dice.maybe(definition, "dockerSecurityOptions", |dice| json!(dice.some(options, 2)));
    }
}

fn parameters(dice: &mut Dice, fargate: bool, bold: bool) -> Value {
    let mut linux = Members::new();
    dice.maybe(&mut linux, "capabilities", |dice| {
        let mut capabilities = Members::new();
        dice.maybe(&mut capabilities, "drop", |dice| json!(dice.some(CAPABILITIES, 3)));
        let add = if fargate { vec!["SYS_PTRACE"] } else { dice.some(CAPABILITIES, 3) };
        capabilities.insert("add".into(), json!(add));
        Value::Object(capabilities)
    });
    dice.maybe(&mut linux, "initProcessEnabled", |dice| json!(dice.flip()));
    if fargate {
        return Value::Object(linux);
    }
    if bold {
        dice.maybe(&mut linux, "devices", |dice| {
            let mut device = Members::new();
            device.insert("hostPath".into(), json!(dice.pick(&["/dev/fuse", "/dev/kvm", "/dev/ttyUSB0"])));
            dice.maybe(&mut device, "containerPath", |dice| json!(dice.pick(&["/dev/fuse", "/dev/other"])));
            dice.maybe(&mut device, "permissions", |dice| json!(dice.some(&["read", "write", "mknod"], 3)));
            json!([device])
        });
    }
    dice.maybe(&mut linux, "sharedMemorySize", |dice| json!(dice.pick(&[1, 64, 1024])));
    dice.maybe(&mut linux, "tmpfs", |dice| {
        let mut tmpfs = Members::new();
        tmpfs.insert("containerPath".into(), json!(dice.pick(&["/tmp", "/run/x", "/var/cache/a b"])));
        tmpfs.insert("size".into(), json!(dice.pick(&[1, 64, 4096])));
        dice.maybe(&mut tmpfs, "mountOptions", |dice| {
            json!(dice.some(&["noexec", "nosuid", "mode=1777", "uid=1000"], 3))
        });
        json!([tmpfs])
    });
    if dice.often() {
        linux.insert("maxSwap".into(), json!(dice.pick(&[0, 256, 2048])));
        dice.maybe(&mut linux, "swappiness", |dice| json!(dice.pick(&[0, 60, 100])));
    }
    Value::Object(linux)
}

/// How the containers of a task use GPUs: all in the same way.
#[derive(Clone, Copy)]
pub(super) enum Gpu {
    No,
    Count,
    /// What no extended resource can say.
    Odd(&'static str),
}

impl Gpu {
    pub(super) fn of(scene: &mut Scene) -> Self {
        let nodes = matches!(scene.launch, Launch::Ec2 | Launch::ManagedInstances) && !scene.windows;
        if !nodes || !scene.dice.often() {
            return Self::No;
        }
        if scene.bold && scene.dice.flip() {
            let managed = scene.launch == Launch::ManagedInstances;
            return Self::Odd(if managed {
                "NeuronDevice"
            } else {
                scene.dice.pick(&["ALL", "shared", "InferenceAccelerator"])
            });
        }
        Self::Count
    }

    pub(super) fn ask(self, scene: &mut Scene, definition: &mut Members, accelerators: &mut Vec<Value>) {
        let dice = &mut scene.dice;
        if !dice.flip() {
            return;
        }
        let ask = match self {
            Self::No => return,
            Self::Count => json!({"type": "GPU", "value": dice.pick(&["1", "2", "8"])}),
            Self::Odd("ALL") => json!({"type": "GPU", "value": "ALL"}),
            Self::Odd("NeuronDevice") => json!({"type": "NeuronDevice", "value": "ALL"}),
            Self::Odd("shared") => {
                let mut shared = json!({"memory": dice.pick(&[512, 4096])});
                if dice.flip() {
                    shared["maxComputePercent"] = json!(dice.between(1, 100));
                }
                json!({"type": "GPU", "sharingStrategy": {"nvidiaMps": shared}})
            }
            Self::Odd(_) => {
                let device = format!("device_{}", accelerators.len());
                accelerators.push(json!({"deviceName": device, "deviceType": "eia1.medium"}));
                json!({"type": "InferenceAccelerator", "value": device})
            }
        };
        definition.insert("resourceRequirements".into(), json!([ask]));
    }
}
