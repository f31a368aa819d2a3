//! Autoscalers: the real HorizontalPodAutoscaler controller on simulated load, and what KEDA is given.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::runtime::wait::await_condition;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::silence::{rest, restarted};
use crate::cluster::{Cluster, typed};
use crate::world::{World, service};

/// How long a measurement, a minute of stabilization and a start of pods may take together.
const SLOWLY: Duration = Duration::from_secs(240);

fn tracked(policies: &[Value]) -> Value {
    let mut spec = service("web", 2);
    spec["autoScaling"] = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 4},
        "scalingPolicies": policies,
    });
    spec
}

fn policy(name: &str, metric: &Value) -> Value {
    json!({"PolicyName": name, "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 50, "PredefinedMetricSpecification": metric,
    }})
}

fn cpu() -> Value {
    policy("cpu", &json!({"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}))
}

/// Makes every pod of a service use this much CPU.
async fn load(world: &World, service: &str, cpu: &str) {
    let pods = world.api::<Pod>();
    let patch = json!({"metadata": {"annotations": {"kwok.x-k8s.io/usage-cpu": cpu}}});
    for pod in world.pods(service).await {
        pods.patch(&pod.name_any(), &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    }
}

async fn scaled(world: &World, count: i64) {
    let reached = move |service: Option<&DynamicObject>| {
        service.is_some_and(|service| service.data["spec"]["kubernetes"]["scaledCount"] == json!(count))
    };
    let waited = timeout(SLOWLY, await_condition(world.custom("EcsService"), "web", reached)).await;
    waited.unwrap_or_else(|_| panic!("the autoscaler does not scale to {count}")).unwrap();
}

async fn patch(world: &World, spec: Value) {
    let patch = Patch::Merge(json!({ "spec": spec }));
    world.custom("EcsService").patch("web", &PatchParams::default(), &patch).await.unwrap();
}

pub(crate) async fn the_autoscaler_raises_and_lowers_the_count(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "hpa").await;
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", tracked(&[cpu()])).await;
    world.steady("web", 2).await;
    let autoscalers = world.api::<HorizontalPodAutoscaler>();
    let policy = |of: &Value| of["spec"]["behavior"]["scaleDown"]["selectPolicy"].clone();
    let lowers = |of: &Value| policy(of) == json!("Max");
    world.until(autoscalers.clone(), "web", "lowers counts after the deployment", lowers).await;
    load(&world, "web", "90m").await;
    scaled(&world, 4).await;
    let risen = world.steady("web", 4).await;
    assert_eq!(
        (&risen["spec"]["desiredCount"], risen["status"]["declaredCount"].as_i64()),
        (&json!(2), Some(2))
    );

    // In the midst of a deployment nothing is lowered.
    world.task_definition("web", "nginx:1.28").await;
    let held = |of: &Value| policy(of) == json!("Disabled");
    world.until(autoscalers.clone(), "web", "held during the deployment", held).await;
    world.steady("web", 4).await;
    world.until(autoscalers.clone(), "web", "lowers counts again", lowers).await;
    rest(&cluster, &operator).await;

    // Five minutes of stabilization are not for tests: while the operator leaves the service alone nobody mends this.
    patch(&world, json!({"kubernetes": {"paused": true}})).await;
    let at_once = json!({"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}}}});
    autoscalers.patch("web", &PatchParams::default(), &Patch::Merge(&at_once)).await.unwrap();
    load(&world, "web", "1m").await;
    scaled(&world, 1).await;
    patch(&world, json!({"kubernetes": {"paused": null}})).await;
    world.steady("web", 1).await;
    let mended = |of: &Value| of["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == json!(300);
    world.until(autoscalers, "web", "mended", mended).await;
    world.end().await;
}

pub(crate) async fn an_autoscaler_of_a_child_is_named_and_welcome_on_the_service(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "rival").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    let metric = json!({"type": "Resource", "resource": {
        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50},
    }});
    let own: HorizontalPodAutoscaler = typed(json!({"metadata": {"name": "own"}, "spec": {
        "minReplicas": 4, "maxReplicas": 6, "metrics": [metric],
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    }}));
    let autoscalers = world.api::<HorizontalPodAutoscaler>();
    autoscalers.create(&PostParams::default(), &own).await.unwrap();
    let named = |service: &Value| codes(service).contains(&"AutoscalerConflict".to_owned());
    let told = world.service_until("web", "named", named).await;
    // Each undoes what the other does, and that is told once.
    let undone = |deployment: &Value| deployment["spec"]["replicas"] == json!(4);
    world.deployment_until("web", "scaled by the other one", undone).await;
    let mended = |deployment: &Value| deployment["spec"]["replicas"] == json!(2);
    world.deployment_until("web", "put right", mended).await;
    let events = world.events("web").await;
    let conflicts: Vec<_> =
        events.iter().filter(|(reason, _)| reason == "ServiceAutoscalerConflict").collect();
    assert!(conflicts.len() == 1 && conflicts[0].1.contains("scales the Deployment web"), "{events:#?}");

    let findings = told["status"]["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["code"] == json!("AutoscalerConflict")).unwrap();
    let remedy = finding["remedy"].as_str().unwrap();
    let (_, rest_of) = remedy.split_once("--type merge -p '").unwrap();
    let patch: Value = serde_json::from_str(rest_of.strip_suffix('\'').unwrap()).unwrap();
    autoscalers.patch("own", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    world.service_until("web", "nothing in the way", |service| !named(service)).await;
    scaled(&world, 4).await;
    world.steady("web", 4).await;
    rest(&cluster, &operator).await;
    world.end().await;
}

fn definitions() -> Vec<CustomResourceDefinition> {
    serde_saphyr::from_multiple(include_str!("../../data/keda.yaml")).unwrap()
}

fn keda(world: &World, kind: &str) -> Api<DynamicObject> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("keda.sh", "v1alpha1", kind));
    Api::namespaced_with(world.cluster.client.clone(), &world.namespace, &resource)
}

fn codes(service: &Value) -> Vec<String> {
    let findings = service["status"]["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter_map(|finding| finding["code"].as_str().map(str::to_owned)).collect()
}

pub(crate) async fn keda_takes_over_from_the_autoscaler_when_it_comes_and_there_is_never_a_second(
    cluster: Arc<Cluster>,
) {
    let (world, operator) = World::with_operator(&cluster, "keda").await;
    world.task_definition("web", "nginx:1.27").await;
    let label = "app/web/50dc6c495c0c9188/targetgroup/web/6d0ecf831eec9f09";
    let requests = policy(
        "requests",
        &json!({"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}),
    );
    let mut spec = tracked(&[cpu(), requests]);
    spec["cluster"] = json!(format!("arn:aws:ecs:eu-west-1:123456789012:cluster/{}", world.namespace));
    world.apply("EcsService", "web", spec.clone()).await;
    let told = world.steady("web", 2).await;
    assert!(codes(&told).contains(&"KedaMissing".to_owned()), "{:#?}", codes(&told));
    let autoscaler = world.api::<HorizontalPodAutoscaler>().get("web").await.unwrap();

    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        let (name, params) = (definition.name_any(), PatchParams::apply("test").force());
        all.patch(&name, &params, &Patch::Apply(&definition)).await.unwrap();
    }
    let made = world.until(keda(&world, "ScaledObject"), "web", "made", |_| true).await;
    let types: Vec<_> =
        made["spec"]["triggers"].as_array().unwrap().iter().map(|t| t["type"].clone()).collect();
    assert_eq!(types, [json!("cpu"), json!("aws-cloudwatch")]);
    assert_eq!(made["spec"]["scaleTargetRef"]["kind"], json!("EcsService"));
    keda(&world, "TriggerAuthentication").get("web").await.unwrap();
    let uid = autoscaler.uid().unwrap();
    world.gone(world.api::<HorizontalPodAutoscaler>(), "web", &uid).await;
    let none = |service: &Value| !codes(service).contains(&"KedaMissing".to_owned());
    world.service_until("web", "nothing is missing", none).await;

    let (operator, _) = restarted(&world, operator, 1).await;

    let modifiers = |object: &Value| object["spec"]["advanced"]["scalingModifiers"].clone();
    assert_eq!(modifiers(&made), Value::Null);
    let mut stepped = spec.clone();
    stepped["autoScaling"] = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 4},
        "scalingPolicies": [{"PolicyName": "out", "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        }}],
        "alarms": [{
            "AlarmName": "high", "AlarmActions": ["out"], "MetricName": "Depth", "Namespace": "Shop",
            "Statistic": "Average", "Dimensions": [{"Name": "Queue", "Value": "orders"}], "Period": 60,
            "EvaluationPeriods": 3, "Threshold": 75, "ComparisonOperator": "GreaterThanThreshold",
        }],
    });
    world.apply("EcsService", "web", stepped).await;
    let formula = |object: &Value| modifiers(object)["formula"] == json!("(alarm0 > 75) ? 1000 : (1)");
    world.until(keda(&world, "ScaledObject"), "web", "goes by the alarm", formula).await;
    let (_operator, _) = restarted(&world, operator, 1).await;

    spec["autoScaling"]["scalingPolicies"] = json!([cpu()]);
    world.apply("EcsService", "web", spec).await;
    world.until(world.api::<HorizontalPodAutoscaler>(), "web", "back", |_| true).await;
    let uid = made["metadata"]["uid"].as_str().unwrap().to_owned();
    world.gone(keda(&world, "ScaledObject"), "web", &uid).await;
    world.end().await;
    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        all.delete(&definition.name_any(), &DeleteParams::default()).await.unwrap();
    }
}
