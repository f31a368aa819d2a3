//! Secrets, by hand and by External Secrets.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::{Value, json};

use super::silence::restarted;
use crate::cluster::{Cluster, typed};
use crate::world::{World, condition, task_definition, text};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/exec";
/// A value that may stand nowhere but in the Secret.
const PLANTED: &str = "correct-horse-battery-staple";

fn external(world: &World, kind: &str) -> Api<DynamicObject> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("external-secrets.io", "v1", kind));
    Api::namespaced_with(world.cluster.client.clone(), &world.namespace, &resource)
}

fn definitions() -> Vec<CustomResourceDefinition> {
    serde_saphyr::from_multiple(include_str!("../../data/external-secrets.yaml")).unwrap()
}

fn to_fill(service: &Value) -> Option<Value> {
    let findings = service["status"]["findings"].as_array().cloned().unwrap_or_default();
    findings.into_iter().find(|finding| finding["code"] == "SecretToFill")
}

pub(crate) async fn external_secrets_is_taken_up_when_it_comes_and_rolls_nothing(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "secrets").await;
    let mut definition = task_definition("web", "web:1");
    definition["executionRoleArn"] = json!(EXECUTION);
    definition["containerDefinitions"][0]["secrets"] =
        json!([{"name": "DB_PASSWORD", "valueFrom": format!("{SECRET}:password::")}]);
    world.apply("TaskDefinition", "web", definition).await;
    world.service("web", 1).await;

    let told = world.service_until("web", "the finding", |service| to_fill(service).is_some()).await;
    let deployment = world.deployment_until("web", "there", |_| true).await;
    let reference = "/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name";
    let name = text(&deployment, reference);
    let remedy = to_fill(&told).unwrap()["remedy"].to_string();
    let command =
        format!("kubectl -n {} create secret generic {name} --from-literal=value=", world.namespace);
    assert!(remedy.contains(&command), "{remedy}");
    let filled: Secret = typed(json!({"metadata": {"name": name}, "stringData": {"value": PLANTED}}));
    world.api::<Secret>().create(&PostParams::default(), &filled).await.unwrap();
    let before = world.steady("web", 1).await;

    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        let (name, params) = (definition.metadata.name.clone().unwrap(), PatchParams::apply("test").force());
        all.patch(&name, &params, &Patch::Apply(&definition)).await.unwrap();
    }
    let fetched = world.until(external(&world, "ExternalSecret"), &name, "made", |_| true).await;
    assert_eq!(fetched["spec"]["target"]["name"], json!(name));
    assert_eq!(fetched["spec"]["data"][0]["remoteRef"], json!({"key": SECRET, "property": "password"}));
    let store = text(&fetched, "/spec/secretStoreRef/name");
    let store = external(&world, "SecretStore").get(&store).await.unwrap();
    let reader = store.data.pointer("/spec/provider/aws/auth/jwt/serviceAccountRef/name").unwrap().clone();
    let reader = world.api::<ServiceAccount>().get(reader.as_str().unwrap()).await.unwrap();
    assert_eq!(reader.metadata.annotations.unwrap()["eks.amazonaws.com/role-arn"], EXECUTION);
    let after = world.service_until("web", "nothing to fill", |service| to_fill(service).is_none()).await;
    assert_eq!(condition(&after, "Ready").0, "True");
    let id = "/status/deployments/0/id";
    assert_eq!(text(&after, id), text(&before, id), "it is the same deployment");
    let now = world.api::<Deployment>().get("web").await.unwrap();
    assert_eq!(now.metadata.generation, deployment["metadata"]["generation"].as_i64());

    let (_operator, _) = restarted(&world, operator, 1).await;

    let events = world.api::<Event>().list(&ListParams::default()).await.unwrap();
    let logs: Vec<String> = ["operator-0", "operator-1"]
        .iter()
        .map(|log| std::fs::read_to_string(cluster.file(&format!("{}-{log}.log", world.namespace))).unwrap())
        .collect();
    let revisions = world.revisions().await;
    for (place, said) in [
        ("the service", after.to_string()),
        ("the ExternalSecret", fetched.to_string()),
        ("the Deployment", serde_json::to_string(&now).unwrap()),
        ("the revisions", serde_json::to_string(&revisions).unwrap()),
        ("the events", serde_json::to_string(&events.items).unwrap()),
        ("the logs", logs.concat()),
    ] {
        assert!(!said.is_empty() && !said.contains(PLANTED), "the value stands in {place}");
    }

    let services = world.custom("EcsService");
    services.delete("web", &DeleteParams::background()).await.unwrap();
    let uid = text(&fetched, "/metadata/uid");
    world.gone(external(&world, "ExternalSecret"), &name, &uid).await;
    world.end().await;
    for definition in definitions() {
        let all = Api::<CustomResourceDefinition>::all(cluster.client.clone());
        all.delete(&definition.metadata.name.unwrap(), &DeleteParams::default()).await.unwrap();
    }
}
