mod exposure;
mod life;
mod limits;
mod placement;
mod stepping;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::PodSpec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::capabilities::Capabilities;
use crate::desired;
use crate::policy::{Mode, Policy};
use crate::rollout::Inputs;

fn context(version: &str) -> Context {
    Context {
        name: "web".into(),
        namespace: "default".into(),
        policy: Policy::new(Mode::Permissive, None),
        capabilities: Capabilities::of_version(version).unwrap(),
        iam: crate::iam::Settings::default(),
        default_architecture: "arm64".into(),
    }
}

fn rendered(task: &Value, service: &Value, version: &str) -> Vec<Object> {
    let inputs = Inputs {
        service: serde_json::from_value(service.clone()).unwrap(),
        task_definition: serde_json::from_value(task.clone()).unwrap(),
        revision: 3,
        ..Inputs::default()
    };
    let (objects, findings) = desired::offline(&inputs, &context(version));
    let findings = findings.from_service();
    assert!(!objects.is_empty(), "{findings:#?}");
    objects
}

fn deployments(objects: &[Object]) -> Vec<&Deployment> {
    fn of(object: &Object) -> Option<&Deployment> {
        match object {
            Object::Deployment(deployment) => Some(deployment),
            _ => None,
        }
    }
    objects.iter().filter_map(of).collect()
}

fn pod(task: &Value, version: &str) -> PodSpec {
    let objects = rendered(task, &json!({ "serviceName": "web", "taskDefinition": "web" }), version);
    deployments(&objects)[0].spec.template.spec.clone().unwrap()
}

fn task(cpu: Option<&str>, memory: Option<&str>, containers: &[(u32, Option<u32>, Option<u32>)]) -> Value {
    let containers: Vec<Value> = containers
        .iter()
        .enumerate()
        .map(|(i, (cpu, hard, soft))| {
            json!({ "name": format!("c{i}"), "image": "i:1", "cpu": cpu, "memory": hard, "memoryReservation": soft })
        })
        .collect();
    json!({ "family": "web", "cpu": cpu, "memory": memory, "containerDefinitions": containers })
}

/// `cpu request/limit memory request/limit` of the pod and then of each container.
fn sizes(pod: &PodSpec) -> Vec<String> {
    let shown = |resources: Option<&k8s_openapi::api::core::v1::ResourceRequirements>| {
        let get = |limits: bool, name: &str| {
            let map = resources.and_then(|r| if limits { r.limits.as_ref() } else { r.requests.as_ref() });
            map.and_then(|m| m.get(name)).map_or("-".to_owned(), |q| q.0.clone())
        };
        format!("{}/{} {}/{}", get(false, "cpu"), get(true, "cpu"), get(false, "memory"), get(true, "memory"))
    };
    std::iter::once(shown(pod.resources.as_ref()))
        .chain(pod.containers.iter().map(|c| shown(c.resources.as_ref())))
        .collect()
}

