//! What volumes leave behind, and what happens to it.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::world::{World, owners, service, task_definition, text};

/// A task definition whose container mounts this volume.
fn with_volume(family: &str, mut volume: Value) -> Value {
    let mut definition = task_definition(family, "wiki:1");
    volume["name"] = json!("data");
    definition["volumes"] = json!([volume]);
    definition["containerDefinitions"][0]["mountPoints"] =
        json!([{"sourceVolume": "data", "containerPath": "/data"}]);
    definition
}

pub(crate) async fn services_share_a_file_system_and_the_last_one_leaves_it(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "share").await;
    let mut operator = world.operator("operator", &["--sweep-seconds", "1"]).await;
    operator.leads().await;
    let efs = json!({"efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", "rootDirectory": "/share"}});
    for name in ["blog", "wiki"] {
        world.apply("TaskDefinition", name, with_volume(name, efs.clone())).await;
        world.service(name, 1).await;
    }
    let blog = world.steady("blog", 1).await;
    let wiki = world.steady("wiki", 1).await;
    let uids = [text(&blog, "/metadata/uid"), text(&wiki, "/metadata/uid")];
    let found = world.api::<PersistentVolumeClaim>().list(&ListParams::default()).await.unwrap().items;
    let [claim] = found.as_slice() else { panic!("one claim, not {found:?}") };
    let mut owned_by = owners(claim);
    owned_by.sort();
    let mut expected = uids.clone();
    expected.sort();
    assert_eq!(owned_by, expected);
    let volumes = Api::<PersistentVolume>::all(cluster.client.clone());
    let volume = volumes.get(&claim.name_any()).await.unwrap();

    let services = world.custom("EcsService");
    services.delete("blog", &DeleteParams::background()).await.unwrap();
    let of_wiki_alone = |claim: &Value| {
        claim["metadata"]["ownerReferences"]
            .as_array()
            .is_some_and(|owners| owners.len() == 1 && owners[0]["uid"] == json!(uids[1]))
    };
    let left = world
        .until(world.api::<PersistentVolumeClaim>(), &claim.name_any(), "the other's alone", of_wiki_alone)
        .await;
    assert_eq!(text(&left, "/metadata/uid"), claim.uid().unwrap());
    assert_eq!(text(&left, "/status/phase"), "Bound");
    assert_eq!(volumes.get(&claim.name_any()).await.unwrap().uid(), volume.uid());

    // Nobody is left: the claim goes with its owner; the volume, which holds nothing, is swept.
    services.delete("wiki", &DeleteParams::background()).await.unwrap();
    world.gone(world.api::<PersistentVolumeClaim>(), &claim.name_any(), &claim.uid().unwrap()).await;
    world.gone(volumes, &volume.name_any(), &volume.uid().unwrap()).await;
    world.end().await;
}

pub(crate) async fn a_file_system_that_a_service_gives_up_leaves_nothing_behind(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "giveup").await;
    let mut operator = world.operator("operator", &["--sweep-seconds", "1"]).await;
    operator.leads().await;
    let efs = json!({"efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", "rootDirectory": "/giveup"}});
    world.apply("TaskDefinition", "wiki", with_volume("wiki", efs)).await;
    world.service("wiki", 1).await;
    world.steady("wiki", 1).await;
    let found = world.api::<PersistentVolumeClaim>().list(&ListParams::default()).await.unwrap().items;
    let [claim] = found.as_slice() else { panic!("one claim, not {found:?}") };
    let volumes = Api::<PersistentVolume>::all(cluster.client.clone());
    let volume = volumes.get(&claim.name_any()).await.unwrap();

    // The service lives on without it: the claim has no owner then that garbage collection could go by. Records of
    // earlier deployments mount it until enough later ones have come.
    for revision in 2..=12 {
        let image = format!("wiki:{revision}");
        world.task_definition("wiki", &image).await;
        let runs = |deployment: &Value| text(deployment, "/spec/template/spec/containers/0/image") == image;
        world.deployment_until("wiki", &image, runs).await;
        world.steady("wiki", 1).await;
    }
    world.gone(world.api::<PersistentVolumeClaim>(), &claim.name_any(), &claim.uid().unwrap()).await;
    world.gone(volumes, &volume.name_any(), &volume.uid().unwrap()).await;
    assert!(operator.stop().await.success());
    world.end().await;
}

pub(crate) async fn a_storage_class_comes_back_while_it_is_needed_and_goes_afterwards(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "class").await;
    cluster.operator_account(&world.namespace, "operator").await;
    let mut operator = world.operator_of("operator", &["--sweep-seconds", "1"]).await;
    operator.leads().await;
    world.apply("TaskDefinition", "db", with_volume("db", json!({"configuredAtLaunch": true}))).await;
    let mut spec = service("db", 0);
    // A tag of this run: a class of its own.
    let tag = json!({"key": "run", "value": cluster.run});
    spec["volumeConfigurations"] = json!([{"name": "data", "managedEBSVolume": {
        "roleArn": "arn:aws:iam::123456789012:role/ecs", "sizeInGiB": 8,
        "tagSpecifications": [{"resourceType": "volume", "tags": [tag]}],
    }}]);
    world.apply("EcsService", "db", spec).await;
    let deployment = world.deployment_until("db", "there", |_| true).await;
    let class = text(
        &deployment,
        "/spec/template/spec/volumes/0/ephemeral/volumeClaimTemplate/spec/storageClassName",
    );
    let classes = Api::<StorageClass>::all(cluster.client.clone());
    let first = world.until(classes.clone(), &class, "there", |_| true).await;
    let uid = text(&first, "/metadata/uid");

    classes.delete(&class, &DeleteParams::default()).await.unwrap();
    let again =
        world.until(classes.clone(), &class, "made again", |class| text(class, "/metadata/uid") != uid).await;

    world.custom("EcsService").delete("db", &DeleteParams::background()).await.unwrap();
    world.gone(classes, &class, &text(&again, "/metadata/uid")).await;
    assert!(operator.stop().await.success());
    world.end().await;
}
