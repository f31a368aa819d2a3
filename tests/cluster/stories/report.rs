//! A report on what lives in a namespace.

use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::world::{World, service, task_definition};

/// What `ecs-bridge report` says of the definitions, without where they stand.
fn reported(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    let output =
        command.args(["report", "--format", "json", "--fail-on", "never"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let definitions = report["definitions"].as_array_mut().unwrap();
    // Capacity providers are the whole cluster's, and other stories make some.
    definitions.retain(|definition| definition["kind"] != "CapacityProvider");
    definitions.sort_by_key(|definition| definition["kind"].to_string());
    for definition in definitions {
        definition.as_object_mut().unwrap().remove("file");
        for finding in definition["findings"].as_array_mut().unwrap() {
            finding.as_object_mut().unwrap().retain(|member, _| member != "file" && member != "line");
        }
    }
    report["definitions"].take()
}

pub(crate) async fn what_lives_is_reported_like_its_files(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "report").await;
    let mut task = task_definition("web", "web:1");
    task["taskRoleArn"] = json!("arn:aws:iam::123456789012:role/web");
    task["containerDefinitions"][0]["logConfiguration"] = json!({
        "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1" },
    });
    let mut web = service("web", 2);
    web["deploymentConfiguration"] =
        json!({ "alarms": { "alarmNames": ["errors"], "enable": true, "rollback": true } });
    let task = world.apply("TaskDefinition", "web", task).await;
    let web = world.apply("EcsService", "web", web).await;
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [task, web] });
    let file = cluster.file("report.json");
    std::fs::write(&file, list.to_string()).unwrap();

    let admin = cluster.admin();
    let live = reported(&["--live", "-n", &world.namespace, "--kubeconfig", admin.to_str().unwrap()]);
    assert_eq!(live.as_array().unwrap().len(), 2, "{live:#}");
    let codes = live.to_string();
    assert!(codes.contains("DeploymentAlarmsNotApplied") && codes.contains("LogDriverReplaced"), "{live:#}");
    assert_eq!(live, reported(&[file.to_str().unwrap()]));
    world.end().await;
}
