use serde_json::json;

use super::*;
use crate::ecs::import::{self, Options};

fn run(document: &Value) -> (Vec<(&'static str, Value)>, Vec<Finding>) {
    let (requests, findings) = exported(document);
    (requests.into_iter().map(|request| (request.action, value(&request.body))).collect(), findings)
}

fn exported(document: &Value) -> (Vec<Request>, Vec<Finding>) {
    let bytes = document.to_string().into_bytes();
    let options = Options { keep_pins: true, ..Options::default() };
    let loaded = import::load(0, "a.json", &bytes, true, &options);
    let run = import::assemble(loaded.definitions, &["a.json"], &options);
    export(&run.resources[0].resource)
}

#[test]
fn a_clean_request_comes_back_as_it_was() {
    let request = json!({
        "family": "web",
        "cpu": "256",
        "memory": "0.5 GB",
        "containerDefinitions": [{ "name": "log_router", "image": "a", "essential": false, "cpu": 0 }],
    });
    let (requests, findings) = run(&request);
    assert_eq!(requests, [("RegisterTaskDefinition", request)]);
    assert_eq!(findings, []);
}

#[test]
fn what_ecs_has_no_word_for_is_left_out_and_said() {
    let resource = json!({
        "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService",
        "metadata": { "name": "web", "namespace": "shop", "managedFields": [], "uid": "1" },
        "spec": {
            "serviceName": "Web", "taskDefinition": "web:7", "cluster": "shop",
            "kubernetes": { "scaledCount": 4, "paused": true },
            "autoScaling": {
                "scalableTarget": { "MinCapacity": 1, "MaxCapacity": 4 },
                "scalingPolicies": [{
                    "PolicyName": "cpu", "ResourceId": "service/shop/Web",
                    "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 60 },
                }],
            },
        },
        "status": { "desiredCount": 4 },
    });
    let (requests, findings) = run(&resource);
    let service = json!({ "serviceName": "Web", "taskDefinition": "web:7", "cluster": "shop" });
    let address = |mut body: Value| {
        body["ServiceNamespace"] = "ecs".into();
        body["ResourceId"] = "service/shop/Web".into();
        body["ScalableDimension"] = "ecs:service:DesiredCount".into();
        body
    };
    assert_eq!(
        requests,
        [
            ("CreateService", service),
            ("RegisterScalableTarget", address(json!({ "MinCapacity": 1, "MaxCapacity": 4 }))),
            (
                "PutScalingPolicy",
                address(json!({
                    "PolicyName": "cpu",
                    "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 60 },
                }))
            ),
        ]
    );
    let paths: Vec<_> = findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(paths, ["kubernetes.paused", "kubernetes.scaledCount"]);
}

#[test]
fn members_stand_in_the_order_of_the_api() {
    let request = json!({
        "requiresCompatibilities": ["EC2"], "memory": "512", "family": "web",
        "containerDefinitions": [{ "cpu": 1, "command": ["a"], "image": "a", "name": "a" }],
    });
    let (requests, _) = exported(&request);
    let text = json(&requests[0].body).unwrap();
    let places: Vec<usize> = ["family", "containerDefinitions", "name", "image", "cpu", "command", "memory"]
        .iter()
        .map(|member| text.find(&format!("\"{member}\"")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
}
