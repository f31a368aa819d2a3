//! Task definitions.

use serde_json::{Value, json};

use super::{Launch, Members, Network, Scene, container, volumes};

/// CPU units of Fargate and the memory in MiB that goes with each.
const FARGATE: &[(i64, &[i64], bool)] = &[
    (256, &[512, 1024, 2048], false),
    (512, &[1024, 2048, 3072, 4096], false),
    (1024, &[2048, 3072, 8192], true),
    (2048, &[4096, 5120, 16384], true),
    (4096, &[8192, 9216, 30720], true),
    (8192, &[16384, 20480, 61440], false),
    (16384, &[32768, 40960, 122_880], false),
    (32768, &[61440, 122_880, 249_856], false),
];

/// The size of a task, where it has one.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) cpu: Option<i64>,
    pub(super) memory: Option<i64>,
}

pub(super) fn task_definition(scene: &mut Scene) -> Members {
    let mut task = Members::new();
    let family = scene.dice.name();
    task.insert("family".into(), json!(family));
    let size = size(scene);
    spell(scene, size, &mut task);
    let volumes = volumes::volumes(scene);
    let containers = container::containers(scene, size, &volumes);
    kubernetes(scene, &containers, &mut task);
    proxy(scene, &containers, &mut task);
    let accelerators = containers.accelerators.clone();
    let all_need_role = containers.needs_execution_role;
    task.insert(
        "containerDefinitions".into(),
        containers.definitions.into_iter().map(Value::Object).collect(),
    );
    if !volumes.definitions.is_empty() {
        task.insert("volumes".into(), volumes.definitions.into());
    }
    if !accelerators.is_empty() {
        task.insert("inferenceAccelerators".into(), accelerators.into());
    }
    mode(scene, &mut task);
    platform(scene, &mut task);
    namespaces(scene, &mut task);
    let dice = &mut scene.dice;
    if volumes.needs_task_role || dice.often() {
        // A role can be named without its account.
        let role = if scene.bold && dice.chance(10) { dice.word() } else { dice.role() };
        task.insert("taskRoleArn".into(), json!(role));
    }
    if all_need_role || scene.launch == Launch::Fargate || dice.often() {
        task.insert("executionRoleArn".into(), json!(dice.role()));
    }
    if scene.launch != Launch::Fargate {
        let bold = scene.bold;
        dice.maybe(&mut task, "placementConstraints", |dice| {
            dice.list(1, 2, |dice| json!({"type": "memberOf", "expression": dice.expression(bold)}))
        });
    }
    dice.maybe(&mut task, "tags", super::Dice::tags);
    dice.maybe(&mut task, "enableFaultInjection", |dice| json!(dice.flip()));
    task
}

fn size(scene: &mut Scene) -> Size {
    let dice = &mut scene.dice;
    if scene.launch == Launch::Fargate {
        let sizes: Vec<_> =
            FARGATE.iter().filter(|(.., windows)| *windows || !scene.windows).copied().collect();
        let (cpu, memory, _) = dice.pick(&sizes);
        return Size { cpu: Some(cpu), memory: Some(dice.pick(memory)) };
    }
    let cpu = dice.often().then(|| dice.pick(&[128, 256, 333, 1024, 4096, 196_608]));
    let memory = dice.often().then(|| dice.pick(&[256, 512, 1000, 2048, 65_536]));
    Size { cpu, memory }
}

/// Writes a size in one of the ways that ECS reads.
fn spell(scene: &mut Scene, size: Size, task: &mut Members) {
    for (member, value, units) in [("cpu", size.cpu, ["vCPU", "vcpu"]), ("memory", size.memory, ["GB", "gb"])]
    {
        let Some(value) = value else { continue };
        let text = match (value % 1024, scene.dice.below(4)) {
            (0, 0) => format!("{} {}", value / 1024, scene.dice.pick(&units)),
            (512, 0) => {
                format!(".5{}", scene.dice.pick(&units)).replacen(".5", &format!("{}.5", value / 1024), 1)
            }
            _ => value.to_string(),
        };
        task.insert(member.into(), json!(text));
    }
}

