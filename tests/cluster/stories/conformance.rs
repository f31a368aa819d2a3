//! What the simulation assumes.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use crate::cluster::Cluster;
use crate::conformance::{self, CASES};

pub(crate) async fn the_simulation_behaves_like_this_control_plane(cluster: Arc<Cluster>) {
    let run = async |(number, case): (usize, &conformance::Case)| {
        let name = format!("case-{number}-{}", cluster.run);
        cluster.namespace(&name, json!({})).await;
        let client = cluster.client.clone();
        let ended = tokio::spawn((case.run)(conformance::Namespace { client, name: name.clone() })).await;
        let namespaces = Api::<Namespace>::all(cluster.client.clone());
        namespaces.delete(&name, &DeleteParams::default()).await.unwrap();
        ended.is_err().then_some(case.name)
    };
    let failed: Vec<_> = futures::future::join_all(CASES.iter().enumerate().map(run)).await;
    let failed: Vec<_> = failed.into_iter().flatten().collect();
    assert!(failed.is_empty(), "the control plane does otherwise: {failed:#?}");
}
