//! What kind of workload a service is, and where it may run.

use serde_json::json;

use crate::support::{rendered, task, with};

#[test]
fn a_daemon_service_is_no_deployment() {
    let service = json!({"serviceName": "agent", "taskDefinition": "app", "schedulingStrategy": "DAEMON"});
    let made = rendered(&[task(&json!([{"name": "app"}])), service]);
    assert_eq!((made.all("DaemonSet").len(), made.all("Deployment").len()), (1, 0));
}

#[test]
fn the_architecture_decides_about_nodes() {
    let platform = json!({"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}});
    let made = rendered(&[with(task(&json!([{"name": "app"}])), &platform)]);
    assert_eq!(made.pod()["nodeSelector"]["kubernetes.io/arch"], "arm64");
    assert_eq!(made.pod()["nodeSelector"]["kubernetes.io/os"], "linux");
}

#[test]
fn an_ordinary_definition_gives_no_complaint() {
    let container = json!([{
        "name": "app", "cpu": 256, "memory": 512, "essential": true, "command": ["serve"],
        "portMappings": [{"containerPort": 80, "protocol": "tcp"}], "environment": [{"name": "A", "value": "b"}],
    }]);
    assert_eq!(rendered(&[task(&container)]).complaints(), Vec::<&str>::new());
}
