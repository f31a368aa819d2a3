//! Load balancers that controllers of others drive, and what may be evicted.

use std::sync::Arc;

use ecs_bridge::api::labels;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, ResourceQuota, Service};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, EvictParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::{Value, json};

use super::silence::rest;
use crate::cluster::{Cluster, typed};
use crate::world::{World, service, task_definition, text};

const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

fn of_others(world: &World, group: &str, version: &str, kind: &str) -> Api<DynamicObject> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
    Api::namespaced_with(world.cluster.client.clone(), &world.namespace, &resource)
}

fn definitions() -> Vec<CustomResourceDefinition> {
    serde_saphyr::from_multiple(include_str!("../../data/load-balancing.yaml")).unwrap()
}

fn codes(service: &Value) -> Vec<String> {
    let findings = service["status"]["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| text(finding, "/code")).collect()
}

pub(crate) async fn load_balancing_is_taken_up_when_it_comes_and_rolls_nothing(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "traffic").await;
    let mut definition = task_definition("web", "web:1");
    definition["networkMode"] = json!("awsvpc");
    world.apply("TaskDefinition", "web", definition).await;
    let mut spec = service("web", 2);
    spec["loadBalancers"] = json!([{"targetGroupArn": ARN, "containerName": "app", "containerPort": 80}]);
    spec["networkConfiguration"] =
        json!({"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}});
    spec["kubernetes"]["securityGroups"] = json!("Enforce");
    spec["kubernetes"]["gateway"] = json!({"name": "public", "hostnames": ["web.example.com"]});
    spec["kubernetes"]["ingress"] = json!({"host": "web.example.com"});
    world.apply("EcsService", "web", spec.clone()).await;
    let before = world.steady("web", 2).await;
    for code in ["TargetGroupNotAttached", "RouteNotMade", "SecurityGroupsNotApplied"] {
        assert!(codes(&before).iter().any(|told| told == code), "{code}: {:?}", codes(&before));
    }
    let ingress = world.api::<Ingress>().get("web").await.unwrap();
    let deployment = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(deployment.pointer("/spec/template/spec/readinessGates"), None);

    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        let (name, params) = (definition.metadata.name.clone().unwrap(), PatchParams::apply("test").force());
        all.patch(&name, &params, &Patch::Apply(&definition)).await.unwrap();
    }
    let bindings = of_others(&world, "elbv2.k8s.aws", "v1beta1", "TargetGroupBinding");
    let routes = of_others(&world, "gateway.networking.k8s.io", "v1", "HTTPRoute");
    let policies = of_others(&world, "vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy");
    let route = world.until(routes.clone(), "web", "made", |_| true).await;
    assert_eq!(route["spec"]["rules"][0]["backendRefs"][0]["name"], "web");
    let policy = world.until(policies.clone(), "web", "made", |_| true).await;
    assert_eq!(policy["spec"]["securityGroups"]["groupIds"], json!(["sg-1"]));
    let told = |service: &Value| codes(service).contains(&"NewerRenderingAvailable".to_owned());
    world
        .service_until("web", "another rendering, and nothing that is missing", |service| {
            told(service) && !codes(service).contains(&"TargetGroupNotAttached".to_owned())
        })
        .await;
    let made = bindings.list(&kube::api::ListParams::default()).await.unwrap().items;
    let [binding] = made.as_slice() else { panic!("one binding, not {made:?}") };
    assert_eq!(binding.data["spec"]["targetGroupARN"], ARN);
    assert_eq!(binding.data["spec"]["multiClusterTargetGroup"], true);
    let now = world.api::<Deployment>().get("web").await.unwrap();
    assert_eq!(now.metadata.generation, deployment["metadata"]["generation"].as_i64(), "no pod was touched");

    spec["kubernetes"]["forceNewDeployment"] = json!("with the target group");
    world.apply("EcsService", "web", spec).await;
    let gate = format!("target-health.elbv2.k8s.aws/{}", binding.name_any());
    world
        .deployment_until("web", "gated", |deployment| {
            let pod = &deployment["spec"]["template"]["spec"];
            pod["readinessGates"][0]["conditionType"] == json!(gate)
                && pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] == 30
        })
        .await;
    world.service_until("web", "in step", |service| !told(service)).await;
    world.steady("web", 2).await;
    rest(&cluster, &operator).await;

    world.custom("EcsService").delete("web", &DeleteParams::background()).await.unwrap();
    world.gone(bindings, &binding.name_any(), &binding.uid().unwrap()).await;
    world.gone(routes, "web", &text(&route, "/metadata/uid")).await;
    world.gone(policies, "web", &text(&policy, "/metadata/uid")).await;
    world.gone(world.api::<Ingress>(), "web", &ingress.uid().unwrap()).await;
    world.end().await;
    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        all.delete(&definition.metadata.name.unwrap(), &DeleteParams::default()).await.unwrap();
    }
}

