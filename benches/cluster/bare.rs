//! The bare client: knows every object already, and creates it.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use kube::Client;
use kube::api::DynamicObject;
use kube::core::ApiResource;

use crate::arrivals::Arrivals;
use crate::objects;

/// Creates the same objects under other names, so many at a time; the time until the last one is there.
pub(crate) async fn measure(
    client: &Client,
    made: &[(ApiResource, DynamicObject)],
    concurrency: usize,
) -> Duration {
    let prefix = format!("bare{concurrency}-");
    let mut namespaces: Vec<String> =
        made.iter().filter_map(|(_, object)| object.metadata.namespace.clone()).collect();
    namespaces.sort();
    namespaces.dedup();
    for namespace in namespaces {
        crate::operator::namespace(client, &format!("{prefix}{namespace}")).await;
    }
    let renamed: Vec<(ApiResource, DynamicObject)> = made
        .iter()
        .map(|(resource, object)| {
            let mut object = object.clone();
            match &mut object.metadata.namespace {
                Some(namespace) => namespace.insert_str(0, &prefix),
                None => object.metadata.name = object.metadata.name.map(|name| format!("{prefix}{name}")),
            }
            (resource.clone(), object)
        })
        .collect();
    let mut arrivals = Arrivals::watch(client, |namespace| namespace.starts_with("bare")).await;
    let began = Instant::now();
    stream::iter(&renamed)
        .for_each_concurrent(concurrency, |(resource, object)| objects::create(client, resource, object))
        .await;
    arrivals.last_of(renamed.len()).await.duration_since(began)
}
