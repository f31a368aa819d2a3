//! Network, names and security of a task, as they are written into objects.

use super::*;

fn one(container: &Value, task: &Value) -> Value {
    let mut app = json!({ "name": "app", "image": "app:1", "memory": 64 });
    app.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    let mut definition = json!({ "family": "web", "containerDefinitions": [app] });
    definition.as_object_mut().unwrap().extend(task.as_object().unwrap().clone());
    definition
}

fn of_service(task: &Value) -> Vec<Object> {
    rendered(task, &json!({ "serviceName": "web", "taskDefinition": "web" }), "1.36")
}

fn context_of(container: &Value) -> Value {
    let pod = pod(&one(container, &json!({})), "1.36");
    serde_json::to_value(&pod.containers[0].security_context).unwrap()
}

#[test]
fn a_task_without_network_is_selected_by_a_policy_that_allows_nothing() {
    let objects = of_service(&one(&json!({}), &json!({ "networkMode": "none" })));
    let policy = objects.iter().find(|o| o.kind().kind == "NetworkPolicy").unwrap().to_value();
    let labels = deployments(&objects)[0].spec.template.metadata.clone().unwrap().labels.unwrap();
    let selector = policy["spec"]["podSelector"]["matchLabels"].as_object().unwrap();
    assert!(selector.iter().all(|(key, value)| labels[key] == *value) && selector.len() == 2);
    assert_eq!(policy["spec"]["policyTypes"], json!(["Ingress", "Egress"]));
    assert!(policy["spec"].get("ingress").is_none() && policy["spec"].get("egress").is_none());
    let objects = of_service(&one(&json!({}), &json!({})));
    assert!(objects.iter().all(|object| object.kind().kind != "NetworkPolicy"));
}

#[test]
fn security_contexts_say_what_the_definition_does_and_no_more() {
    assert_eq!(context_of(&json!({ "privileged": false, "readonlyRootFilesystem": false })), Value::Null);
    assert_eq!(context_of(&json!({ "user": "root" })), json!({ "runAsUser": 0 }));
    assert_eq!(
        context_of(&json!({
            "user": "1000:2000",
            "readonlyRootFilesystem": true,
            "dockerSecurityOptions": ["no-new-privileges", "apparmor:web", "label:type:web_t"],
            "linuxParameters": { "capabilities": { "add": ["NET_ADMIN"], "drop": ["NET_RAW"] } },
        })),
        json!({
            "runAsUser": 1000,
            "runAsGroup": 2000,
            "runAsNonRoot": true,
            "readOnlyRootFilesystem": true,
            "allowPrivilegeEscalation": false,
            "appArmorProfile": { "type": "Localhost", "localhostProfile": "web" },
            "seLinuxOptions": { "type": "web_t" },
            "capabilities": { "add": ["NET_ADMIN"], "drop": ["NET_RAW"] },
        })
    );
    // All capabilities come with it; what is said about them besides counts for nothing, as in Docker.
    let privileged =
        json!({ "privileged": true, "linuxParameters": { "capabilities": { "drop": ["ALL"] } } });
    assert_eq!(context_of(&privileged), json!({ "privileged": true }));
}

#[test]
fn namespaces_of_the_node_and_of_the_task() {
    let modes =
        |pid: &str, ipc: &str| pod(&one(&json!({}), &json!({ "pidMode": pid, "ipcMode": ipc })), "1.36");
    let host = modes("host", "host");
    assert_eq!((host.host_pid, host.host_ipc, host.share_process_namespace), (Some(true), Some(true), None));
    let task = modes("task", "task");
    assert_eq!((task.host_pid, task.host_ipc, task.share_process_namespace), (None, None, Some(true)));
}

#[test]
fn names_are_written_for_the_whole_pod() {
    let container = json!({
        "extraHosts": [{ "hostname": "db", "ipAddress": "10.0.0.1" }],
        "dnsServers": ["10.0.0.2"],
        "dnsSearchDomains": ["corp.example"],
        "hostname": "web",
    });
    let pod = serde_json::to_value(pod(&one(&container, &json!({})), "1.36")).unwrap();
    assert_eq!(pod["hostAliases"], json!([{ "ip": "10.0.0.1", "hostnames": ["db"] }]));
    assert_eq!(pod["dnsConfig"], json!({ "nameservers": ["10.0.0.2"], "searches": ["corp.example"] }));
    assert_eq!(pod["hostname"], "web");
    assert!(pod.get("dnsPolicy").is_none(), "the cluster's own names still resolve");
}

#[test]
fn a_changed_tag_changes_no_template() {
    let tagged = |value: &str| one(&json!({}), &json!({ "tags": [{ "key": "team", "value": value }] }));
    let (one, other) = (of_service(&tagged("a")), of_service(&tagged("b")));
    let (one, other) = (deployments(&one)[0], deployments(&other)[0]);
    assert_eq!(one.spec, other.spec);
    let annotations = |d: &Deployment| d.metadata.annotations.clone().unwrap();
    assert_eq!(annotations(one)["tag.ecs-bridge.dev/team"], "a");
    assert_eq!(annotations(other)["tag.ecs-bridge.dev/team"], "b");
}

#[test]
fn names_of_containers_and_ports_are_the_same_wherever_they_are_referred_to() {
    let container = json!({ "name": "log_router", "portMappings": [{ "containerPort": 80, "name": "application-8080-tcp" }] });
    let task = one(&container, &json!({}));
    let service = json!({
        "serviceName": "web", "taskDefinition": "web",
        "loadBalancers": [{
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef",
            "containerName": "log_router", "containerPort": 80,
        }],
    });
    let objects = rendered(&task, &service, "1.36");
    let port = |kind: &str, pointer: &str| {
        let object = objects.iter().find(|object| object.kind().kind == kind).unwrap().to_value();
        object.pointer(pointer).unwrap().clone()
    };
    assert_eq!(
        port("Service", "/spec/ports/0/name"),
        port("Deployment", "/spec/template/spec/containers/0/ports/0/name")
    );
    assert_eq!(port("Deployment", "/spec/template/spec/containers/0/name"), "log-router-c7fb45d8");
}

#[test]
fn cpu_units_of_128_are_125_millicores() {
    let pod = pod(&one(&json!({ "cpu": 128 }), &json!({})), "1.36");
    assert_eq!(pod.containers[0].resources.as_ref().unwrap().requests.as_ref().unwrap()["cpu"].0, "125m");
}
