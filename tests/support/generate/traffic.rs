//! Who reaches a service: load balancers, registries, and whatever refers to a port by its name.

use ecs_bridge::api::EcsServiceSpec;
use ecs_bridge::ecs::shape::{Readable as _, Shape};
use serde_json::{Value, json};

use super::{Dice, Members, Network, Scene, far};

/// Containers with the ports that they map: container, port, name.
fn ports(task: &Members) -> Vec<(String, i64, Option<String>)> {
    let containers = task["containerDefinitions"].as_array().expect("a list");
    let of = |container: &Value| {
        let name = container["name"].as_str().expect("a name").to_owned();
        let mappings = container["portMappings"].as_array().cloned().unwrap_or_default();
        mappings.into_iter().filter(|mapping| mapping["protocol"] != "udp").filter_map(move |mapping| {
            Some((
                name.clone(),
                mapping["containerPort"].as_i64()?,
                mapping["name"].as_str().map(str::to_owned),
            ))
        })
    };
    containers.iter().flat_map(of).collect()
}

pub(super) fn traffic(scene: &mut Scene, task: &Members, service: &mut Members) {
    let ports = ports(task);
    let deployed = service
        .get("deploymentConfiguration")
        .and_then(|it| it["strategy"].as_str())
        .is_some_and(|it| it != "ROLLING");
    let dice = &mut scene.dice;
    if !ports.is_empty() && dice.chance(40) {
        let list = dice.list(1, 2, |dice| {
            let (container, port, _) = &ports[dice.below(ports.len())];
            let mut balancer = json!({"containerName": container, "containerPort": port});
            if deployed {
                let shape = far::shape(EcsServiceSpec::shape(), "loadBalancers.advancedConfiguration");
                balancer["advancedConfiguration"] = far::value(shape, "advancedConfiguration", dice);
            }
            if scene.bold && scene.network == Network::Bridge && dice.chance(30) {
                balancer["loadBalancerName"] = json!("classic");
            } else {
                balancer["targetGroupArn"] = json!(dice.target_group());
            }
            balancer
        });
        // A classic load balancer stands alone.
        let alone = list
            .as_array()
            .and_then(|list| list.iter().find(|it| it.get("loadBalancerName").is_some()).cloned());
        service.insert("loadBalancers".into(), alone.map_or(list, |one| json!([one])));
        dice.maybe(service, "healthCheckGracePeriodSeconds", |dice| {
            json!(dice.pick(&[0, 60, 2_147_483_647]))
        });
        if scene.network != Network::Awsvpc {
            dice.maybe(service, "role", |dice| json!(dice.role()));
        }
    }
    dice.maybe(service, "serviceRegistries", |dice| {
        let mut registry = Members::new();
        registry.insert(
            "registryArn".into(),
            json!(dice.arn("servicediscovery", "service/srv-0123456789abcdef")),
        );
        if scene.network == Network::Awsvpc && (ports.is_empty() || dice.flip()) {
            registry.insert("port".into(), json!(8080));
        } else if !ports.is_empty() {
            let (container, port, _) = &ports[dice.below(ports.len())];
            registry.insert("containerName".into(), json!(container));
            registry.insert("containerPort".into(), json!(port));
        }
        json!([registry])
    });
}

/// A port that takes requests of a new load balancer: of a container that does not end before others start.
pub(super) fn entry(task: &Members, dice: &mut Dice) -> Option<i64> {
    let containers = task["containerDefinitions"].as_array().expect("a list");
    let stays = |name: &str| {
        let waits = |other: &Value| other["dependsOn"].to_string().contains(&format!("{name:?}"));
        let options = task.get("kubernetes").map(|ours| ours["containers"][name].is_object());
        !containers.iter().any(waits) && options != Some(true)
    };
    let ports: Vec<_> = ports(task).into_iter().filter(|(container, ..)| stays(container)).collect();
    (!ports.is_empty() && dice.flip()).then(|| ports[dice.below(ports.len())].1)
}

/// Members that refer to a port by its name.
pub(super) fn connect(scene: &mut Scene, task: &Members, service: &mut Members) {
    let names: Vec<String> = ports(task).into_iter().filter_map(|(_, _, name)| name).collect();
    let dice = &mut scene.dice;
    if scene.network == Network::Host || scene.network == Network::None {
        return;
    }
    let shape = EcsServiceSpec::shape();
    dice.maybe(service, "serviceConnectConfiguration", |dice| {
        let mut connect = Members::new();
        connect.insert("enabled".into(), json!(dice.chance(80)));
        for member in ["accessLogConfiguration", "containerConfigurations"] {
            dice.maybe(&mut connect, member, |dice| {
                far::value(far::shape(far::shape(shape, "serviceConnectConfiguration"), member), member, dice)
            });
        }
        dice.maybe(&mut connect, "namespace", |dice| {
            json!(dice.pick(&["internal", "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"]))
        });
        dice.maybe(&mut connect, "logConfiguration", |dice| {
            let mut log =
                json!({"logDriver": "awslogs", "options": super::logging::options(dice, "awslogs")});
            if dice.flip() {
                log["secretOptions"] = json!([{"name": "key", "valueFrom": super::secrets::reference(dice)}]);
            }
            log
        });
        if let Some(name) = names.first() {
            connect.insert("services".into(), connected(dice, name));
        }
        Value::Object(connect)
    });
    let Some(name) = names.first() else { return };
    for member in ["vpcLatticeConfigurations", "gatewayConnectors"] {
        dice.maybe(service, member, |dice| {
            let mut one = match far::shape(shape, member) {
                Shape::List(items) => far::value(items, member, dice),
                _ => panic!("{member} is a list"),
            };
            one["portName"] = json!(name);
            json!([one])
        });
    }
}

fn connected(dice: &mut Dice, name: &str) -> Value {
    let of_service = far::shape(EcsServiceSpec::shape(), "serviceConnectConfiguration.services");
    let Shape::List(items) = of_service else { panic!("a list") };
    let mut one = far::value(items, "services", dice);
    one["portName"] = json!(name);
    if one.get("discoveryName").is_some() {
        one["discoveryName"] = json!("web_1");
    }
    if let Some(aliases) = one.get_mut("clientAliases").and_then(Value::as_array_mut) {
        aliases.truncate(1);
        aliases[0]["port"] = json!(80);
        if aliases[0].get("dnsName").is_some() {
            aliases[0]["dnsName"] = json!(dice.pick(&["web", "web.internal", "api_v1.local"]));
        }
    }
    json!([one])
}
