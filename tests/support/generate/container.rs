//! Containers: whatever refers to another one refers to one that was made before it, so there are no circles.

use serde_json::{Value, json};

use super::task::Size;
use super::volumes::Volumes;
use super::{Dice, Launch, Members, Network, Scene, linux, logging, ports, secrets};

/// What the rest of the definition has to know of its containers.
#[derive(Default)]
pub(super) struct Containers {
    pub(super) definitions: Vec<Members>,
    /// ARNs of environment files that are mapped to objects.
    pub(super) environment_files: Vec<String>,
    /// What `inferenceAccelerators` has to hold.
    pub(super) accelerators: Vec<Value>,
    pub(super) needs_execution_role: bool,
}

impl Containers {
    pub(super) fn any_name(&self, dice: &mut Dice) -> String {
        let at = dice.below(self.definitions.len());
        name(&self.definitions[at]).to_owned()
    }
}

impl Containers {
    /// Whether nothing but this condition is waited for with a container.
    pub(super) fn waits_for(&self, name: &str, condition: &str) -> bool {
        let waits =
            self.definitions.iter().flat_map(|it| it.get("dependsOn").and_then(Value::as_array)).flatten();
        let mut waits = waits.filter(|it| it["containerName"] == name).peekable();
        waits.peek().is_some() && waits.all(|it| it["condition"] == condition)
    }
}

pub(super) fn name(definition: &Members) -> &str {
    definition["name"].as_str().expect("a name")
}

fn is_essential(definition: &Members) -> bool {
    definition.get("essential").is_none_or(|value| value == true)
}

pub(super) fn containers(scene: &mut Scene, size: Size, volumes: &Volumes) -> Containers {
    let mut all = Containers::default();
    let mut taken = ports::Taken::default();
    let count = [1, 1, 1, 2, 2, 3, 4, 10][scene.dice.below(8)];
    let router = count > 1 && logging::router(scene);
    let gpu = linux::Gpu::of(scene);
    for at in 0..count {
        let mut definition = Members::new();
        let name = loop {
            let name = scene.dice.name();
            if !all.definitions.iter().any(|other| self::name(other).eq_ignore_ascii_case(&name)) {
                break name;
            }
        };
        definition.insert("name".into(), json!(name));
        definition.insert("image".into(), json!(image(&mut scene.dice)));
        resources(scene, size, count, &mut definition);
        commands(&mut scene.dice, scene.windows, &mut definition);
        life(scene, &mut definition);
        // The last one is essential, so that one is.
        let essential = at + 1 == count || scene.dice.chance(60);
        if !essential || scene.dice.flip() {
            definition.insert("essential".into(), json!(essential));
        }
        relations(scene, &all.definitions, at == 0 && router, &mut definition);
        ports::mappings(scene, &mut taken, &mut definition);
        secrets::environment(scene, &mut definition, &mut all);
        logging::logging(scene, at == 0 && router, at > 0 && router, &mut definition, &mut all);
        volumes.mount(scene, &mut definition);
        linux::linux(scene, &mut definition);
        gpu.ask(scene, &mut definition, &mut all.accelerators);
        rest(scene, &mut definition);
        all.needs_execution_role |= definition.contains_key("repositoryCredentials");
        all.definitions.push(definition);
    }
    scene.dice.shuffle(&mut all.definitions);
    all
}

fn image(dice: &mut Dice) -> String {
    let digest = format!("sha256:{}{}", dice.hex(32), dice.hex(32));
    match dice.below(8) {
        0 => format!("public.ecr.aws/nginx/nginx@{digest}"),
        1 => format!("{}.dkr.ecr.{}.amazonaws.com/Team_x/app:1.2.3-rc.1_b", dice.account(), dice.region())
            .to_lowercase(),
        2 => "localhost:5000/app".to_owned(),
        3 => format!("busybox:{}", "t".repeat(100)),
        4 => format!("r.example.com:443/{}:latest", "p".repeat(200)),
        5 => "nginx".to_owned(),
        _ => "nginx:1.27".to_owned(),
    }
}

