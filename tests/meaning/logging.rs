//! Log drivers do not exist on Kubernetes; what they were told is never dropped without a word.

use serde_json::json;

use crate::support::{rendered, task};

#[test]
fn a_log_driver_never_vanishes_silently() {
    for driver in ["awslogs", "splunk", "fluentd", "gelf", "syslog", "journald"] {
        let options = json!({
            "awslogs-group": "g", "awslogs-region": "eu-west-1", "splunk-token": "t", "splunk-url": "https://s",
        });
        let log = json!({"logDriver": driver, "options": options});
        let made = rendered(&[task(&json!([{"name": "app", "logConfiguration": log}]))]);
        assert!(made.tells("containerDefinitions[0].logConfiguration"), "{driver}: {:?}", made.findings);
    }
}

#[test]
fn a_log_router_and_what_is_sent_to_it_never_vanish_silently() {
    let token = json!([{"name": "apikey", "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:dd-AbCdEf"}]);
    let log = json!({"logDriver": "awsfirelens", "options": {"Name": "datadog"}, "secretOptions": token});
    let made = rendered(&[task(&json!([
        {"name": "app", "logConfiguration": log},
        {"name": "log_router", "essential": true, "image": "example.com/fluent-bit:3", "firelensConfiguration": {"type": "fluentbit"}},
    ]))]);
    assert_eq!(made.all("Deployment").len(), 1, "{:?}", made.findings);
    assert!(made.tells("containerDefinitions[1].firelensConfiguration"), "{:?}", made.findings);
    assert!(made.tells("containerDefinitions[0].logConfiguration"), "{:?}", made.findings);
    assert!(made.tells("containerDefinitions[0].logConfiguration.secretOptions"), "{:?}", made.findings);
}