pub(crate) async fn names_of_service_connect_are_services_and_go_with_it(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "connect").await;
    let mut definition = task_definition("web", "web:1");
    definition["containerDefinitions"][0]["portMappings"] = json!([{"name": "http", "containerPort": 8080}]);
    world.apply("TaskDefinition", "web", definition).await;
    let mut spec = service("web", 1);
    let alias = json!({"portName": "http", "clientAliases": [{"port": 80, "dnsName": "shop"}]});
    spec["serviceConnectConfiguration"] = json!({"enabled": true, "services": [alias]});
    let arn = "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1";
    spec["serviceRegistries"] = json!([{"registryArn": arn}]);
    world.apply("EcsService", "web", spec.clone()).await;
    world.steady("web", 1).await;
    let services = world.api::<Service>();
    let port = |service: &Service| {
        let spec = service.spec.clone().unwrap();
        (spec.cluster_ip, spec.ports.unwrap()[0].port)
    };
    let shop = services.get("shop").await.unwrap();
    assert_eq!(port(&shop).1, 80);
    let tasks = services.get("web-tasks").await.unwrap();
    assert_eq!(port(&tasks), (Some("None".to_owned()), 8080));

    spec["serviceConnectConfiguration"]["services"][0]["clientAliases"][0]["dnsName"] = json!("web");
    spec.as_object_mut().unwrap().remove("serviceRegistries");
    world.apply("EcsService", "web", spec).await;
    world.gone(services.clone(), "shop", &shop.uid().unwrap()).await;
    world.gone(services.clone(), "web-tasks", &tasks.uid().unwrap()).await;
    let own = services.get("web").await.unwrap().spec.unwrap().ports.unwrap();
    assert_eq!(own.iter().map(|port| port.port).collect::<Vec<_>>(), [8080, 80]);
    world.end().await;
}

pub(crate) async fn no_more_tasks_are_evicted_than_ecs_would_stop(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "evict").await;
    world.task_definition("web", "web:1").await;
    let mut spec = service("web", 2);
    spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50});
    world.apply("EcsService", "web", spec.clone()).await;
    world.steady("web", 2).await;
    let budgets = world.api::<PodDisruptionBudget>();
    let allows = |count: i64| move |budget: &Value| budget["status"]["disruptionsAllowed"] == json!(count);
    world.until(budgets.clone(), "web", "allows one", allows(1)).await;
    let pods = world.pods("web").await;
    // Nothing replaces what goes for now.
    let quotas = world.api::<ResourceQuota>();
    let quota: ResourceQuota = typed(json!({"metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}));
    quotas.create(&PostParams::default(), &quota).await.unwrap();
    let (all, first) = (world.api::<Pod>(), pods[0].name_any());
    all.evict(&first, &EvictParams::default()).await.unwrap();
    world.gone(all, &first, &pods[0].uid().unwrap()).await;
    world.until(budgets.clone(), "web", "allows no other", allows(0)).await;
    quotas.delete("none", &DeleteParams::default()).await.unwrap();
    world.steady("web", 2).await;
    world.until(budgets.clone(), "web", "allows one again", allows(1)).await;

    spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 100});
    world.apply("EcsService", "web", spec.clone()).await;
    world
        .until(budgets.clone(), "web", "lets a node be drained", |budget| {
            budget["spec"]["maxUnavailable"] == 1 && budget["spec"].get("minAvailable").is_none()
        })
        .await;
    let budget = budgets.get("web").await.unwrap();
    spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 0});
    world.apply("EcsService", "web", spec).await;
    world.gone(budgets, "web", &budget.uid().unwrap()).await;
    world.end().await;
}

pub(crate) async fn a_protected_task_outlives_a_lower_count_until_its_time_is_over(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "protect").await;
    world.task_definition("web", "web:1").await;
    world.service("web", 3).await;
    world.steady("web", 3).await;
    let pods = world.pods("web").await;
    let (all, chosen) = (world.api::<Pod>(), pods[1].name_any());
    let annotate = |until: Value| {
        let body = json!({"metadata": {"annotations": {labels::PROTECTED_UNTIL: until}}});
        let (all, chosen) = (all.clone(), chosen.clone());
        async move { all.patch(&chosen, &PatchParams::default(), &Patch::Merge(&body)).await.unwrap() }
    };
    let has = |key: &'static str| move |pod: &Value| pod["metadata"]["annotations"].get(key).is_some();
    const COST: &str = "controller.kubernetes.io/pod-deletion-cost";

    annotate(json!("tomorrow")).await;
    world.until(all.clone(), &chosen, "answered", has(labels::PROTECTION)).await;
    let refusals = || async {
        let events = world.events("web").await;
        events.into_iter().filter(|(reason, _)| reason == "TaskProtectionRefused").count()
    };
    assert_eq!(refusals().await, 1);

    annotate(json!("2126-01-01T00:00:00Z")).await;
    let marked = world.until(all.clone(), &chosen, "protected", has(COST)).await;
    assert_eq!(marked["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"], "true");
    world.service("web", 1).await;
    world.steady("web", 1).await;
    let left: Vec<String> = world.pods("web").await.iter().map(kube::ResourceExt::name_any).collect();
    assert_eq!(left, std::slice::from_ref(&chosen));
    rest(&cluster, &operator).await;

    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    annotate(json!(soon.to_string())).await;
    let taken = |pod: &Value| !has(COST)(pod) && !has(labels::PROTECTION)(pod);
    let over = world.until(all, &chosen, "no longer protected", taken).await;
    assert_eq!(over["metadata"]["annotations"][labels::PROTECTED_UNTIL], soon.to_string());
    assert_eq!(refusals().await, 1);
    world.end().await;
}
