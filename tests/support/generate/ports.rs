//! Port mappings.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Members, Network, Scene};

/// Ports and port names that a task has already.
#[derive(Default)]
pub(super) struct Taken {
    ports: BTreeSet<i64>,
    host: BTreeSet<i64>,
    names: BTreeSet<String>,
}

pub(super) fn mappings(scene: &mut Scene, taken: &mut Taken, definition: &mut Members) {
    if scene.network == Network::None || !scene.dice.chance(50) {
        return;
    }
    let mut own: BTreeSet<i64> = BTreeSet::new();
    let mut list: Vec<Value> = Vec::new();
    for at in 0..=scene.dice.below(3) {
        let dice = &mut scene.dice;
        let mut mapping = Members::new();
        if at == 1 && matches!(scene.network, Network::Awsvpc | Network::Bridge) && dice.often() {
            // Ranges lie above every single port.
            let from = 50_000 + i64::try_from(taken.ports.len()).expect("few") * 10;
            taken.ports.insert(from);
            mapping.insert("containerPortRange".into(), json!(format!("{from}-{}", from + 5)));
        } else {
            let port = dice.pick(&[80, 443, 8080, 3000, 53, 1, 9090, 9091, 8125, 40_000]);
            // Containers of a bridge network have ports of their own; those of a pod do not.
            let again = scene.bold && scene.network == Network::Bridge && dice.chance(10);
            if own.contains(&port) || taken.ports.contains(&port) && !again {
                continue;
            }
            own.insert(port);
            taken.ports.insert(port);
            mapping.insert("containerPort".into(), json!(port));
            host(scene, taken, port, &mut mapping);
        }
        let dice = &mut scene.dice;
        dice.maybe(&mut mapping, "protocol", |dice| json!(dice.pick(&["tcp", "udp"])));
        if dice.flip() && mapping.contains_key("containerPort") {
            let name = dice.pick(&[
                "http",
                "web-8080-tcp",
                "metrics_port",
                "a_name_that_is_much_longer_than_fifteen",
                "1",
                "42",
                "x--y",
                "z-",
                "grpc",
            ]);
            if taken.names.insert(name.to_owned()) {
                mapping.insert("name".into(), json!(name));
                if mapping.get("protocol").is_none_or(|protocol| protocol == "tcp") {
                    dice.maybe(&mut mapping, "appProtocol", |dice| {
                        json!(dice.pick(&["http", "http2", "grpc"]))
                    });
                }
            }
        }
        list.push(Value::Object(mapping));
    }
    if !list.is_empty() {
        definition.insert("portMappings".into(), list.into());
    }
}

fn host(scene: &mut Scene, taken: &mut Taken, port: i64, mapping: &mut Members) {
    let wanted = match scene.network {
        Network::Bridge => scene.dice.pick(&[None, Some(0), Some(port), Some(port + 10_000)]),
        _ => scene.dice.pick(&[None, Some(port)]),
    };
    if let Some(host) = wanted.filter(|host| *host == 0 || taken.host.insert(*host)) {
        mapping.insert("hostPort".into(), json!(host));
    }
}
