//! Keeps the Secret with the certificates and the webhook's configuration right. Every replica does: they share the
//! Secret, so all of them want the same, and writes go by the version that was read.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::ObjectMeta;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::certificate::Certificates;
use super::tls::Identity;
use crate::api::labels;
use crate::operator::context::Context;
use crate::operator::error::{Error, status};
use crate::operator::key::Name;
use crate::rbac;

/// How often it is looked whether all is right.
const EVERY: Duration = Duration::from_secs(60);
/// How long that may take: a connection that nobody answers on is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// What the webhook's objects are called.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// MutatingWebhookConfiguration.
    configuration: String,
    /// Secret.
    secret: Name,
    /// What the API server calls the webhook's Service.
    hosts: Vec<String>,
}

impl Names {
    /// Configuration and Service have the same name.
    pub(super) fn new(namespace: &str, name: &str) -> Self {
        Self {
            configuration: name.to_owned(),
            secret: Name::new(namespace, rbac::webhook_secret(name)),
            hosts: vec![format!("{name}.{namespace}.svc"), format!("{name}.{namespace}.svc.cluster.local")],
        }
    }
}

/// Keeps all right for as long as the process lives.
pub(super) async fn run(cx: Arc<Context>, names: Names, identity: Arc<Identity>) {
    let mut served = None;
    loop {
        let within = timeout(PATIENCE, round(&cx, &names, &identity, &mut served)).await;
        let late = |_| Err(Error::start("keep the webhook right", &"the API server does not answer"));
        let wait = match within.unwrap_or_else(late) {
            Ok(true) => EVERY,
            // Another replica was faster.
            Ok(false) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(reason = error.reason(), %error, "cannot keep the webhook right");
                RETRY
            }
        };
        sleep(wait).await;
    }
}

/// Whether everything is right now.
async fn round(
    cx: &Context,
    names: &Names,
    identity: &Identity,
    served: &mut Option<Certificates>,
) -> Result<bool, Error> {
    let Some(wanted) = certificates(cx, names, served.as_ref()).await? else {
        return Ok(false);
    };
    trust(cx, names, &wanted.authority).await?;
    if served.as_ref() != Some(&wanted) {
        let taken = identity.take(&wanted.certificate, &wanted.key);
        taken.map_err(|error| Error::start("serve the webhook", &error))?;
        tracing::info!("the webhook has a certificate");
        *served = Some(wanted);
    }
    Ok(true)
}

/// The certificates of the Secret, made or renewed where it is time; `None` where it has to be read again.
async fn certificates(
    cx: &Context,
    names: &Names,
    served: Option<&Certificates>,
) -> Result<Option<Certificates>, Error> {
    let api = Api::<Secret>::namespaced(cx.client.clone(), &names.secret.namespace);
    let failed = |verb: &'static str| move |error| Error::api(verb, "Secret", &names.secret, error);
    let found = api.get_opt(&names.secret.name).await.map_err(failed("get"))?;
    let known = found.as_ref().and_then(Certificates::read);
    let now = cx.time.now();
    let unmade = |error: rcgen::Error| Error::start("make a certificate", &error);
    // Where the Secret was lost, what is served and trusted already comes back.
    let wanted = match known.as_ref().or(served) {
        Some(known) => known.renewed(&names.hosts, now).map_err(unmade)?,
        None => Some(Certificates::new(&names.hosts, now).map_err(unmade)?),
    };
    let wanted = match (wanted, known, served) {
        (Some(wanted), ..) => wanted,
        (None, Some(known), _) => return Ok(Some(known)),
        (None, None, Some(served)) => served.clone(),
        (None, None, None) => return Ok(None),
    };
    let params = PostParams { field_manager: Some(labels::MANAGER.into()), ..PostParams::default() };
    cx.metrics.requested("Secret", if found.is_some() { "replace" } else { "create" });
    let written = match found {
        Some(mut secret) => {
            wanted.write(&mut secret);
            api.replace(&names.secret.name, &params, &secret).await
        }
        None => {
            let mut secret = Secret {
                metadata: ObjectMeta {
                    name: Some(names.secret.name.clone()),
                    labels: Some([(labels::MANAGED_BY.to_owned(), labels::MANAGED_BY_US.to_owned())].into()),
                    ..ObjectMeta::default()
                },
                ..Secret::default()
            };
            wanted.write(&mut secret);
            api.create(&params, &secret).await
        }
    };
    match written {
        Ok(_) => Ok(Some(wanted)),
        Err(error) if status(&error).is_some_and(|s| s.is_conflict() || s.is_already_exists()) => Ok(None),
        Err(error) => Err(failed("write")(error)),
    }
}

/// Has the API server trust an authority.
async fn trust(cx: &Context, names: &Names, authority: &str) -> Result<(), Error> {
    let api = Api::<MutatingWebhookConfiguration>::all(cx.client.clone());
    let name = &Name::new("", names.configuration.as_str());
    let failed =
        |verb: &'static str| move |error| Error::api(verb, "MutatingWebhookConfiguration", name, error);
    let found = api.get(&names.configuration).await.map_err(failed("get"))?;
    let bundle = ByteString(authority.as_bytes().to_vec());
    let webhooks = found.webhooks.unwrap_or_default();
    let differing =
        webhooks.iter().filter(|webhook| webhook.client_config.ca_bundle.as_ref() != Some(&bundle));
    let patched: Vec<_> = differing
        .map(|webhook| json!({"name": webhook.name, "clientConfig": {"caBundle": bundle}}))
        .collect();
    if patched.is_empty() {
        return Ok(());
    }
    let patch = json!({
        "metadata": {"uid": found.metadata.uid, "resourceVersion": found.metadata.resource_version},
        "webhooks": patched,
    });
    let params = PatchParams { field_manager: Some(labels::MANAGER.into()), ..PatchParams::default() };
    cx.metrics.requested("MutatingWebhookConfiguration", "trust");
    let patched = api.patch(&names.configuration, &params, &Patch::Strategic(&patch)).await;
    patched.map(drop).map_err(failed("patch"))
}