/// CPU and memory: the sums stay within the task's.
fn resources(scene: &mut Scene, size: Size, count: i64, definition: &mut Members) {
    let dice = &mut scene.dice;
    let cpu = size.cpu.map_or(4096, |cpu| cpu / count);
    if dice.flip() {
        let most = if size.cpu.is_none() && dice.chance(5) { 1_000_000 } else { cpu };
        let cpu = match dice.below(4) {
            0 => most,
            1 => dice.between(0, 2).min(most),
            _ => dice.between(0, most),
        };
        definition.insert("cpu".into(), json!(cpu));
    }
    let most = size.memory.map_or(8192, |memory| memory / count);
    let (hard, soft) = match dice.below(4) {
        0 if size.memory.is_some() => (None, None),
        1 => (None, Some(dice.between(6, most))),
        2 if most > 7 => {
            let hard = dice.between(7, most);
            (Some(hard), Some(dice.between(6, hard - 1)))
        }
        _ => (Some(dice.between(6, most)), None),
    };
    definition.extend(hard.map(|hard| ("memory".to_owned(), json!(hard))));
    definition.extend(soft.map(|soft| ("memoryReservation".to_owned(), json!(soft))));
}

fn commands(dice: &mut Dice, windows: bool, definition: &mut Members) {
    for member in ["entryPoint", "command"] {
        dice.maybe(definition, member, |dice| dice.list(0, 3, |dice| json!(dice.text())));
    }
    dice.maybe(definition, "workingDirectory", |dice| {
        json!(if windows { "C:\\app".to_owned() } else { dice.path() })
    });
    dice.maybe(definition, "dockerLabels", |dice| {
        let mut labels = Members::new();
        for _ in 0..=dice.below(3) {
            let key = dice.pick(&[
                "com.example.team",
                "traefik.http.routers.web.rule",
                "Überschrift",
                "a b",
                "x/y/z",
                "",
                "k",
            ]);
            labels.insert(key.to_owned(), json!(dice.text()));
        }
        Value::Object(labels)
    });
}

