//! Names that Kubernetes cannot spell, wherever they are referred to.

use serde_json::json;

use crate::support::{rendered, task, with};

#[test]
fn a_container_with_an_underscore_is_still_what_others_depend_on() {
    let made = rendered(&[task(&json!([
        {"name": "db_proxy", "essential": false, "healthCheck": {"command": ["CMD", "/ok"]}},
        {"name": "app", "dependsOn": [{"containerName": "db_proxy", "condition": "HEALTHY"}]},
    ]))]);
    let pod = made.pod();
    let proxy = &pod["initContainers"][0];
    assert!(proxy["name"].as_str().unwrap().starts_with("db-proxy"), "{proxy}");
    assert_eq!(proxy["restartPolicy"], "Always");
    assert_eq!(proxy["startupProbe"]["exec"]["command"], json!(["/ok"]));
    assert_eq!(pod["containers"][0]["name"], "app");
}

#[test]
fn a_container_with_an_underscore_is_still_whose_volumes_others_mount() {
    let definition = task(&json!([
        {"name": "web_app", "mountPoints": [{"sourceVolume": "static_files", "containerPath": "/static"}]},
        {"name": "nginx", "volumesFrom": [{"sourceContainer": "web_app", "readOnly": true}]},
    ]));
    let made = rendered(&[with(definition, &json!({"volumes": [{"name": "static_files"}]}))]);
    let mount = &made.container("nginx")["volumeMounts"][0];
    assert_eq!(mount["mountPath"], "/static");
    assert_eq!(mount["readOnly"], true);
    assert_eq!(mount["name"], made.pod()["volumes"][0]["name"]);
}

#[test]
fn a_container_with_an_underscore_is_still_what_the_load_balancer_reaches() {
    let service = json!({
        "serviceName": "app", "taskDefinition": "app", "desiredCount": 1,
        "loadBalancers": [{"containerName": "web_app", "containerPort": 8080,
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/app/6d0ecf831eec9f09"}],
    });
    let definition = task(&json!([{"name": "web_app", "portMappings": [{"containerPort": 8080}]}]));
    let made = rendered(&[definition, service]);
    assert_eq!(made.one("Service")["spec"]["ports"][0]["port"], 8080);
}

#[test]
fn a_port_name_that_kubernetes_refuses_is_spelled_the_same_everywhere() {
    let ports = json!([{"name": "my-very-long--port-name", "containerPort": 80}, {"name": "8080", "containerPort": 8080}]);
    let made = rendered(&[task(&json!([{"name": "app", "portMappings": ports}]))]);
    for i in 0..2 {
        let name = made.container("app")["ports"][i]["name"].as_str().unwrap().to_owned();
        assert_eq!(made.one("Service")["spec"]["ports"][i]["name"], name);
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        assert!(name.len() <= 15 && name.bytes().all(legal), "{name}");
        assert!(name.bytes().any(|b| b.is_ascii_lowercase()) && !name.contains("--"), "{name}");
    }
}

#[test]
fn names_of_linked_containers_resolve() {
    let made = rendered(&[task(&json!([
        {"name": "redis"}, {"name": "app", "links": ["redis:cache"]},
    ]))]);
    let aliases = made.pod()["hostAliases"].to_string();
    assert!(aliases.contains("\"cache\"") && aliases.contains("\"redis\""), "{aliases}");
    assert!(made.tells("containerDefinitions[1].links"), "what differs is said: {:?}", made.findings);
}
