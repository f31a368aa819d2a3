//! What would change, asked before it does.

use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::world::{World, service, task_definition, text};

/// What `ecs-bridge diff` says of these definitions, and how it ends.
fn diff(world: &World, definitions: &[(&str, Value)], arguments: &[&str]) -> (i32, String) {
    let objects = definitions.iter().map(|(kind, spec)| {
        let name = spec.get("serviceName").or_else(|| spec.get("family")).cloned();
        json!({
            "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": kind,
            "metadata": { "name": name, "namespace": world.namespace }, "spec": spec,
        })
    });
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects.collect::<Vec<_>>() });
    let file = world.cluster.file(&format!("{}-diff.json", world.namespace));
    std::fs::write(&file, list.to_string()).unwrap();
    let admin = world.cluster.admin();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    command.args(["diff", file.to_str().unwrap(), "--kubeconfig", admin.to_str().unwrap()]).args(arguments);
    let output = command.output().unwrap();
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn json_of(world: &World, definitions: &[(&str, Value)]) -> (i32, Value) {
    let (code, text) = diff(world, definitions, &["--format", "json"]);
    let services: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (code, services[0].clone())
}

/// `Kind action` of every object that would change.
fn objects(service: &Value) -> Vec<String> {
    let all = service["objects"].as_array().unwrap().iter();
    all.map(|object| format!("{} {}", text(object, "/kind"), text(object, "/action"))).collect()
}

pub(crate) async fn a_diff_says_what_would_change_and_changes_nothing(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "diff").await;
    let mut task = task_definition("web", "nginx:1.27");
    task["containerDefinitions"][0]["environment"] = json!([{ "name": "KEY", "value": "hunter1" }]);
    let both = |task: &Value, service: Value| [("TaskDefinition", task.clone()), ("EcsService", service)];

    let (code, new) = json_of(&world, &both(&task, service("web", 2)));
    assert_eq!((code, &new["isNew"], &new["willRoll"]), (1, &json!(true), &json!(true)), "{new:#}");
    assert_eq!(new["because"], json!(["it is the first deployment"]));
    assert_eq!(objects(&new), ["ServiceAccount create", "Service create", "Deployment create"]);
    assert!(world.revisions().await.is_empty(), "nothing was made");

    world.apply("TaskDefinition", "web", task.clone()).await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    let before = world.deployment_until("web", "there", |_| true).await;
    let (code, same) = json_of(&world, &both(&task, service("web", 2)));
    assert_eq!((code, &same["willRoll"]), (0, &json!(false)), "{same:#}");
    assert!(objects(&same).is_empty(), "{same:#}");

    let (code, counted) = json_of(&world, &both(&task, service("web", 3)));
    assert_eq!(
        (code, &counted["willRoll"], &counted["count"]),
        (1, &json!(false), &json!([2, 3])),
        "{counted:#}"
    );
    assert_eq!(objects(&counted), ["Deployment update"]);
    let replicas = json!({ "path": "spec.replicas", "live": 2, "new": 3 });
    assert!(counted["objects"][0]["fields"].as_array().unwrap().contains(&replicas), "{counted:#}");

    // The task definition alone: whoever follows the family rolls.
    task["containerDefinitions"][0]["image"] = json!("nginx:1.28");
    task["containerDefinitions"][0]["environment"][0]["value"] = json!("hunter2");
    let alone = [("TaskDefinition", task.clone())];
    let (code, rolled) = json_of(&world, &alone);
    assert_eq!((code, &rolled["willRoll"], &rolled["revision"]), (1, &json!(true), &json!(2)), "{rolled:#}");
    let because = rolled["because"].to_string();
    assert!(because.contains("taskDefinition.containerDefinitions[0].image"), "{because}");
    let (code, shown) = diff(&world, &alone, &[]);
    assert_eq!(code, 1);
    for part in
        ["will roll: yes", "(web:1 to web:2)", "--- live Deployment web", "+        image: nginx:1.28"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("hunter") && !rolled.to_string().contains("hunter"), "{shown}");

    let (code, refused) =
        diff(&world, &[("EcsService", json!({ "serviceName": "web", "desiredCount": -1 }))], &[]);
    assert_eq!(code, 2, "{refused}");
    let after = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(after["metadata"]["generation"], before["metadata"]["generation"], "nothing was changed");
    assert_eq!(world.revisions().await.len(), 2);
    world.end().await;
}
