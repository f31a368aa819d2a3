//! Every member of the API is read into the types and written back as it was.

use std::fmt::Debug;

use ecs_bridge::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::facts;

/// An object with every member of a shape, each with some value that is not its default.
fn example(shape: &str) -> Value {
    let members = facts()["shapes"][shape]["members"].as_object().unwrap();
    Value::Object(members.iter().map(|(name, wanted)| (name.clone(), value(wanted))).collect())
}

fn value(wanted: &Value) -> Value {
    match wanted.as_str() {
        Some("string" | "timestamp") => return json!("text"),
        Some("bool") => return json!(true),
        Some("int") => return json!(7),
        Some("double") => return json!(0.5),
        Some("json") => return json!({ "any": [1, { "thing": true }] }),
        Some(other) => panic!("the facts have a type {other}"),
        None => {}
    }
    if let Some(shape) = wanted["ref"].as_str() {
        example(shape)
    } else if let Some(values) = wanted["enum"].as_array() {
        values.last().unwrap().clone()
    } else if let Some(range) = wanted["int"].as_array() {
        range[0].clone()
    } else if wanted["list"].is_null() {
        Value::Object(Map::from_iter([("key".to_owned(), value(&wanted["map"][1]))]))
    } else {
        json!([value(&wanted["list"])])
    }
}

fn round_trip<T: DeserializeOwned + Serialize + Debug>(example: &Value) {
    let read: T = serde_json::from_value(example.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&read).unwrap(), example);
}

#[test]
fn every_member_survives() {
    round_trip::<TaskDefinitionSpec>(&example("RegisterTaskDefinitionRequest"));
    round_trip::<CapacityProviderSpec>(&example("CreateCapacityProviderRequest"));
    let mut service = example("CreateServiceRequest");
    service["autoScaling"] = json!({
        "scalableTarget": example("RegisterScalableTargetRequest"),
        "scalingPolicies": [example("PutScalingPolicyRequest")],
        "scheduledActions": [example("PutScheduledActionRequest")],
        "alarms": [example("PutMetricAlarmInput")],
    });
    round_trip::<EcsServiceSpec>(&service);
}
