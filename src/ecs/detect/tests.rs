use serde_json::json;

use super::*;

fn kinds(document: Value) -> Vec<(Kind, String)> {
    detect(document).parts.into_iter().map(|part| (part.kind, part.base)).collect()
}

#[test]
fn requests_and_answers_are_told_apart() {
    use Kind::*;
    for (document, kind, base) in [
        (json!({"family": "a", "containerDefinitions": []}), TaskDefinition, ""),
        (json!({"Family": "a", "ContainerDefinitions": []}), TaskDefinition, ""),
        (json!({"taskDefinition": {"family": "a"}, "tags": []}), TaskDefinition, "taskDefinition"),
        (json!([{"name": "a", "image": "b"}]), TaskDefinition, ""),
        (json!({"serviceName": "a", "taskDefinition": "b"}), Service, ""),
        (json!({"schedulingStrategy": "DAEMON"}), Service, ""),
        (json!({"services": [{"serviceName": "a"}], "failures": []}), Service, "services[0]"),
        (json!({"service": {"serviceName": "a"}}), Service, "service"),
        (json!({"name": "a", "autoScalingGroupProvider": {}}), CapacityProvider, ""),
        (json!({"capacityProviders": [{"name": "a"}]}), CapacityProvider, "capacityProviders[0]"),
        (json!({"ScalableTargets": [{"MinCapacity": 1}]}), ScalableTarget, "ScalableTargets[0]"),
        (json!({"MinCapacity": 1, "MaxCapacity": 2}), ScalableTarget, ""),
        (json!({"ScalingPolicies": [{}]}), ScalingPolicy, "ScalingPolicies[0]"),
        (json!({"PolicyName": "a"}), ScalingPolicy, ""),
        (json!({"ScheduledActions": [{}]}), ScheduledAction, "ScheduledActions[0]"),
        (json!({"ScheduledActionName": "a", "Schedule": "rate(1 hour)"}), ScheduledAction, ""),
        (json!([{"family": "a"}]), TaskDefinition, "[0]"),
        (json!({"apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "spec": {}}), Service, "spec"),
    ] {
        assert_eq!(kinds(document.clone()), [(kind, base.to_owned())], "{document}");
    }
}

#[test]
fn a_kubernetes_list_is_opened() {
    let task = json!({"apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "TaskDefinition", "spec": {}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [task, task]});
    assert_eq!(kinds(list)[1], (Kind::TaskDefinition, "items[1].spec".to_owned()));
}

#[test]
fn tags_beside_a_task_definition_belong_to_it() {
    let detected = detect(json!({"taskDefinition": {"family": "a"}, "tags": [{"key": "k"}]}));
    assert_eq!(detected.parts[0].value["tags"][0]["key"], "k");
}

#[test]
fn failures_of_an_answer_are_said() {
    let detected = detect(json!({"services": [], "failures": [{"arn": "a", "reason": "MISSING"}]}));
    assert_eq!(detected.findings[0].path, "failures[0]");
}

#[test]
fn other_formats_are_named() {
    for (document, what) in [
        (json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}), "a CloudFormation template"),
        (json!({"version": "3", "services": {"web": {"image": "x"}}}), "a Docker Compose file"),
        (
            json!({"apiVersion": "apps/v1", "kind": "Deployment"}),
            "a Kubernetes manifest (apps/v1 Deployment)",
        ),
        (json!({"version": 0.0, "Resources": [{"TargetService": {}}]}), "a CodeDeploy appspec"),
        (json!({"cluster": "a", "taskDefinition": "b", "count": 1}), "a task or a RunTask request"),
        (json!({"TargetValue": 50}), "the configuration of a scaling policy alone"),
        (json!({"a": 1}), "an object with the members a"),
        (json!("text"), "a single value"),
        (json!([]), "an empty list"),
        (json!({}), "an empty object"),
    ] {
        let detected = detect(document.clone());
        assert!(detected.parts.is_empty(), "{document}");
        assert_eq!(detected.foreign.map(|foreign| foreign.0).as_deref(), Some(what), "{document}");
    }
}
