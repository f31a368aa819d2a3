//! Generated definitions, and what the API server says to what is made of them.

use std::sync::Arc;
use std::time::Instant;

use ecs_bridge::desired;
use ecs_bridge::model::name::{RESOURCE, label, provider};
use ecs_bridge::operator::server_side;
use futures::{StreamExt as _, stream};
use kube::Client;
use kube::api::{Api, PatchParams};
use kube::core::ApiResource;
use kube::core::{DynamicObject, GroupVersionKind};
use serde_json::{Value, json};

use crate::cluster::{Cluster, is_cut};
use crate::generate::{Generated, definitions};
use crate::world::World;

/// Environment variable: how many definitions.
const COUNT: &str = "ECS_BRIDGE_GENERATED";
/// Groups of kinds that a cluster may lack.
const OPTIONAL: [&str; 6] = [
    "elbv2.k8s.aws/",
    "external-secrets.io/",
    "gateway.networking.k8s.io/",
    "keda.sh/",
    "snapshot.storage.k8s.io/",
    "vpcresources.k8s.aws/",
];
/// Environment variable: the first seed.
const FIRST: &str = "ECS_BRIDGE_SEED";

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What the API server has to take of one seed: custom resources, and the objects that are made of them.
fn manifests(generated: &Generated, namespace: &str) -> Vec<Value> {
    let custom = |kind: &str, name: &str, label: String, spec: &Value| {
        json!({
            "apiVersion": ecs_bridge::api::API_VERSION, "kind": kind,
            "metadata": {"name": label, "annotations": {"ecs-name": name}}, "spec": spec,
        })
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (family, name) =
        (text(&generated.task_definition["family"]), text(&generated.service["serviceName"]));
    let mut all = vec![
        custom("TaskDefinition", &family, label(&family, RESOURCE), &generated.task_definition),
        custom("EcsService", &name, label(&name, RESOURCE), &generated.service),
    ];
    for spec in &generated.providers {
        let name = text(&spec["name"]);
        all.push(custom("CapacityProvider", &name, provider(&name), spec));
    }
    let (objects, _) = desired::offline(&generated.inputs(), &generated.context(namespace, None));
    // Kinds that others define are not served here; a definition without a schema would take anything.
    let optional = |it: &Value| OPTIONAL.iter().any(|group| text(&it["apiVersion"]).starts_with(group));
    all.extend(objects.iter().map(ecs_bridge::object::Object::to_value).filter(|it| !optional(it)));
    all
}

/// Asks the API server to take an object without keeping it.
async fn judge(client: Client, namespace: &str, manifest: &Value) -> Result<(), String> {
    let text = |member: &str| manifest[member].as_str().unwrap();
    let (group, version) = text("apiVersion").rsplit_once('/').unwrap_or(("", text("apiVersion")));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text("kind")));
    let cluster_wide = manifest["metadata"].get("namespace").is_none()
        && !matches!(text("kind"), "TaskDefinition" | "EcsService");
    let api: Api<DynamicObject> = if cluster_wide {
        Api::all_with(client, &resource)
    } else {
        Api::namespaced_with(client, namespace, &resource)
    };
    let params = PatchParams { dry_run: true, force: true, ..PatchParams::apply("generated") };
    let name = manifest["metadata"]["name"].as_str().unwrap();
    let apply = || server_side::apply(&api, name, &params, manifest);
    let mut answer = apply().await;
    for _ in 0..5 {
        if !answer.as_ref().is_err_and(is_cut) {
            break;
        }
        answer = apply().await;
    }
    let answer = answer.map_err(|error| error.to_string())?;
    let answer = serde_json::to_value(&answer).unwrap();
    // What ECS says is not ours to spell; what we make is written as the API server stores it.
    if group == ecs_bridge::api::GROUP {
        return Ok(());
    }
    let differs = difference(manifest, &answer, "");
    differs.map_or(Ok(()), |place| Err(format!("is stored in another way: {place}")))
}

/// The first place at which an answer does not have what was sent, as it was sent.
fn difference(sent: &Value, answered: &Value, path: &str) -> Option<String> {
    match (sent, answered) {
        (Value::Object(sent), Value::Object(answered)) => sent.iter().find_map(|(name, sent)| {
            let path = format!("{path}.{name}");
            match answered.get(name) {
                Some(answered) => difference(sent, answered, &path),
                None => Some(format!("{path} {sent} is gone")),
            }
        }),
        (Value::Array(sent), Value::Array(answered)) if sent.len() == answered.len() => {
            let mut pairs = sent.iter().zip(answered).enumerate();
            pairs.find_map(|(at, (sent, answered))| difference(sent, answered, &format!("{path}[{at}]")))
        }
        _ => (sent != answered).then(|| format!("{path} {sent} is {answered}")),
    }
}

pub(crate) async fn whatever_the_generator_makes_is_accepted(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "generated").await;
    let (first, count) = (number(FIRST, 0), number(COUNT, 2000));
    let began = Instant::now();
    let looked = stream::iter(first..first + count).map(|seed| {
        let (client, namespace) = (cluster.client.clone(), world.namespace.clone());
        tokio::spawn(async move {
            let generated = definitions(seed);
            let manifests = manifests(&generated, &namespace);
            let mut refused = Vec::new();
            for manifest in &manifests {
                if let Err(said) = judge(client.clone(), &namespace, manifest).await {
                    refused.push((said, manifest.clone()));
                }
            }
            (generated, manifests.len(), refused)
        })
    });
    let mut looked = looked.buffer_unordered(24);
    let (mut objects, mut wrong) = (0, 0);
    while let Some(one) = looked.next().await {
        let (generated, made, refused) = one.expect("a seed panicked");
        objects += made;
        for (said, manifest) in refused {
            wrong += 1;
            if wrong <= 10 {
                let input = json!({"taskDefinition": generated.task_definition, "service": generated.service, "providers": generated.providers});
                let bold = if generated.bold { " (bold)" } else { "" };
                eprintln!("seed {}{bold}: {said}\n  object {manifest}\n  of {input}", generated.seed);
            }
        }
    }
    drop(looked);
    let took = began.elapsed().as_secs();
    eprintln!("{objects} objects of {count} definitions in {took} s, {wrong} refused");
    assert_eq!(wrong, 0);
    world.end().await;
}