#[test]
fn sizes_of_tasks_and_containers() {
    for (about, definition, version, expected) in [
        (
            "no task size",
            task(None, None, &[(0, Some(512), Some(256)), (512, None, Some(64))]),
            "1.36",
            vec!["-/- -/-", "2m/- 256Mi/512Mi", "500m/- 64Mi/-"],
        ),
        (
            "pod level",
            task(Some("512"), Some("1024"), &[(0, None, None), (10, Some(128), None)]),
            "1.36",
            vec!["500m/500m 1Gi/1Gi", "2m/- -/-", "10m/- 128Mi/128Mi"],
        ),
        (
            "pod level, memory only",
            task(None, Some("1024"), &[(0, None, None)]),
            "1.36",
            vec!["-/- 1Gi/1Gi", "2m/- -/-"],
        ),
        (
            "shared out to one",
            task(Some("512"), Some("1024"), &[(0, None, None)]),
            "1.33",
            vec!["-/- -/-", "500m/500m 1Gi/1Gi"],
        ),
        (
            "shared out to who declares nothing",
            task(Some("1024"), Some("1024"), &[(256, Some(256), None), (0, None, None)]),
            "1.33",
            vec!["-/- -/-", "250m/1 256Mi/256Mi", "750m/1 768Mi/1Gi"],
        ),
        (
            "128 units are an eighth of a CPU; a reservation is no limit",
            task(None, None, &[(128, None, Some(100))]),
            "1.36",
            vec!["-/- -/-", "125m/- 100Mi/-"],
        ),
        (
            "memory of the task alone is the ceiling of all",
            task(None, Some("512"), &[(64, None, None), (64, None, None)]),
            "1.36",
            vec!["-/- 512Mi/512Mi", "63m/- -/-", "63m/- -/-"],
        ),
        (
            "units that do not divide, within the task",
            task(Some("256"), Some("512"), &[(85, None, None), (85, None, None), (86, None, None)]),
            "1.36",
            vec!["250m/250m 512Mi/512Mi", "83m/- -/-", "83m/- -/-", "84m/- -/-"],
        ),
        (
            "units that do not divide, shared out",
            task(
                Some("256"),
                Some("512"),
                &[(85, Some(100), None), (85, Some(100), None), (86, Some(100), None)],
            ),
            "1.33",
            vec!["-/- -/-", "83m/250m 100Mi/100Mi", "83m/250m 100Mi/100Mi", "84m/250m 100Mi/100Mi"],
        ),
        (
            "all declared: the rest goes to the first",
            task(Some("1024"), Some("1024"), &[(256, Some(512), Some(256)), (256, Some(256), None)]),
            "1.33",
            vec!["-/- -/-", "750m/1 512Mi/512Mi", "250m/1 256Mi/256Mi"],
        ),
    ] {
        assert_eq!(sizes(&pod(&definition, version)), expected, "{about}");
    }
}

#[test]
fn windows_has_no_linux_settings() {
    let mut definition = task(Some("1024"), Some("2048"), &[(0, None, None)]);
    definition["runtimePlatform"] = json!({ "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" });
    let pod = pod(&definition, "1.36");
    assert!(pod.resources.is_none() && pod.security_context.is_none());
    // The task's size is ignored, and what a container has is a ceiling; on Fargate the size counts.
    definition["containerDefinitions"][0] = json!({ "name": "a", "image": "i:1", "cpu": 512, "memory": 600 });
    assert_eq!(sizes(&self::pod(&definition, "1.36")), ["-/- -/-", "500m/500m 600Mi/600Mi"]);
    let fargate = json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc" });
    definition.as_object_mut().unwrap().extend(fargate.as_object().unwrap().clone());
    definition["containerDefinitions"][0]["cpu"] = json!(0);
    assert_eq!(sizes(&self::pod(&definition, "1.36")), ["-/- -/-", "1/1 600Mi/600Mi"]);
    let selector = pod.node_selector.unwrap();
    assert_eq!(selector["node.kubernetes.io/windows-build"], "10.0.20348");
    assert_eq!(selector["kubernetes.io/os"], "windows");
}

#[test]
fn fargate_tasks_run_on_the_default_architecture() {
    let mut definition = task(Some("256"), Some("512"), &[(0, None, None)]);
    definition["networkMode"] = json!("awsvpc");
    let service =
        |launch: &str| json!({ "serviceName": "web", "taskDefinition": "web", "launchType": launch });
    let arch = |objects: &[Object]| {
        let pod = deployments(objects)[0].spec.template.spec.clone().unwrap();
        pod.node_selector.unwrap().get("kubernetes.io/arch").cloned()
    };
    assert_eq!(arch(&rendered(&definition, &service("FARGATE"), "1.36")), Some("arm64".into()));
    assert_eq!(arch(&rendered(&definition, &service("EC2"), "1.36")), None);
    let unsaid = json!({ "serviceName": "web", "taskDefinition": "web" });
    definition["requiresCompatibilities"] = json!(["FARGATE", "EC2"]);
    assert_eq!(arch(&rendered(&definition, &unsaid, "1.36")), None);
    definition["requiresCompatibilities"] = json!(["FARGATE"]);
    assert_eq!(arch(&rendered(&definition, &unsaid, "1.36")), Some("arm64".into()));
}

