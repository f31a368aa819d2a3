use super::*;

fn one(patch: &Value) -> (PodTemplateSpec, PodSpec) {
    let mut definition = task(None, None, &[(0, Some(64), None)]);
    definition["containerDefinitions"][0].as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
    let objects = rendered(&definition, &json!({ "serviceName": "web", "taskDefinition": "web" }), "1.36");
    let template = deployments(&objects)[0].spec.template.clone();
    let spec = template.spec.clone().unwrap();
    (template, spec)
}

#[test]
fn gpus_are_a_limit_and_a_toleration() {
    let (_, pod) = one(&json!({ "resourceRequirements": [{ "type": "GPU", "value": "2" }] }));
    let limits = pod.containers[0].resources.clone().unwrap().limits.unwrap();
    assert_eq!(limits["nvidia.com/gpu"].0, "2");
    assert_eq!(pod.tolerations.unwrap()[0].key.as_deref(), Some("nvidia.com/gpu"));
    assert!(one(&json!({})).1.tolerations.is_none());
}

#[test]
fn shared_memory_and_tmpfs_are_volumes_in_memory() {
    let (_, pod) = one(&json!({ "linuxParameters": {
        "sharedMemorySize": 256,
        "tmpfs": [{ "containerPath": "/run", "size": 64, "mountOptions": ["ro"] }],
    } }));
    let volumes: Vec<_> = pod.volumes.unwrap().into_iter().map(|v| (v.name, v.empty_dir.unwrap())).collect();
    let size = |at: usize| volumes[at].1.size_limit.clone().unwrap().0;
    assert_eq!((volumes[0].0.as_str(), size(0).as_str()), ("0-shm", "256Mi"));
    assert_eq!((volumes[1].0.as_str(), size(1).as_str()), ("0-tmpfs-0", "64Mi"));
    assert!(volumes.iter().all(|(_, v)| v.medium.as_deref() == Some("Memory")));
    let mounts = pod.containers[0].volume_mounts.clone().unwrap();
    assert_eq!((mounts[0].mount_path.as_str(), mounts[0].read_only), ("/dev/shm", None));
    assert_eq!((mounts[1].mount_path.as_str(), mounts[1].read_only), ("/run", Some(true)));
}

#[test]
fn ulimits_are_handed_to_the_plugin_that_can_apply_them() {
    let (template, _) = one(&json!({ "ulimits": [
        { "name": "nofile", "softLimit": 1024, "hardLimit": 4096 },
        { "name": "memlock", "softLimit": -1, "hardLimit": -1 },
    ] }));
    let annotations = template.metadata.unwrap().annotations.unwrap();
    assert_eq!(
        annotations["ulimits.nri.containerd.io/container.c0"],
        "- type: RLIMIT_NOFILE\n  soft: 1024\n  hard: 4096\n- type: RLIMIT_MEMLOCK\n  soft: 18446744073709551615\n  hard: 18446744073709551615\n"
    );
}

#[test]
fn kernel_parameters_are_the_pods() {
    let control = |name: &str| json!({ "namespace": name, "value": "1" });
    let (_, pod) = one(
        &json!({ "systemControls": [control("net.ipv4.tcp_syncookies"), control("kernel.shm_rmid_forced")] }),
    );
    let names: Vec<_> = pod.security_context.unwrap().sysctls.unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["kernel.shm_rmid_forced", "net.ipv4.tcp_syncookies"]);
}

#[test]
fn disk_space_is_asked_for_by_the_first_essential_container() {
    let mut definition = task(None, None, &[(0, Some(64), None), (0, Some(64), None)]);
    definition["ephemeralStorage"] = json!({ "sizeInGiB": 100 });
    definition["containerDefinitions"][0]["essential"] = json!(false);
    let pod = pod(&definition, "1.36");
    let storage = |at: usize| {
        let resources = pod.containers[at].resources.clone().unwrap();
        let of = |map: Option<BTreeMap<String, _>>| map.and_then(|m| m.get("ephemeral-storage").cloned());
        (of(resources.requests), of(resources.limits))
    };
    let size = Some(k8s_openapi::apimachinery::pkg::api::resource::Quantity("100Gi".into()));
    assert_eq!((storage(0), storage(1)), ((None, None), (size.clone(), size)));
}

