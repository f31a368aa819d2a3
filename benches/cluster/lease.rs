//! The operator's Lease, held back until everything is there.

use std::pin::pin;
use std::time::Instant;

use futures::TryStreamExt as _;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Client;
use kube::api::{Api, Patch, PatchParams, WatchEvent, WatchParams};
use serde_json::json;

const NAMESPACE: &str = "ecs-bridge";
const NAME: &str = "ecs-bridge";
const US: &str = "bench";

/// The Lease, held by this program.
pub(crate) struct Held {
    api: Api<Lease>,
}

impl Held {
    /// Takes the Lease, whoever has it.
    pub(crate) async fn take(client: &Client) -> Self {
        let api: Api<Lease> = Api::namespaced(client.clone(), NAMESPACE);
        let spec = LeaseSpec {
            holder_identity: Some(US.to_owned()),
            lease_duration_seconds: Some(3600),
            renew_time: Some(MicroTime(Timestamp::now())),
            ..LeaseSpec::default()
        };
        let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec});
        let params = PatchParams::apply(US).force();
        api.patch(NAME, &params, &Patch::Apply(&lease)).await.expect("the Lease");
        Self { api }
    }

    /// Gives it back; when the operator was seen to hold it.
    pub(crate) async fn release(self) -> Instant {
        let lease = self.api.get(NAME).await.expect("the Lease");
        let version = lease.metadata.resource_version.unwrap_or_default();
        let field = format!("metadata.name={NAME}");
        let params = WatchParams::default().fields(&field).timeout(60);
        let mut events = pin!(self.api.watch(&params, &version).await.expect("a watch"));
        let free = json!({"spec": {"holderIdentity": null}});
        self.api.patch(NAME, &PatchParams::default(), &Patch::Merge(&free)).await.expect("the Lease");
        while let Some(event) = events.try_next().await.expect("the watch of the Lease") {
            let at = Instant::now();
            if let WatchEvent::Modified(lease) = event
                && lease.spec.and_then(|spec| spec.holder_identity).is_some_and(|holder| holder != US)
            {
                return at;
            }
        }
        panic!("the operator did not take the Lease within a minute")
    }
}