fn life(scene: &mut Scene, definition: &mut Members) {
    let (fargate, bold) = (scene.launch == Launch::Fargate, scene.bold);
    let dice = &mut scene.dice;
    dice.maybe(definition, "healthCheck", |dice| {
        let mut check = Members::new();
        let command = match dice.below(4) {
            // Without the word that ECS asks for, as some people write it.
            3 if bold => json!(["curl -f http://localhost/ || exit 1"]),
            0 => json!(["CMD", "/bin/check", dice.text(), "$(X)"]),
            1 => json!(["CMD-SHELL", "curl -f http://localhost:$PORT/ || exit 1"]),
            _ => json!(["CMD-SHELL", "exit 0"]),
        };
        check.insert("command".into(), command);
        for (member, low, high) in
            [("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300)]
        {
            dice.maybe(&mut check, member, |dice| {
                json!(match dice.below(4) {
                    0 => low,
                    1 => high,
                    _ => dice.between(low, high),
                })
            });
        }
        Value::Object(check)
    });
    dice.maybe(definition, "restartPolicy", |dice| {
        let mut policy = Members::new();
        policy.insert("enabled".into(), json!(dice.chance(80)));
        dice.maybe(&mut policy, "ignoredExitCodes", |dice| {
            let codes = dice.some(&[0, 1, 2, 42, 137, 143, 255], 4);
            json!(codes)
        });
        dice.maybe(&mut policy, "restartAttemptPeriod", |dice| json!(dice.pick(&[60, 300, 1800])));
        Value::Object(policy)
    });
    let longest = if fargate { 120 } else { 3600 };
    for member in ["startTimeout", "stopTimeout"] {
        dice.maybe(definition, member, |dice| json!(dice.between(2, longest)));
    }
    dice.maybe(definition, "versionConsistency", |dice| json!(dice.pick(&["enabled", "disabled"])));
}

/// `dependsOn`, `links` and `volumesFrom`; a log router comes before everything and waits for nobody.
fn relations(scene: &mut Scene, before: &[Members], router: bool, definition: &mut Members) {
    if before.is_empty() || router {
        return;
    }
    let dice = &mut scene.dice;
    let other = |dice: &mut Dice| &before[dice.below(before.len())];
    if dice.chance(40) {
        let mut list = Vec::new();
        let mut named = Vec::new();
        for _ in 0..=dice.below(2) {
            let other = other(dice);
            if named.contains(&name(other)) {
                continue;
            }
            named.push(name(other));
            let mut conditions = vec!["START"];
            if !is_essential(other) {
                conditions.extend(["COMPLETE", "SUCCESS"]);
            }
            if other.contains_key("healthCheck") {
                conditions.push("HEALTHY");
            }
            list.push(json!({"containerName": name(other), "condition": dice.pick(&conditions)}));
        }
        definition.insert("dependsOn".into(), list.into());
    }
    if scene.network == Network::Bridge && !scene.windows {
        dice.maybe(definition, "links", |dice| {
            let name = name(other(dice));
            json!([if dice.flip() { name.to_owned() } else { format!("{name}:db") }])
        });
    }
    dice.maybe(definition, "volumesFrom", |dice| {
        let mut from = json!({"sourceContainer": name(other(dice))});
        if dice.flip() {
            from["readOnly"] = json!(dice.flip());
        }
        json!([from])
    });
}

fn rest(scene: &mut Scene, definition: &mut Members) {
    let dice = &mut scene.dice;
    for member in ["interactive", "pseudoTerminal"] {
        dice.maybe(definition, member, |dice| json!(dice.flip()));
    }
    dice.maybe(definition, "repositoryCredentials", |dice| {
        let name = format!("secret:registry-{}", dice.hex(6));
        json!({"credentialsParameter": dice.arn("secretsmanager", &name)})
    });
    if scene.network != Network::Awsvpc && !scene.windows {
        let (bold, hostname) = (scene.bold, scene.hostname);
        dice.maybe(definition, "hostname", |dice| {
            json!(if bold && dice.flip() { "other" } else { hostname })
        });
        let own = |dice: &mut Dice| dice.list(1, 2, |dice| json!(dice.ip()));
        dice.maybe(definition, "dnsServers", own);
        dice.maybe(definition, "dnsSearchDomains", |dice| dice.list(1, 2, |dice| json!(dice.host())));
        dice.maybe(definition, "extraHosts", |dice| {
            dice.list(1, 3, |dice| json!({"hostname": dice.host(), "ipAddress": dice.ip()}))
        });
        if scene.launch != Launch::Fargate && !definition.contains_key("portMappings") && dice.chance(10) {
            definition.insert("disableNetworking".into(), json!(scene.bold && dice.flip()));
        }
    }
    if scene.windows {
        if scene.bold && dice.flip() {
            let arn = dice.arn("s3", "credspecs/web.json");
            if scene.launch != Launch::Fargate && dice.flip() {
                definition.insert("dockerSecurityOptions".into(), json!(["credentialspec:file://web.json"]));
            } else {
                definition.insert("credentialSpecs".into(), json!([format!("credentialspec:{arn}")]));
            }
        }
        return;
    }
    dice.maybe(definition, "readonlyRootFilesystem", |dice| json!(dice.flip()));
    let bold = scene.bold;
    dice.maybe(definition, "user", |dice| {
        let numeric = ["0", "1000", "1000:1000", "65534:0", "root"];
        let named = ["nginx", "nobody:nogroup", "1000:www-data", "app:0"];
        json!(if bold && dice.flip() { dice.pick(&named) } else { dice.pick(&numeric) })
    });
}
