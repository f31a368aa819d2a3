use super::*;

fn linux(patch: &Value) -> Value {
    container(&json!({ "linuxParameters": patch }))
}

fn requires(requirement: &Value) -> Value {
    container(&json!({ "resourceRequirements": [requirement] }))
}

fn ulimit(soft: i32, hard: i32) -> Value {
    container(&json!({ "ulimits": [{ "name": "nofile", "softLimit": soft, "hardLimit": hard }] }))
}

fn sets(name: &str) -> Value {
    json!({ "systemControls": [{ "namespace": name, "value": "1" }] })
}

#[test]
fn devices_and_limits_that_ecs_refuses_or_kubernetes_does_not_have() {
    const AT: &str = "containerDefinitions[0].";
    let tmpfs = |patch: Value| {
        linux(&json!({ "tmpfs": [merged(&json!({ "containerPath": "/t", "size": 8 }), &patch)] }))
    };
    for (definition, expected) in [
        (requires(&json!({ "type": "GPU", "value": "2" })), ""),
        (requires(&json!({ "type": "GPU", "value": "0" })), "InvalidValue resourceRequirements[0].value"),
        (
            requires(&json!({ "type": "GPU", "value": "ALL" })),
            "DeviceNotRequested resourceRequirements[0].value",
        ),
        (requires(&json!({ "type": "GPU" })), "MissingMember resourceRequirements[0].value"),
        (requires(&json!({ "value": "1" })), "MissingMember resourceRequirements[0].type"),
        (
            requires(&json!({ "type": "GPU", "sharingStrategy": { "nvidiaMps": { "memory": 1 } } })),
            "GpuShareNotApplied resourceRequirements[0].sharingStrategy",
        ),
        (
            requires(&json!({ "type": "NeuronDevice", "value": "ALL" })),
            "DeviceNotRequested resourceRequirements[0]",
        ),
        (
            requires(&json!({ "type": "InferenceAccelerator", "value": "d" })),
            "NotApplicable resourceRequirements[0]",
        ),
        (ulimit(1024, 4096), ""),
        (ulimit(1024, -1), ""),
        (ulimit(4097, 4096), "InvalidValue ulimits[0]"),
        (ulimit(-1, 4096), "InvalidValue ulimits[0]"),
        (
            container(&json!({ "ulimits": [{ "name": "core", "softLimit": 0 }] })),
            "MissingMember ulimits[0].hardLimit",
        ),
        (tmpfs(json!({ "mountOptions": ["ro", "rw"] })), ""),
        (
            tmpfs(json!({ "mountOptions": ["noexec"] })),
            "TmpfsOptionsDropped linuxParameters.tmpfs[0].mountOptions",
        ),
        (tmpfs(json!({ "size": null })), "MissingMember linuxParameters.tmpfs[0].size"),
        (tmpfs(json!({ "containerPath": "t" })), "InvalidValue linuxParameters.tmpfs[0].containerPath"),
        (
            linux(&json!({ "sharedMemorySize": 1, "tmpfs": [{ "containerPath": "/dev//shm/", "size": 1 }] })),
            "InvalidValue linuxParameters.tmpfs[0].containerPath",
        ),
        (
            linux(
                &json!({ "tmpfs": [{ "containerPath": "/t", "size": 1 }, { "containerPath": "/t/", "size": 1 }] }),
            ),
            "InvalidValue linuxParameters.tmpfs[1].containerPath",
        ),
        (tmpfs(json!({ "containerPath": "/." })), "InvalidValue linuxParameters.tmpfs[0].containerPath"),
        (
            linux(&json!({ "sharedMemorySize": 1, "tmpfs": [{ "containerPath": "/dev/shm", "size": 1 }] })),
            "InvalidValue linuxParameters.tmpfs[0].containerPath",
        ),
        (linux(&json!({ "swappiness": 101 })), "InvalidValue linuxParameters.swappiness"),
        (linux(&json!({ "maxSwap": -1 })), "InvalidValue linuxParameters.maxSwap"),
        (container(&sets("net.ipv4.tcp_syncookies")), ""),
        (container(&sets("net.core.somaxconn")), "UnsafeSysctl systemControls[0].namespace"),
        (container(&sets("vm.swappiness")), "InvalidValue systemControls[0].namespace"),
        (container(&sets("net.ipv4.conf.Eth0")), "InvalidValue systemControls[0].namespace"),
        (
            container(&json!({ "systemControls": [{ "namespace": "net.a" }] })),
            "MissingMember systemControls[0].value",
        ),
        (
            merged(&container(&sets("net.ipv4.tcp_syncookies")), &json!({ "networkMode": "host" })),
            "InvalidValue systemControls[0].namespace",
        ),
        (
            merged(&container(&sets("kernel.shm_rmid_forced")), &json!({ "ipcMode": "host" })),
            "InvalidValue systemControls[0].namespace",
        ),
    ] {
        let told: Vec<String> =
            told(&definition, &json!({})).into_iter().filter(|f| f.contains(AT)).collect();
        let expected: Vec<String> =
            expected.split_once(' ').map(|(code, path)| format!("{code} {AT}{path}")).into_iter().collect();
        assert_eq!(told, expected, "{definition}");
    }
}

#[test]
fn a_pod_has_one_value_of_a_kernel_parameter() {
    let mut two = json!({ "containerDefinitions": [
        { "name": "a", "image": "i:1", "memory": 64, "systemControls": [{ "namespace": "kernel.shm_rmid_forced", "value": "1" }] },
        { "name": "b", "image": "i:1", "memory": 64, "systemControls": [{ "namespace": "kernel.shm_rmid_forced", "value": "1" }] },
    ] });
    let conflict = "SysctlConflict containerDefinitions[1].systemControls[0].value".to_owned();
    assert!(!told(&two, &json!({})).contains(&conflict));
    two["containerDefinitions"][1]["systemControls"][0]["value"] = json!("0");
    assert!(told(&two, &json!({})).contains(&conflict));
}

#[test]
fn disk_space_is_21_to_200_gib() {
    let size = |size: Value| told(&json!({ "ephemeralStorage": { "sizeInGiB": size } }), &json!({}));
    for gib in [21, 200] {
        assert_eq!(size(json!(gib)), ["EphemeralStorageEvicts ephemeralStorage"]);
    }
    for gib in [20, 201] {
        assert!(size(json!(gib)).contains(&"InvalidValue ephemeralStorage.sizeInGiB".to_owned()));
    }
    assert_eq!(size(json!(null)), ["MissingMember ephemeralStorage.sizeInGiB"]);
}

#[test]
fn fargate_has_no_gpus() {
    let fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512" });
    let definition = merged(&requires(&json!({ "type": "GPU", "value": "1" })), &fargate);
    assert_eq!(told(&definition, &json!({})), ["GpuOnFargate containerDefinitions[0].resourceRequirements"]);
}
