//! The three pure steps in order: plan, objects, status.

use k8s_openapi::api::core::v1::ServiceAccount;
use kube::core::ObjectMeta;

use crate::capabilities::Capabilities;
use crate::finding::{Code, Finding};
use crate::object::Object;
use crate::policy::Policy;
use crate::rollout::Inputs;

/// What validation and translation have to know besides the definitions themselves.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// `metadata.name` of the EcsService.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What the namespace may ask for.
    pub policy: Policy,
    /// What the cluster can do.
    pub capabilities: Capabilities,
    /// Chart value `defaultArchitecture`: `kubernetes.io/arch` of Fargate-style tasks that do not say, `amd64` or `arm64`.
    pub default_architecture: String,
}

/// What would be made of a service, without a cluster: its objects, and what there is to say.
#[must_use]
pub fn offline(inputs: &Inputs, context: &Context) -> (Vec<Object>, Vec<Finding>) {
    let account = ServiceAccount {
        metadata: ObjectMeta {
            name: Some(context.name.clone()),
            namespace: Some(context.namespace.clone()),
            ..ObjectMeta::default()
        },
        ..ServiceAccount::default()
    };
    let message = "This version renders the ServiceAccount alone.";
    let finding = Finding::new(Code::NotYetTranslated, "", message);
    let _ = inputs;
    (vec![account.into()], vec![finding])
}