fn mode(scene: &mut Scene, task: &mut Members) {
    let word = match scene.network {
        Network::Awsvpc => Some("awsvpc"),
        // It is the default.
        Network::Bridge if scene.windows || scene.dice.flip() => None,
        Network::Bridge => Some("bridge"),
        Network::Host => Some("host"),
        Network::None => Some("none"),
    };
    task.extend(word.map(|word| ("networkMode".to_owned(), json!(word))));
    let demanded = match scene.launch {
        Launch::Fargate if scene.network == Network::Awsvpc && scene.dice.chance(20) => {
            Some(json!(["EC2", "FARGATE"]))
        }
        Launch::Fargate => Some(json!(["FARGATE"])),
        Launch::External => Some(json!(["EXTERNAL"])),
        Launch::ManagedInstances => Some(json!(["MANAGED_INSTANCES"])),
        Launch::Ec2 if scene.dice.flip() => Some(json!(["EC2"])),
        Launch::Ec2 => None,
    };
    task.extend(demanded.map(|list| ("requiresCompatibilities".to_owned(), list)));
}

fn platform(scene: &mut Scene, task: &mut Members) {
    let bold = scene.bold;
    let dice = &mut scene.dice;
    if scene.windows {
        let families: &[&str] = if scene.launch == Launch::Fargate {
            &[
                "WINDOWS_SERVER_2019_FULL",
                "WINDOWS_SERVER_2019_CORE",
                "WINDOWS_SERVER_2022_FULL",
                "WINDOWS_SERVER_2022_CORE",
            ]
        } else {
            &[
                "WINDOWS_SERVER_2016_FULL",
                "WINDOWS_SERVER_2004_CORE",
                "WINDOWS_SERVER_20H2_CORE",
                "WINDOWS_SERVER_2022_CORE",
                "WINDOWS_SERVER_2025_FULL",
                "WINDOWS_SERVER_2025_CORE",
                "WINDOWS_SERVER_2019_FULL",
            ]
        };
        let mut platform = json!({"operatingSystemFamily": dice.pick(families)});
        if dice.flip() {
            platform["cpuArchitecture"] = json!("X86_64");
        }
        task.insert("runtimePlatform".into(), platform);
    } else if dice.often() {
        let mut platform = json!({"cpuArchitecture": dice.pick(&["X86_64", "ARM64"])});
        if dice.flip() {
            platform["operatingSystemFamily"] = json!("LINUX");
        }
        task.insert("runtimePlatform".into(), platform);
    }
    if scene.launch == Launch::Fargate && !scene.windows {
        dice.maybe(task, "ephemeralStorage", |dice| json!({"sizeInGiB": dice.pick(&[21, 100, 200])}));
    }
    if scene.launch == Launch::ManagedInstances {
        dice.maybe(task, "trustedExecutionConfiguration", |dice| {
            let mode = if bold {
                dice.pick(&["SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX"])
            } else {
                "SHARED"
            };
            if mode == "CONFIDENTIAL_SANDBOX" {
                json!({"isolationMode": mode, "attestationPolicy": dice.word()})
            } else {
                json!({"isolationMode": mode})
            }
        });
    }
}