#[test]
fn the_same_content_has_the_same_name_and_other_content_another() {
    let volume = |directory: &str| {
        let mut definition = task(None, None, &[(0, Some(64), None)]);
        definition["volumes"] = json!([{ "name": "v", "efsVolumeConfiguration": { "fileSystemId": "fs-12345678", "rootDirectory": directory } }]);
        let objects =
            rendered(&definition, &json!({ "serviceName": "web", "taskDefinition": "web" }), "1.36");
        let claim = objects.iter().find(|o| o.kind().kind == "PersistentVolumeClaim").unwrap();
        claim.metadata().name.clone().unwrap()
    };
    assert_eq!(volume("/"), volume(""));
    assert_ne!(volume("/"), volume("/data"));
}

#[test]
fn a_stamped_template_is_labelled() {
    let mut template = PodTemplateSpec::default();
    stamp(&mut template, "abc");
    let labels = template.metadata.unwrap().labels.unwrap();
    assert_eq!(labels[labels::DEPLOYMENT_ID], "abc");
}

fn number(value: Option<&k8s_openapi::apimachinery::pkg::util::intstr::IntOrString>) -> i64 {
    use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
    match value {
        Some(IntOrString::Int(n)) => (*n).into(),
        Some(IntOrString::String(s)) => s.trim_end_matches('%').parse().unwrap(),
        None => 0,
    }
}

fn milli(quantity: &str) -> u64 {
    quantity.strip_suffix('m').map_or_else(|| quantity.parse::<u64>().unwrap() * 1000, |m| m.parse().unwrap())
}

proptest! {
    #[test]
    fn containers_never_ask_for_more_than_their_pod(cpus in prop::collection::vec(0u32..700, 1..8), spare in 0u32..500) {
        let containers: Vec<_> = cpus.iter().map(|cpu| (*cpu, Some(16), None)).collect();
        let total = (cpus.iter().sum::<u32>() + spare).max(128).to_string();
        let pod = pod(&task(Some(&total), Some("2048"), &containers), "1.36");
        let request = |r: &Option<k8s_openapi::api::core::v1::ResourceRequirements>| {
            r.as_ref().and_then(|r| r.requests.as_ref()).and_then(|r| r.get("cpu")).map_or(0, |q| milli(&q.0))
        };
        let asked: u64 = pod.containers.iter().map(|c| request(&c.resources)).sum();
        prop_assert!(asked <= request(&pod.resources));
    }

    #[test]
    fn every_child_can_roll_and_the_counts_add_up(
        count in 0i32..200, min in 0i32..=100, max in 100i32..=300, weights in prop::collection::vec(1u32..10, 1..4),
    ) {
        prop_assume!(min < 100 || max > 100);
        let items: Vec<Value> = weights.iter().enumerate()
            .map(|(i, weight)| json!({ "capacityProvider": format!("p{i}"), "weight": weight })).collect();
        let service = json!({
            "serviceName": "web", "taskDefinition": "web", "desiredCount": count, "capacityProviderStrategy": items,
            "deploymentConfiguration": { "minimumHealthyPercent": min, "maximumPercent": max },
        });
        let objects = rendered(&task(None, None, &[(0, Some(64), None)]), &service, "1.36");
        let children = deployments(&objects);
        prop_assert_eq!(children.len(), weights.len());
        prop_assert_eq!(children.iter().map(|c| c.spec.replicas.unwrap()).sum::<i32>(), count);
        for child in children {
            let rolling = child.spec.strategy.as_ref().unwrap().rolling_update.as_ref().unwrap();
            let budget = (number(rolling.max_unavailable.as_ref()), number(rolling.max_surge.as_ref()));
            prop_assert!(budget != (0, 0), "Kubernetes refuses a rolling update that may do nothing");
            let selector = child.spec.selector.match_labels.as_ref().unwrap();
            prop_assert_eq!(selector.len(), 2);
            let labels = child.spec.template.metadata.as_ref().unwrap().labels.as_ref().unwrap();
            prop_assert!(selector.iter().all(|(key, value)| labels.get(key) == Some(value)));
        }
    }
}

mod task;
