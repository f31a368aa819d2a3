//! Secrets: what pods refer to, and what External Secrets needs to fill it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, EnvFromSource, EnvVar, EnvVarSource, LocalObjectReference, PodTemplateSpec,
    SecretEnvSource, SecretKeySelector, ServiceAccount,
};

use super::{identity, meta};
use crate::api::labels;
use crate::ecs::secret_ref::{Source as Kept, Version};
use crate::model::secret::{KEY, OwnStore, Purpose, Secret, Source, VariablesFrom};
use crate::model::task::{Container, Task};
use crate::model::{Service, secret};
use crate::object::Object;
use crate::object::external_secrets::{
    AwsAuth, AwsJwt, AwsProvider, Data, ExternalSecret, ExternalSecretSpec, NameRef, Provider, RemoteRef,
    SecretStore, SecretStoreSpec, StoreRef, Target, Template,
};

/// How often a value is read again. On ECS that is whenever a task starts.
const REFRESH: &str = "1h0m0s";
/// A change of this annotation makes External Secrets read again at once.
const FORCE_SYNC: &str = "force-sync";
/// Members of the JSON in which ECS keeps credentials of registries.
const CREDENTIALS: [&str; 2] = ["username", "password"];

/// Variables of a container that refer to Secrets. None is optional: without its value no container starts, as on
/// ECS. What the agent would set itself wins over them.
pub(super) fn variables(container: &Container) -> impl Iterator<Item = EnvVar> {
    let free =
        |(variable, _): &&(String, String)| !container.environment.iter().any(|(name, _)| name == variable);
    container.variables.secrets.iter().filter(free).map(|(variable, secret)| EnvVar {
        name: variable.clone(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: secret.clone(),
                key: KEY.to_owned(),
                optional: None,
            }),
            ..EnvVarSource::default()
        }),
    })
}

/// Environment files. On ECS the first that has a variable wins, on Kubernetes the last.
pub(super) fn variables_from(container: &Container) -> Vec<EnvFromSource> {
    let source = |source: &VariablesFrom| match source.clone() {
        VariablesFrom::ConfigMap(name) => EnvFromSource {
            config_map_ref: Some(ConfigMapEnvSource { name, optional: None }),
            ..EnvFromSource::default()
        },
        VariablesFrom::Secret(name) => EnvFromSource {
            secret_ref: Some(SecretEnvSource { name, optional: None }),
            ..EnvFromSource::default()
        },
    };
    container.variables.files.iter().rev().map(source).collect()
}

/// Credentials of the registries that a task's images come from.
pub(super) fn pull(task: &Task) -> Vec<LocalObjectReference> {
    task.pull_secrets.iter().map(|name| LocalObjectReference { name: name.clone() }).collect()
}

/// What External Secrets fills the service's Secrets from. Each deployment makes it read again, as each makes ECS.
pub(super) fn objects(service: &Service, templates: &BTreeMap<String, PodTemplateSpec>) -> Vec<Object> {
    let mut stores: Vec<&OwnStore> = Vec::new();
    let mut filled = Vec::new();
    let deployment = templates.values().find_map(deployment);
    for secret in &service.task.secrets {
        let store = match &secret.source {
            Source::Hand => continue,
            Source::Store(store) => store.clone(),
            Source::OwnStore(store) => {
                stores.push(store);
                StoreRef { kind: "SecretStore".to_owned(), name: store.name.clone() }
            }
        };
        filled.push(external(service, secret, store, deployment).into());
    }
    stores.sort();
    stores.dedup();
    let reader = stores.iter().find(|store| store.service_account.is_some());
    let mut objects: Vec<Object> =
        reader.map(|store| reader_account(service, store).into()).into_iter().collect();
    objects.extend(stores.into_iter().map(|own| store(service, own).into()));
    objects.extend(filled);
    objects
}

fn deployment(template: &PodTemplateSpec) -> Option<&str> {
    template.metadata.as_ref()?.labels.as_ref()?.get(labels::DEPLOYMENT_ID).map(String::as_str)
}

/// The ServiceAccount that has the execution role. No pod runs as it.
fn reader_account(service: &Service, store: &OwnStore) -> ServiceAccount {
    identity::account(service, &secret::execution_account(&service.name.label), Some(&store.role))
}

fn store(service: &Service, own: &OwnStore) -> SecretStore {
    let auth = own
        .service_account
        .clone()
        .map(|name| AwsAuth { jwt: AwsJwt { service_account_ref: NameRef { name } } });
    let mut object = SecretStore::new(
        &own.name,
        SecretStoreSpec {
            provider: Provider {
                aws: AwsProvider {
                    service: own.service.to_owned(),
                    region: own.region.clone(),
                    role: auth.is_none().then(|| own.role.clone()),
                    auth,
                },
            },
        },
    );
    object.metadata = meta::owned(service, &own.name);
    object
}

fn external(service: &Service, secret: &Secret, store: StoreRef, deployment: Option<&str>) -> ExternalSecret {
    let (keys, template): (Vec<(&str, Option<&str>)>, _) = match &secret.purpose {
        Purpose::Variable => (vec![(KEY, None)], None),
        Purpose::Registry { host } => {
            (CREDENTIALS.map(|member| (member, Some(member))).to_vec(), Some(docker_configuration(host)))
        }
    };
    let data = keys
        .into_iter()
        .map(|(key, member)| Data { secret_key: key.to_owned(), remote_ref: remote(secret, member) });
    let mut object = ExternalSecret::new(
        &secret.name,
        ExternalSecretSpec {
            refresh_policy: "Periodic".to_owned(),
            refresh_interval: REFRESH.to_owned(),
            secret_store_ref: store,
            target: Target {
                name: secret.name.clone(),
                creation_policy: "Owner".to_owned(),
                deletion_policy: "Retain".to_owned(),
                template,
            },
            data: data.collect(),
        },
    );
    object.metadata = meta::owned(service, &secret.name);
    if let Some(id) = deployment {
        object.metadata.annotations.get_or_insert_default().insert(FORCE_SYNC.to_owned(), id.to_owned());
    }
    object
}

/// Where a value is in its store; `member` of it, or what the reference says.
fn remote(secret: &Secret, member: Option<&str>) -> RemoteRef {
    match &secret.reference.source {
        Kept::Parameter { parameter } => RemoteRef { key: parameter.clone(), property: None, version: None },
        Kept::SecretsManager { secret, json_key, version } => RemoteRef {
            key: secret.clone(),
            property: member.or(json_key.as_deref()).map(path),
            version: match version {
                Version::Current => None,
                Version::Stage(stage) => Some(stage.clone()),
                Version::Id(id) => Some(format!("uuid/{id}")),
            },
        },
    }
}

/// A member's name as a gjson path: what means something there is escaped.
fn path(key: &str) -> String {
    let mut path = String::new();
    for c in key.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '_' | '-') {
            path.push('\\');
        }
        path.push(c);
    }
    path
}

/// Docker's configuration with the credentials of one registry, as a Go template over them.
fn docker_configuration(host: &str) -> Template {
    let configuration = format!(
        r#"{{"auths":{{"{host}":{{"username":{{{{ .username | toJson }}}},"password":{{{{ .password | toJson }}}},"auth":"{{{{ printf "%s:%s" .username .password | b64enc }}}}"}}}}}}"#
    );
    Template {
        engine_version: "v2".to_owned(),
        type_: "kubernetes.io/dockerconfigjson".to_owned(),
        data: [(".dockerconfigjson".to_owned(), configuration)].into(),
    }
}

#[cfg(test)]
mod tests;