fn namespaces(scene: &mut Scene, task: &mut Members) {
    if scene.windows {
        return;
    }
    let fargate = scene.launch == Launch::Fargate;
    scene
        .dice
        .maybe(task, "pidMode", |dice| json!(if fargate { "task" } else { dice.pick(&["host", "task"]) }));
    if !fargate {
        // With the node's IPC its kernel parameters are not the task's to set.
        let controls = task["containerDefinitions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|it| it.get("systemControls").is_some());
        let modes: &[&str] = if controls { &["task", "none"] } else { &["task", "none", "host"] };
        scene.dice.maybe(task, "ipcMode", |dice| json!(dice.pick(modes)));
    }
}

fn proxy(scene: &mut Scene, containers: &container::Containers, task: &mut Members) {
    if scene.network != Network::Awsvpc || scene.windows {
        return;
    }
    let name = containers.any_name(&mut scene.dice);
    scene.dice.maybe(task, "proxyConfiguration", |dice| {
        let of = |name: &str, value: &str| json!({"name": name, "value": value});
        json!({
            "type": "APPMESH", "containerName": name,
            "properties": [
                of(dice.pick(&["IgnoredUID", "IgnoredGID"]), "1337"), of("AppPorts", "8080,9090"), of("ProxyIngressPort", "15000"),
                of("ProxyEgressPort", "15001"), of("EgressIgnoredIPs", "169.254.170.2,169.254.169.254"),
            ],
        })
    });
}

fn kubernetes(scene: &mut Scene, containers: &container::Containers, task: &mut Members) {
    let dice = &mut scene.dice;
    let mut ours = Members::new();
    dice.maybe(&mut ours, "revision", |dice| json!(dice.between(1, 5000)));
    dice.maybe(&mut ours, "deregistered", |dice| json!([dice.between(1, 4), dice.between(5, 9)]));
    dice.maybe(&mut ours, "essentialExit", |dice| {
        json!(dice.pick(&["RestartContainer", "RestartTaskInPlace", "ReplaceTask"]))
    });
    let (name, bold) = (containers.any_name(dice), scene.bold);
    // Only where something waits for it, whatever it ends with, and where it is known what a shell has to run.
    let wraps = containers.definitions.iter().find(|it| {
        it.get("entryPoint").is_some_and(|it| it != &json!([]))
            && containers.waits_for(container::name(it), "COMPLETE")
    });
    dice.maybe(&mut ours, "containers", |dice| {
        let mut options = json!({"imagePullPolicy": dice.pick(&["Always", "IfNotPresent", "Never"])});
        if bold && dice.flip() {
            options["oneShot"] = json!(dice.pick(&["Init", "Job", "Shim"]));
            options["wrapComplete"] = json!(dice.flip());
        }
        let mut all = json!({name: options});
        if let Some(one) = wraps {
            all[container::name(one)] = json!({"wrapComplete": true});
        }
        all
    });
    let files: Vec<Value> = containers
        .environment_files
        .iter()
        .map(|arn| match dice.flip() {
            true => json!({"arn": arn, "configMapRef": "settings"}),
            false => json!({"arn": arn, "secretRef": "secret.settings"}),
        })
        .collect();
    if !files.is_empty() {
        ours.insert("environmentFiles".into(), files.into());
    }
    if !ours.is_empty() {
        task.insert("kubernetes".into(), Value::Object(ours));
    }
}

impl super::Dice {
    /// An expression of the cluster query language.
    pub(crate) fn expression(&mut self, bold: bool) -> String {
        // What other tasks cannot be asked for, and what contradicts the rest of these.
        if bold && self.chance(3) {
            let told = [
                "not(attribute:stack == prod) or task:group == service:web",
                "attribute:stack !exists and attribute:ecs.os-type == linux",
            ];
            return self.pick(&told).to_owned();
        }
        self.pick(&[
            "attribute:ecs.instance-type == t3.micro",
            "attribute:ecs.availability-zone in [eu-west-1a, eu-west-1b]",
            "attribute:stack exists",
            "attribute:ecs.instance-type =~ g4dn.*",
            "not(attribute:stack == prod) or ec2InstanceId in [i-0123456789abcdef0]",
            "attribute:ecs.cpu-architecture != arm64",
            "attribute:a.b_c in ['x y']",
            "(attribute:x exists and attribute:y == 1)",
        ])
        .to_owned()
    }
}
