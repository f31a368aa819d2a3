//! The three pure steps in order: plan, objects, status.

use crate::capabilities::Capabilities;
use crate::policy::Policy;

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
