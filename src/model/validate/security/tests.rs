use serde_json::{Value, json};

use super::super::tests::{container, container_in, model, told};

const AT: &str = "containerDefinitions[0]";

fn capabilities(add: &[&str], drop: &[&str]) -> Value {
    container(&json!({ "linuxParameters": { "capabilities": { "add": add, "drop": drop } } }))
}

#[test]
fn drops_come_before_additions_as_docker_does_it() {
    for (add, drop, expected) in [
        (vec!["NET_ADMIN"], vec!["NET_RAW"], (vec!["NET_ADMIN"], vec!["NET_RAW"])),
        (vec!["NET_RAW"], vec!["NET_RAW", "CHOWN"], (vec!["NET_RAW"], vec!["CHOWN"])),
        (vec!["CHOWN"], vec!["ALL", "CHOWN"], (vec!["CHOWN"], vec!["ALL"])),
        (vec![], vec!["ALL"], (vec![], vec!["ALL"])),
        (vec!["CHOWN", "CHOWN"], vec![], (vec!["CHOWN"], vec![])),
    ] {
        let security = model(&capabilities(&add, &drop)).containers.remove(0).security;
        assert_eq!((security.add, security.drop), expected, "{add:?} {drop:?}");
    }
}

#[test]
fn capabilities_that_open_the_node_need_a_grant() {
    let at = format!("{AT}.linuxParameters.capabilities");
    for name in ["SYS_ADMIN", "ALL", "SYS_MODULE"] {
        assert_eq!(told(&capabilities(&[name], &[]), &json!({})), [format!("NotGranted {at}.add[0]")]);
    }
    assert!(told(&capabilities(&["SYS_PTRACE", "NET_ADMIN"], &["ALL"]), &json!({})).is_empty());
}

#[test]
fn capabilities_are_named_as_ecs_names_them() {
    let at = format!("{AT}.linuxParameters.capabilities");
    for name in ["CAP_CHOWN", "chown", "BPF"] {
        assert_eq!(told(&capabilities(&[], &[name]), &json!({})), [format!("InvalidValue {at}.drop[0]")]);
    }
}

#[test]
fn fargate_adds_sys_ptrace_and_nothing_else() {
    let fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" });
    let with = |add: Value| container_in(&json!({ "linuxParameters": { "capabilities": add } }), &fargate);
    assert!(told(&with(json!({ "add": ["SYS_PTRACE"], "drop": ["ALL"] })), &json!({})).is_empty());
    assert_eq!(
        told(&with(json!({ "add": ["SYS_ADMIN"] })), &json!({})),
        [format!("InvalidValue {AT}.linuxParameters.capabilities.add[0]")]
    );
}

#[test]
fn security_options() {
    for (option, expected) in [
        ("no-new-privileges", None),
        ("no-new-privileges:true", None),
        ("apparmor:docker-default", None),
        ("apparmor:my-profile", None),
        ("label:type:container_t", None),
        ("label:type:container_init_t", None),
        ("label:type:spc_t", Some("NotGranted")),
        ("label=type:spc_t", Some("NotGranted")),
        ("label:type:svirt_apache_t", Some("NotGranted")),
        ("label:level:s0:c100,c200", Some("NotGranted")),
        ("label:role:system_r", Some("NotGranted")),
        ("label:user:system_u", Some("NotGranted")),
        ("apparmor: my-profile", Some("InvalidValue")),
        ("apparmor:my-profile ", Some("InvalidValue")),
        ("apparmor: ", Some("InvalidValue")),
        ("apparmor:unconfined", Some("NotGranted")),
        ("label:disable", Some("NotGranted")),
        ("seccomp:unconfined", Some("InvalidValue")),
        ("label:nonsense", Some("InvalidValue")),
        ("credentialspec:file://gmsa.json", Some("GmsaNeedsCredentialSpec")),
    ] {
        let told = told(&container(&json!({ "dockerSecurityOptions": [option] })), &json!({}));
        let expected: Vec<String> =
            expected.map(|code| format!("{code} {AT}.dockerSecurityOptions[0]")).into_iter().collect();
        assert_eq!(told, expected, "{option}");
    }
}

#[test]
fn the_name_of_an_apparmor_profile_is_as_long_as_kubernetes_takes_it() {
    let with = |length: usize| {
        let option = format!("apparmor:{}", "p".repeat(length));
        told(&container(&json!({ "dockerSecurityOptions": [option] })), &json!({}))
    };
    assert!(with(4095).is_empty());
    assert_eq!(with(4096), [format!("InvalidValue {AT}.dockerSecurityOptions[0]")]);
}

#[test]
fn host_namespaces_need_a_grant() {
    for member in ["pidMode", "ipcMode"] {
        assert_eq!(told(&json!({ member: "host" }), &json!({})), [format!("NotGranted {member}")]);
        assert!(told(&json!({ member: "task" }), &json!({})).is_empty());
    }
    let two = json!({
        "ipcMode": "none",
        "containerDefinitions": [{ "name": "a", "image": "i:1", "memory": 64 }, { "name": "b", "image": "i:1", "memory": 64 }],
    });
    assert_eq!(told(&two, &json!({})), ["IpcAlwaysShared ipcMode"]);
    assert!(told(&json!({ "ipcMode": "none" }), &json!({})).is_empty());
}

#[test]
fn devices_of_the_node_are_refused_unless_the_container_has_them_all() {
    let device = |more: Value| {
        container(&super::super::tests::merged(
            &json!({ "linuxParameters": { "devices": [{ "hostPath": "/dev/fuse" }] } }),
            &more,
        ))
    };
    let at = format!("{AT}.linuxParameters.devices[0]");
    assert_eq!(
        told(&device(json!({})), &json!({})),
        [format!("NotGranted {at}.hostPath"), format!("DeviceNeedsPlugin {at}")]
    );
    assert_eq!(
        told(&device(json!({ "privileged": true })), &json!({})),
        [format!("NotGranted {AT}.privileged"), format!("NotGranted {at}.hostPath")]
    );
}

#[test]
fn privileged_and_no_new_privileges_exclude_each_other_on_kubernetes() {
    let task = container(&json!({ "privileged": true, "dockerSecurityOptions": ["no-new-privileges"] }));
    assert_eq!(
        told(&task, &json!({})),
        [format!("NotGranted {AT}.privileged"), format!("PrivilegesConflict {AT}.dockerSecurityOptions")]
    );
}

#[test]
fn a_task_that_asks_for_a_sandbox_does_not_run_without_one() {
    let mode = |mode: &str| json!({ "trustedExecutionConfiguration": { "isolationMode": mode } });
    assert!(told(&mode("SHARED"), &json!({})).is_empty());
    assert_eq!(
        told(&mode("ISOLATED_SANDBOX"), &json!({})),
        ["IsolationUnavailable trustedExecutionConfiguration.isolationMode"]
    );
}

#[test]
fn a_credential_spec_is_reported_and_there_is_at_most_one() {
    let specs = |specs: Value| container(&json!({ "credentialSpecs": specs }));
    let at = format!("{AT}.credentialSpecs");
    let arn = "credentialspecdomainless:arn:aws:ssm:eu-west-1:123456789012:parameter/gmsa";
    assert_eq!(told(&specs(json!([arn])), &json!({})), [format!("GmsaNeedsCredentialSpec {at}[0]")]);
    assert_eq!(told(&specs(json!(["gmsa.json"])), &json!({})), [format!("InvalidValue {at}")]);
}
