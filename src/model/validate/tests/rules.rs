//! Rules of ECS's API reference that have no test of their own elsewhere: what is set, and what is said of it.

use super::*;

const AT: &str = "containerDefinitions[0]";

fn of_task(rules: &[(Value, &str)]) {
    for (patch, expected) in rules {
        let errors = |task: &Value, service: &Value| {
            let (_, findings) = super::super::service(&inputs(task, service), &context());
            let all = [findings.task_definition, findings.service].concat();
            let errors: Vec<String> =
                all.iter().filter(|f| f.is_error()).map(|f| format!("{} {}", f.code, f.path)).collect();
            errors
        };
        let expected: Vec<String> =
            expected.split(", ").filter(|e| !e.is_empty()).map(str::to_owned).collect();
        assert_eq!(errors(&patch["task"], &patch["service"]), expected, "{patch}");
    }
}

fn task(patch: Value) -> Value {
    json!({ "task": patch, "service": {} })
}

fn service(patch: Value) -> Value {
    json!({ "task": {}, "service": patch })
}

fn fargate(patch: &Value) -> Value {
    let base = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "1024", "memory": "4096" });
    merged(&base, patch)
}

fn on_fargate(patch: &Value, own: &Value) -> Value {
    json!({ "task": fargate(patch), "service": merged(&json!({ "launchType": "FARGATE" }), own) })
}

/// Source: RegisterTaskDefinition, "requiresCompatibilities" and the parameters of each launch type.
#[test]
fn launch_types_have_what_they_have() {
    let compatible =
        |kind: &str, patch: Value| task(merged(&json!({ "requiresCompatibilities": [kind] }), &patch));
    let efs =
        json!({ "volumes": [{ "name": "v", "efsVolumeConfiguration": { "fileSystemId": "fs-12345678" } }] });
    let driver = |name: &str| container(&json!({ "logConfiguration": { "logDriver": name } }));
    let neuron = container(&json!({ "resourceRequirements": [{ "type": "NeuronDevice", "value": "ALL" }] }));
    let windows = |family: &str| json!({ "runtimePlatform": { "operatingSystemFamily": family } });
    let files = |hard: i32| json!({ "ulimits": [{ "name": "nofile", "softLimit": 1, "hardLimit": hard }] });
    of_task(&[
        (compatible("EXTERNAL", json!({ "networkMode": "awsvpc" })), "InvalidValue networkMode"),
        (compatible("EXTERNAL", efs.clone()), "InvalidValue volumes[0].efsVolumeConfiguration"),
        (compatible("EC2", efs.clone()), ""),
        (
            json!({ "task": efs, "service": { "launchType": "EXTERNAL" } }),
            "InvalidValue volumes[0].efsVolumeConfiguration",
        ),
        (
            compatible("MANAGED_INSTANCES", driver("journald")),
            "InvalidValue containerDefinitions[0].logConfiguration.logDriver",
        ),
        (compatible("MANAGED_INSTANCES", driver("json-file")), ""),
        (compatible("MANAGED_INSTANCES", neuron.clone()), ""),
        (compatible("EC2", neuron), "InvalidValue containerDefinitions[0].resourceRequirements[0].type"),
        (
            compatible("EC2", json!({ "trustedExecutionConfiguration": { "isolationMode": "SHARED" } })),
            "InvalidValue trustedExecutionConfiguration",
        ),
        (
            on_fargate(&windows("WINDOWS_SERVER_2016_FULL"), &json!({})),
            "InvalidValue runtimePlatform.operatingSystemFamily",
        ),
        (on_fargate(&windows("WINDOWS_SERVER_2022_CORE"), &json!({})), ""),
        (on_fargate(&container(&files(1_048_576)), &json!({})), ""),
        (
            on_fargate(&container(&files(1_048_577)), &json!({})),
            "InvalidValue containerDefinitions[0].ulimits[0].hardLimit",
        ),
    ]);
}

