#![allow(clippy::needless_pass_by_value, reason = "the calls read better")]

use serde_json::{Value, json};

use super::super::tests::{container, container_in, merged, model, told};

const AT: &str = "containerDefinitions[0]";

fn log(driver: &str, options: Value) -> Value {
    container(&json!({ "logConfiguration": { "logDriver": driver, "options": options } }))
}

fn awslogs(more: &Value) -> Value {
    log("awslogs", merged(&json!({ "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1" }), more))
}

#[test]
fn every_driver_says_what_becomes_of_the_output() {
    for (task, code) in [
        (awslogs(&json!({})), "LogDriverReplaced"),
        (log("json-file", json!({})), "LogDriverReplaced"),
        (log("splunk", json!({ "splunk-token": "t", "splunk-url": "u" })), "LogDestinationLost"),
        (log("syslog", json!({})), "LogDestinationLost"),
        (log("journald", json!({})), "LogDestinationLost"),
        (log("gelf", json!({})), "LogDestinationLost"),
        (log("fluentd", json!({})), "LogDestinationLost"),
    ] {
        assert_eq!(told(&task, &json!({})), [format!("{code} {AT}.logConfiguration")]);
    }
}

#[test]
fn drivers_have_required_and_exclusive_options() {
    let at = format!("{AT}.logConfiguration.options");
    for (task, expected) in [
        (log("awslogs", json!({ "awslogs-group": "g" })), format!("MissingMember {at}")),
        (log("splunk", json!({ "splunk-url": "u" })), format!("MissingMember {at}")),
        (
            awslogs(&json!({ "awslogs-datetime-format": "%d", "awslogs-multiline-pattern": "^x" })),
            format!("InvalidValue {at}.awslogs-multiline-pattern"),
        ),
        (awslogs(&json!({ "mode": "sometimes" })), format!("InvalidValue {at}.mode")),
        (
            awslogs(&json!({ "awslogs-create-group": "yes" })),
            format!("InvalidValue {at}.awslogs-create-group"),
        ),
    ] {
        assert_eq!(told(&task, &json!({}))[0], expected);
    }
    let none = container(&json!({ "logConfiguration": { "options": { "a": "b" } } }));
    assert_eq!(told(&none, &json!({})), [format!("MissingMember {AT}.logConfiguration.logDriver")]);
}

#[test]
fn fargate_needs_a_stream_prefix_and_has_three_drivers() {
    let mut fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" });
    fargate["executionRoleArn"] = json!("arn:aws:iam::123456789012:role/exec");
    let at = format!("{AT}.logConfiguration");
    let without = merged(&awslogs(&json!({})), &fargate);
    assert_eq!(told(&without, &json!({}))[0], format!("MissingMember {at}.options.awslogs-stream-prefix"));
    let with = merged(&awslogs(&json!({ "awslogs-stream-prefix": "ecs" })), &fargate);
    assert_eq!(
        told(&with, &json!({})),
        [format!("LogDriverReplaced {at}"), "ExecutionRoleNotUsed executionRoleArn".to_owned()]
    );
    let syslog = merged(&log("syslog", json!({})), &fargate);
    assert_eq!(told(&syslog, &json!({}))[0], format!("InvalidValue {at}.logDriver"));
}

#[test]
fn secret_options_of_drivers_never_vanish() {
    let task = container(&json!({ "logConfiguration": {
        "logDriver": "splunk",
        "options": { "splunk-url": "u" },
        "secretOptions": [{ "name": "splunk-token", "valueFrom": "token" }],
    } }));
    assert_eq!(
        told(&task, &json!({})),
        [
            format!("LogSecretOptionsNotApplied {AT}.logConfiguration.secretOptions"),
            format!("LogDestinationLost {AT}.logConfiguration"),
        ]
    );
}

/// An application whose output goes through the router `log_router`.
fn routed(router: &Value, app: &Value) -> Value {
    let app = merged(
        &json!({ "name": "app", "image": "app:1", "memory": 64, "logConfiguration": { "logDriver": "awsfirelens" } }),
        app,
    );
    let router = merged(
        &json!({ "name": "log_router", "image": "fluent-bit:3", "memory": 64, "firelensConfiguration": { "type": "fluentbit" } }),
        router,
    );
    json!({ "containerDefinitions": [app, router] })
}

fn told_of_logs(task: &Value) -> Vec<String> {
    told(task, &json!({})).into_iter().filter(|t| !t.starts_with("NameChanged")).collect()
}

#[test]
fn the_router_of_firelens_stays_and_applications_find_it() {
    let task = routed(&json!({}), &json!({ "environment": [{ "name": "FLUENT_HOST", "value": "x" }] }));
    assert_eq!(
        told_of_logs(&task),
        [
            format!("LogDestinationLost {AT}.logConfiguration"),
            "FireLensNotConfigured containerDefinitions[1].firelensConfiguration".to_owned(),
        ]
    );
    let model = model(&task);
    assert!(model.containers[1].name.label.starts_with("log-router-"));
    let variable = |name: &str| {
        let found = model.containers[0].environment.iter().filter(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((variable("FLUENT_HOST"), variable("FLUENT_PORT")), (vec!["127.0.0.1"], vec!["24224"]));
    assert!(model.containers[1].environment.is_empty());
}

#[test]
fn a_task_has_one_router_and_something_to_route() {
    let own = json!({ "logConfiguration": { "logDriver": "awsfirelens" } });
    let also = json!({ "firelensConfiguration": { "type": "fluentd" } });
    let without = json!({ "firelensConfiguration": null });
    let plain = json!({ "logConfiguration": null });
    let s3 = json!({ "firelensConfiguration": { "options": { "config-file-type": "http" } } });
    for (task, expected) in [
        (routed(&own, &json!({})), "InvalidValue containerDefinitions[1].logConfiguration.logDriver"),
        (routed(&json!({}), &also), "InvalidValue containerDefinitions[1].firelensConfiguration"),
        (routed(&without, &json!({})), "InvalidReference containerDefinitions[0].logConfiguration.logDriver"),
        (routed(&json!({}), &plain), "InvalidReference containerDefinitions[1].firelensConfiguration"),
        (
            routed(&s3, &json!({})),
            "InvalidValue containerDefinitions[1].firelensConfiguration.options.config-file-type",
        ),
    ] {
        let told = told_of_logs(&task);
        assert!(told.contains(&expected.to_owned()), "{told:?}");
    }
}

#[test]
fn collectors_read_where_output_belongs_from_annotations() {
    let annotations = model(&awslogs(&json!({ "awslogs-stream-prefix": "ecs" }))).annotations;
    assert_eq!(annotations["ecs-bridge.dev/awslogs-group"], "/ecs/web");
    assert_eq!(annotations["ecs-bridge.dev/awslogs-stream-prefix"], "ecs");
    let mut two = awslogs(&json!({}));
    let other = container_in(
        &json!({ "name": "side", "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/side", "awslogs-region": "eu-west-1" } } }),
        &json!({}),
    );
    two["containerDefinitions"].as_array_mut().unwrap().push(other["containerDefinitions"][0].clone());
    let annotations = model(&two).annotations;
    assert_eq!(annotations["app.log.ecs-bridge.dev/awslogs-group"], "/ecs/web");
    assert_eq!(annotations["side.log.ecs-bridge.dev/awslogs-group"], "/ecs/side");
    assert_eq!(annotations["ecs-bridge.dev/awslogs-region"], "eu-west-1");
}