fn mebi(quantity: &str) -> u64 {
    let (number, unit) =
        quantity.split_at(quantity.find(|c: char| !c.is_ascii_digit()).unwrap_or(quantity.len()));
    let number: u64 = number.parse().unwrap();
    match unit {
        "" if number == 0 => 0,
        "Mi" => number,
        "Gi" => number * 1024,
        _ => panic!("{quantity}"),
    }
}

#[test]
fn what_runs_to_its_end_first_takes_nothing_from_the_others() {
    let mut definition = task(Some("256"), Some("512"), &[(200, Some(300), None), (0, None, None)]);
    definition["containerDefinitions"][0]["essential"] = json!(false);
    definition["containerDefinitions"][1]["dependsOn"] =
        json!([{ "containerName": "c0", "condition": "SUCCESS" }]);
    let pod = pod(&definition, "1.33");
    assert_eq!(sizes(&pod), ["-/- -/-", "250m/250m 512Mi/512Mi"]);
    let first = PodSpec { containers: pod.init_containers.unwrap(), ..PodSpec::default() };
    assert_eq!(sizes(&first), ["-/- -/-", "196m/250m 300Mi/300Mi"]);
}

proptest! {
    #[test]
    fn requests_never_pass_the_task_where_they_are_shared_out(
        cpus in prop::collection::vec(0u32..700, 1..=10), memories in prop::collection::vec(prop::option::of(6u32..300), 10),
        essential in prop::collection::vec(any::<bool>(), 10), ends in prop::collection::vec(any::<bool>(), 10), spare in 0u32..500, version in prop::sample::select(vec!["1.33", "1.36"]),
    ) {
        let containers: Vec<_> = cpus.iter().zip(&memories).map(|(cpu, memory)| (*cpu, *memory, None)).collect();
        let cpu = (cpus.iter().sum::<u32>() + spare).max(128);
        let memory = containers.iter().filter_map(|c| c.1).sum::<u32>().max(512) + spare;
        let mut definition = task(Some(&cpu.to_string()), Some(&memory.to_string()), &containers);
        for (i, essential) in essential.iter().enumerate().take(cpus.len()).skip(1) {
            definition["containerDefinitions"][i]["essential"] = json!(essential);
        }
        // Some of the non-essential ones run to their end before the first one starts, others start before it.
        let helpers = (1..cpus.len()).filter(|i| !essential[*i]);
        let waits: Vec<_> = helpers
            .map(|i| json!({ "containerName": format!("c{i}"), "condition": if ends[i] { "SUCCESS" } else { "START" } }))
            .collect();
        definition["containerDefinitions"][0]["dependsOn"] = json!(waits);
        let pod = pod(&definition, version);
        // As the scheduler counts: what runs to its end is beside the sidecars ahead of it, and then gone.
        let sum = |name: &str, read: fn(&str) -> u64| -> u64 {
            let of = |c: &k8s_openapi::api::core::v1::Container| {
                let r = c.resources.as_ref().unwrap();
                let of = |map: &Option<BTreeMap<String, k8s_openapi::apimachinery::pkg::api::resource::Quantity>>| {
                    map.as_ref().and_then(|m| m.get(name)).map(|q| read(&q.0))
                };
                // As the API server does: a limit without a request is the request.
                of(&r.requests).or_else(|| of(&r.limits)).unwrap_or(0)
            };
            let (mut sidecars, mut most) = (0, 0);
            for c in pod.init_containers.iter().flatten() {
                if c.restart_policy.as_deref() == Some("Always") {
                    sidecars += of(c);
                } else {
                    most = most.max(sidecars + of(c));
                }
            }
            most.max(sidecars + pod.containers.iter().map(of).sum::<u64>())
        };
        let ceiling = crate::model::units::CpuUnits(cpu).millicores();
        prop_assert!(sum("cpu", milli) <= ceiling);
        prop_assert!(sum("memory", mebi) <= u64::from(memory));
        if version == "1.33" {
            prop_assert_eq!(sum("cpu", milli), ceiling, "all of the task's CPU is asked for");
        }
    }
}