/// Source: "Fargate platform versions".
#[test]
fn platform_versions_have_what_they_have() {
    let version = |text: &str| json!({ "platformVersion": text });
    let storage = json!({ "ephemeralStorage": { "sizeInGiB": 50 } });
    let keyed = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:key::";
    let secret = merged(
        &container(&json!({ "secrets": [{ "name": "A", "valueFrom": keyed }] })),
        &json!({ "executionRoleArn": "arn:aws:iam::123456789012:role/x" }),
    );
    let old = "InvalidValue platformVersion";
    of_task(&[
        (on_fargate(&storage, &version("1.3.0")), old),
        (on_fargate(&storage, &version("1.4.0")), ""),
        (on_fargate(&storage, &version("LATEST")), ""),
        (on_fargate(&json!({}), &version("1.3.0")), ""),
        (on_fargate(&json!({ "pidMode": "task" }), &version("1.3.0")), old),
        (on_fargate(&secret, &version("1.3.0")), old),
        (on_fargate(&json!({ "cpu": "8192", "memory": "16384" }), &version("1.3.0")), old),
        (on_fargate(&json!({}), &version("newest")), old),
        (service(json!({ "launchType": "EC2", "platformVersion": "LATEST" })), old),
    ]);
}

/// Source: RegisterTaskDefinition.
#[test]
fn task_definitions() {
    let gpu =
        |one: Value| json!({ "name": "a", "image": "a:1", "memory": 64, "resourceRequirements": [one] });
    let two = |a: Value, b: Value| {
        let (mut first, mut second) = (gpu(a), gpu(b));
        first["name"] = json!("app");
        second["name"] = json!("more");
        task(json!({ "containerDefinitions": [first, second] }))
    };
    let count = json!({ "type": "GPU", "value": "1" });
    let shared = json!({ "type": "GPU", "sharingStrategy": { "nvidiaMps": { "memory": 1 } } });
    let neuron = json!({ "type": "NeuronDevice", "value": "ALL" });
    let tmpfs = |option: &str| {
        task(container(
            &json!({ "linuxParameters": { "tmpfs": [{ "containerPath": "/t", "size": 1, "mountOptions": [option] }] } }),
        ))
    };
    let proxy = |patch: Value| {
        let whole = json!({ "type": "APPMESH", "containerName": "app", "properties": [{ "name": "IgnoredUID", "value": "1" }] });
        task(json!({ "networkMode": "awsvpc", "proxyConfiguration": merged(&whole, &patch) }))
    };
    let tag = |key: &str, value: &str| task(json!({ "tags": [{ "key": key, "value": value }] }));
    let files: Vec<Value> =
        (0..11).map(|i| json!({ "type": "s3", "value": format!("arn:aws:s3:::b/{i}.env") })).collect();
    of_task(&[
        (two(count.clone(), count.clone()), ""),
        (two(count.clone(), shared.clone()), "InvalidValue containerDefinitions[1].resourceRequirements[0]"),
        (two(shared.clone(), shared.clone()), ""),
        (two(neuron.clone(), neuron), "InvalidValue containerDefinitions[1].resourceRequirements[0]"),
        (
            task(container(&json!({ "resourceRequirements": [merged(&count, &shared)] }))),
            "InvalidValue containerDefinitions[0].resourceRequirements[0].sharingStrategy",
        ),
        (
            task(container(&json!({ "resourceRequirements": [{ "type": "NeuronDevice", "value": "1" }] }))),
            "InvalidValue containerDefinitions[0].resourceRequirements[0].value",
        ),
        (tmpfs("noexec"), ""),
        (tmpfs("mode=1777"), ""),
        (tmpfs("fast"), "InvalidValue containerDefinitions[0].linuxParameters.tmpfs[0].mountOptions[0]"),
        (proxy(json!({})), ""),
        (proxy(json!({ "containerName": null })), "MissingMember proxyConfiguration.containerName"),
        (
            proxy(json!({ "properties": [{ "name": "AppPorts", "value": "1" }] })),
            "MissingMember proxyConfiguration.properties",
        ),
        (
            proxy(
                json!({ "properties": [{ "name": "IgnoredGID", "value": "1" }, { "name": "Ports", "value": "1" }] }),
            ),
            "InvalidValue proxyConfiguration.properties[1].name",
        ),
        (tag("team a/b", "x+y=z:@_.-"), ""),
        (tag("team!", "x"), "InvalidValue tags[0].key"),
        (tag("team", "AWS:x"), "InvalidValue tags[0].value"),
        (
            task(
                json!({ "placementConstraints": [{ "expression": "attribute:ecs.instance-type == m5.large" }] }),
            ),
            "MissingMember placementConstraints[0].type",
        ),
    ]);
    let many = merged(
        &container(&json!({ "environmentFiles": files })),
        &json!({ "executionRoleArn": "arn:aws:iam::123456789012:role/x" }),
    );
    let (_, findings) = super::super::service(&inputs(&many, &json!({})), &context());
    let too_many = findings.task_definition.iter().filter(|f| f.path == format!("{AT}.environmentFiles"));
    assert_eq!(too_many.count(), 1, "told once");
}

