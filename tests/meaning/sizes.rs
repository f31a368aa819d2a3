//! Sizes of tasks and containers.

use serde_json::json;

use crate::support::{rendered, task, with};

#[test]
fn a_task_of_128_units_and_a_container_of_128_units_have_125_millicores() {
    let made = rendered(&[with(task(&json!([{"name": "app", "cpu": 128}])), &json!({"cpu": "128"}))]);
    assert_eq!(made.container("app")["resources"]["requests"]["cpu"], "125m");
    assert_eq!(made.pod()["resources"]["requests"]["cpu"], "125m");
}

#[test]
fn memory_that_only_the_task_has_limits_the_pod() {
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512",
        "containerDefinitions": [{"name": "app", "image": "example.com/app:1"}],
    });
    let made = rendered(&[definition]);
    assert_eq!(made.pod()["resources"]["limits"]["memory"], "512Mi");
    assert_eq!(made.pod()["resources"]["requests"]["memory"], "512Mi");
}

#[test]
fn a_reservation_alone_is_a_request_and_no_limit() {
    let made = rendered(&[task(&json!([{"name": "app", "memoryReservation": 100}]))]);
    let resources = &made.container("app")["resources"];
    assert_eq!(resources["requests"]["memory"], "100Mi");
    assert!(resources["limits"].get("memory").is_none(), "{resources}");
}

#[test]
fn shares_of_cpu_are_no_ceiling() {
    let made = rendered(&[task(&json!([{"name": "app", "cpu": 512}]))]);
    assert!(made.container("app")["resources"]["limits"].get("cpu").is_none());
}

#[test]
fn three_thirds_of_a_quarter_of_a_core_fit_into_it() {
    let containers = json!([
        {"name": "a", "cpu": 85}, {"name": "b", "cpu": 85}, {"name": "c", "cpu": 86},
    ]);
    let made = rendered(&[with(task(&containers), &json!({"cpu": "256"}))]);
    let milli = |name: &str| -> u32 {
        let request = &made.container(name)["resources"]["requests"]["cpu"];
        request.as_str().unwrap().trim_end_matches('m').parse().unwrap()
    };
    assert_eq!(made.pod()["resources"]["requests"]["cpu"], "250m");
    assert_eq!(milli("a") + milli("b") + milli("c"), 250);
}

#[test]
fn limits_of_processes_and_files_never_vanish_silently() {
    let limits = json!([{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}]);
    let made = rendered(&[task(&json!([{"name": "app", "ulimits": limits}]))]);
    assert!(made.tells("containerDefinitions[0].ulimits"), "{:?}", made.findings);
}
