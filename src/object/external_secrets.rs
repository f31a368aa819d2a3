//! What we write of the External Secrets operator's API (external-secrets.io/v1): the members that we set and no
//! others.

use std::collections::BTreeMap;

use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Where values come from, and who may read them.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "external-secrets.io",
    version = "v1",
    kind = "SecretStore",
    plural = "secretstores",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "A place in AWS from which External Secrets reads."
)]
pub struct SecretStoreSpec {
    /// Which one.
    pub provider: Provider,
}

/// Providers of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// Amazon Web Services.
    pub aws: AwsProvider,
}

/// A service of AWS in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AwsProvider {
    /// `SecretsManager` or `ParameterStore`.
    pub service: String,
    /// The Region.
    pub region: String,
    /// Role that is assumed, with `auth` or else with the identity of External Secrets itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// As whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AwsAuth>,
}

/// As whom AWS is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AwsAuth {
    /// As a ServiceAccount.
    pub jwt: AwsJwt,
}

/// A ServiceAccount's token for a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsJwt {
    /// The ServiceAccount; its annotation names the role.
    pub service_account_ref: NameRef,
}

/// An object of the same namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameRef {
    /// Its name.
    pub name: String,
}

/// A Secret that is kept equal to what stands in a store.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "external-secrets.io",
    version = "v1",
    kind = "ExternalSecret",
    plural = "externalsecrets",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "A Secret that External Secrets fills."
)]
#[serde(rename_all = "camelCase")]
pub struct ExternalSecretSpec {
    /// `Periodic`.
    pub refresh_policy: String,
    /// How often the value is read again.
    pub refresh_interval: String,
    /// Where it is read.
    pub secret_store_ref: StoreRef,
    /// The Secret.
    pub target: Target,
    /// What it holds.
    pub data: Vec<Data>,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreRef {
    /// `SecretStore` or `ClusterSecretStore`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The Secret that is filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `Owner`: it goes with the ExternalSecret.
    pub creation_policy: String,
    /// `Retain`: it stays when the value is gone from the store.
    pub deletion_policy: String,
    /// Its form, where it is not just the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
}

/// Form of a Secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// `v2`.
    pub engine_version: String,
    /// Type of the Secret.
    #[serde(rename = "type")]
    pub type_: String,
    /// Its data as Go templates over the values that were read.
    pub data: BTreeMap<String, String>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// Its key in the Secret.
    pub secret_key: String,
    /// Where it is in the store.
    pub remote_ref: RemoteRef,
}

/// A value in a store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteRef {
    /// Name or ARN.
    pub key: String,
    /// Path into the JSON that it is, in gjson's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// A stage, or `uuid/` and an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}