/// Source: CreateService.
#[test]
fn services() {
    let balancers = |list: Value| service(json!({ "loadBalancers": list }));
    let group = json!({ "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/w/0123456789abcdef", "containerName": "app", "containerPort": 80 });
    let metric = |patch: Value| {
        let whole = json!({ "metricNames": ["CPUUtilization"], "resolutionSeconds": 20 });
        service(json!({ "monitoring": { "metricConfigurations": [merged(&whole, &patch)] } }))
    };
    let named = json!({ "containerDefinitions": [{ "name": "app", "image": "a:1", "memory": 64, "portMappings": [{ "containerPort": 80, "name": "http" }] }] });
    let connect = |one: Value| {
        let whole = merged(&json!({ "portName": "http" }), &one);
        json!({ "task": named, "service": { "serviceConnectConfiguration": { "enabled": true, "services": [whole] } } })
    };
    let lattice = |patch: Value| {
        let whole = json!({ "roleArn": "arn:aws:iam::123456789012:role/x", "targetGroupArn": "arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0", "portName": "http" });
        json!({ "task": named, "service": { "vpcLatticeConfigurations": [merged(&whole, &patch)] } })
    };
    let strategy = |one: Value| service(json!({ "placementStrategy": [one] }));
    let lattice_at = "vpcLatticeConfigurations[0]";
    let connect_at = "serviceConnectConfiguration.services[0]";
    of_task(&[
        (service(json!({ "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop" })), ""),
        (service(json!({ "cluster": "my cluster" })), "InvalidName cluster"),
        (
            service(json!({ "gatewayConnectors": [{ "portName": "a" }, { "portName": "b" }] })),
            "InvalidValue gatewayConnectors",
        ),
        (
            service(json!({ "healthCheckGracePeriodSeconds": -1 })),
            "InvalidValue healthCheckGracePeriodSeconds",
        ),
        (balancers(json!([group])), ""),
        (service(json!({ "role": "ecsServiceRole" })), "InvalidValue role"),
        (service(json!({ "role": "ecsServiceRole", "loadBalancers": [group] })), ""),
        (metric(json!({})), ""),
        (
            metric(json!({ "resolutionSeconds": 30 })),
            "InvalidValue monitoring.metricConfigurations[0].resolutionSeconds",
        ),
        (
            metric(json!({ "resolutionSeconds": null })),
            "MissingMember monitoring.metricConfigurations[0].resolutionSeconds",
        ),
        (
            metric(json!({ "metricNames": ["Disk"] })),
            "InvalidValue monitoring.metricConfigurations[0].metricNames[0]",
        ),
        (
            metric(json!({ "metricNames": [] })),
            "MissingMember monitoring.metricConfigurations[0].metricNames",
        ),
        (
            connect(
                json!({ "discoveryName": "web_1", "clientAliases": [{ "port": 80, "dnsName": "web.local" }] }),
            ),
            "",
        ),
        (connect(json!({ "discoveryName": "Web" })), &format!("InvalidName {connect_at}.discoveryName")),
        (
            connect(json!({ "clientAliases": [{ "port": 80, "dnsName": "-web" }] })),
            &format!("InvalidName {connect_at}.clientAliases[0].dnsName"),
        ),
        (lattice(json!({})), ""),
        (lattice(json!({ "roleArn": null })), &format!("MissingMember {lattice_at}.roleArn")),
        (lattice(json!({ "portName": "grpc" })), &format!("InvalidReference {lattice_at}.portName")),
        (strategy(json!({ "type": "binpack", "field": "MEMORY" })), ""),
        (strategy(json!({ "type": "binpack" })), "MissingMember placementStrategy[0].field"),
        (strategy(json!({ "type": "binpack", "field": "disk" })), "InvalidValue placementStrategy[0].field"),
        (strategy(json!({ "type": "random", "field": "cpu" })), "InvalidValue placementStrategy[0].field"),
        (
            service(
                json!({ "schedulingStrategy": "DAEMON", "deploymentController": { "type": "CODE_DEPLOY" }, "kubernetes": { "deploymentFallback": "Rolling" } }),
            ),
            "InvalidValue schedulingStrategy",
        ),
    ]);
}

