//! Whatever was changed before: the end is what a fresh install of the last definitions comes to, apart from revision
//! numbers, deployment ids, the scaled count, and the record of failures.

use std::sync::Arc;
use std::time::Duration;

use ecs_bridge::api::labels;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::dice::Dice;
use crate::outcome::{State, differences, state};
use crate::process::Fortune;
use crate::server::faults::Faults;
use crate::world::{World, service, task_definition};

/// Environment variable: how many histories are told.
const HISTORIES: &str = "ECS_BRIDGE_HISTORIES";
/// Changes of one history.
const CHANGES: usize = 50;

#[test]
fn fifty_changes_end_where_a_fresh_install_does() {
    let count: u64 = std::env::var(HISTORIES).map_or(2, |text| text.parse().expect("a number of histories"));
    for seed in 0..count {
        let (last, told) = history(seed);
        let fresh = fresh(&last);
        let differences = differences(&fresh, &told);
        assert!(differences.is_empty(), "seed {seed}: {last:#?}\n{}", differences.join("\n"));
    }
}

/// The definitions as a user last applied them.
#[derive(Clone, Debug)]
struct Definitions {
    task: Value,
    service: Value,
}

fn in_simulation<T>(story: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(story)
}

/// What goes wrong in a history; every other one goes undisturbed.
fn fortune(seed: u64) -> Fortune {
    if seed.is_multiple_of(2) {
        return Fortune::kind(seed);
    }
    let faults = move |number: usize| Faults {
        kill_after: Some(10 + number * 5),
        conflicts: 10,
        errors: 5,
        delay: Duration::from_millis(500),
        cuts: 5,
        gone: 2,
        ..Faults::default()
    };
    let compaction = Some(Duration::from_secs(20));
    Fortune { faults: Arc::new(faults), compaction, ..Fortune::kind(seed) }
}

fn history(seed: u64) -> (Definitions, State) {
    in_simulation(async {
        let world = World::new(&fortune(seed));
        let mut dice = Dice::new(seed);
        let mut now = Definitions { task: task_definition("web", "nginx:0"), service: service("web", 2) };
        world.apply("TaskDefinition", "web", &now.task);
        world.apply("EcsService", "web", &now.service);
        for _ in 0..CHANGES {
            change(&world, &mut dice, &mut now);
            let pause = dice.pick(&[0, 10, 300, 2_000, 15_000, 90_000]);
            sleep(Duration::from_millis(dice.below(pause + 1))).await;
        }
        mend(&mut now);
        world.apply("TaskDefinition", "web", &now.task);
        world.apply("EcsService", "web", &now.service);
        world.rest().await;
        let live = world.find("EcsService", "web").expect("it is there");
        let scaled = live["spec"]["kubernetes"]["scaledCount"].clone();
        now.service["kubernetes"]["scaledCount"] = scaled;
        let told = comparable(&state(&world.server.store()), &live);
        (now, told)
    })
}

fn fresh(definitions: &Definitions) -> State {
    in_simulation(async {
        let world = World::new(&Fortune::kind(0));
        world.apply("TaskDefinition", "web", &definitions.task);
        world.apply("EcsService", "web", &definitions.service);
        world.rest().await;
        let live = world.find("EcsService", "web").expect("it is there");
        comparable(&state(&world.server.store()), &live)
    })
}

/// One change, by a user or by somebody who should not have.
fn change(world: &World, dice: &mut Dice, now: &mut Definitions) {
    let there = |kind: &str| {
        world.find(kind, "web").is_some_and(|o| o.pointer("/metadata/deletionTimestamp").is_none())
    };
    match dice.below(14) {
        0..=2 => {
            let image = dice.pick(&["nginx:1", "nginx:2", "nginx:3", "missing:1", "crashing:1", "unready:1"]);
            now.task["containerDefinitions"][0]["image"] = image.into();
            world.apply("TaskDefinition", "web", &now.task);
        }
        3 => {
            now.task["containerDefinitions"][0]["environment"] =
                json!([{"name": "A", "value": dice.below(3).to_string()}]);
            world.apply("TaskDefinition", "web", &now.task);
        }
        4 => {
            let mut bad = now.task.clone();
            bad["containerDefinitions"][0]["mountPoints"] =
                json!([{"sourceVolume": "nobody", "containerPath": "/x"}]);
            world.apply("TaskDefinition", "web", &bad);
        }
        5 | 6 => {
            now.service["desiredCount"] = dice.below(6).into();
            world.apply("EcsService", "web", &now.service);
        }
        7 => {
            let (minimum, maximum) =
                dice.pick(&[(100, 200), (50, 100), (0, 100), (100, 150), (50, 200), (100, 100)]);
            now.service["deploymentConfiguration"] =
                json!({"minimumHealthyPercent": minimum, "maximumPercent": maximum});
            world.apply("EcsService", "web", &now.service);
        }
        8 => {
            let mut bad = now.service.clone();
            bad["networkConfiguration"] = json!("wrong");
            world.apply("EcsService", "web", &bad);
        }
        9 => {
            world
                .edit("EcsService", "web", |s| s["spec"]["kubernetes"]["scaledCount"] = dice.below(5).into());
        }
        10 => {
            let kind = dice.pick(&["Deployment", "ServiceAccount"]);
            if there(kind) {
                world.delete(kind, "web");
            }
        }
        11 if there("Deployment") => world.edit("Deployment", "web", |deployment| {
            deployment["spec"]["replicas"] = dice.below(7).into();
            deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "evil:1".into();
        }),
        12 => {
            world.delete("EcsService", "web");
            world.apply("EcsService", "web", &now.service);
        }
        13 => {
            world.delete("TaskDefinition", "web");
            world.apply("TaskDefinition", "web", &now.task);
        }
        _ => {
            now.service["tags"] = json!([{"key": "turn", "value": dice.below(9).to_string()}]);
            world.apply("EcsService", "web", &now.service);
        }
    }
}

/// What was last asked for is something that can come about.
fn mend(now: &mut Definitions) {
    now.task["containerDefinitions"][0]["image"] = "nginx:last".into();
    // A deployment that ECS could not make would be held.
    let percents = json!({"minimumHealthyPercent": 50, "maximumPercent": 200});
    now.service["deploymentConfiguration"] = percents;
}

/// A state without revision numbers and deployment ids.
fn comparable(state: &State, service: &Value) -> State {
    let id = service
        .pointer("/status/deployments/0/id")
        .and_then(Value::as_str)
        .unwrap_or("no deployment")
        .to_owned();
    let revision =
        service.pointer("/status/taskDefinition").and_then(Value::as_str).unwrap_or("no revision").to_owned();
    let kept = state.iter().filter(|(name, _)| !name.starts_with("ControllerRevision"));
    kept.map(|(name, value)| {
        let text = |text: &str| text.replace(&id, "ID").replace(&revision, "REVISION");
        let mut value: Value = serde_json::from_str(&text(&value.to_string())).expect("it stays JSON");
        without_numbers(&mut value);
        (text(name), value)
    })
    .collect()
}

fn without_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in [labels::APPLIED, labels::REVISION, "scaledCount", "revision"] {
                members.remove(name);
            }
            members.values_mut().for_each(without_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(without_numbers),
        _ => {}
    }
}