#[test]
fn what_is_shared_or_comes_from_elsewhere_is_said() {
    let codes = |task: Value, service: Value| -> Vec<String> {
        let (_, findings) = super::super::service(&inputs(&task, &service), &context());
        findings.task_definition.iter().map(|f| format!("{} {}", f.code, f.path)).collect()
    };
    let two = json!([{ "name": "app", "image": "a:1", "memory": 64 }, { "name": "more", "image": "a:1", "memory": 64 }]);
    let shared = "ContainersShareNetwork networkMode".to_owned();
    for (mode, is_told) in
        [(json!(null), true), (json!("bridge"), true), (json!("awsvpc"), false), (json!("host"), false)]
    {
        let told = codes(json!({ "networkMode": mode, "containerDefinitions": two }), json!({}));
        assert_eq!(told.contains(&shared), is_told, "{mode}");
    }
    assert!(!codes(json!({ "networkMode": "bridge" }), json!({})).contains(&shared), "alone");
    let instance = ["InstanceRoleNotUsed taskRoleArn".to_owned()];
    assert_eq!(codes(json!({}), json!({ "launchType": "EC2" })), instance);
    assert_eq!(codes(json!({ "requiresCompatibilities": ["EC2"] }), json!({})), instance);
    assert!(codes(json!({}), json!({})).is_empty());
    let role = json!({ "taskRoleArn": "arn:aws:iam::123456789012:role/web" });
    assert!(!codes(role, json!({ "launchType": "EC2" })).contains(&instance[0]));
}

#[test]
fn the_execution_role_is_unused_only_where_nothing_reads_with_it_and_shared_identities_are_told() {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
    let with_secret = merged(
        &container(&json!({ "secrets": [{ "name": "A", "valueFrom": secret }] })),
        &json!({ "executionRoleArn": "arn:aws:iam::123456789012:role/x" }),
    );
    let told = |prepare: fn(&mut Context)| -> Vec<String> {
        let mut context = context();
        context.capabilities.apis.insert("external-secrets.io".into());
        prepare(&mut context);
        let (_, findings) = super::super::service(&inputs(&with_secret, &json!({})), &context);
        let at = findings.task_definition.iter().filter(|f| f.path == "executionRoleArn");
        at.map(|f| f.code.to_string()).collect()
    };

    assert_eq!(told(|_| {}), ["TrustPolicyChangeRequired"]);
    assert_eq!(told(|c| c.capabilities.apis.clear()), ["ExecutionRoleNotUsed"]);
    assert_eq!(
        told(|c| c.iam.mode = crate::iam::Mode::PodIdentity),
        ["SecretIdentityShared", "TrustPolicyChangeRequired"]
    );

    assert_eq!(
        told(|c| c.iam.secrets_manager = crate::iam::store("ClusterSecretStore/main").ok()),
        ["ExecutionRoleNotUsed", "SecretIdentityShared"]
    );
    assert_eq!(
        told(|c| c.iam.secrets_manager = crate::iam::store("SecretStore/main").ok()),
        ["ExecutionRoleNotUsed"]
    );
}
