//! The shapes of the ECS and Application Auto Scaling APIs that the custom resources are made of.
//!
//! Names and nesting are the API's own, so that a request pastes under `spec:` as it is. The types are
//! permissive: every member is optional, and what a definition must have is decided by `model::validate`.

mod alarm;
mod asg_provider;
mod container;
mod deployment;
mod ebs;
mod environment;
mod gateway_connector;
mod instance_requirements;
mod lifecycle_hook;
mod linux;
mod load_balancer;
mod logging;
mod managed_instances;
mod monitoring;
mod network;
mod placement;
mod platform;
mod predictive;
mod scalar;
mod scaling;
mod service_connect;
mod target_tracking;
mod toggle;
mod volume;

pub use alarm::*;
pub use asg_provider::*;
pub use container::*;
pub use deployment::*;
pub use ebs::*;
pub use environment::*;
pub use gateway_connector::*;
pub use instance_requirements::*;
pub use lifecycle_hook::*;
pub use linux::*;
pub use load_balancer::*;
pub use logging::*;
pub use managed_instances::*;
pub use monitoring::*;
pub use network::*;
pub use placement::*;
pub use platform::*;
pub use predictive::*;
pub use scalar::*;
pub use scaling::*;
pub use service_connect::*;
pub use target_tracking::*;
pub use toggle::*;
pub use volume::*;

/// Declares an ECS enumeration: its variants, their spelling on the wire, and a schema that lists them.
///
/// The schema is a plain `enum` of strings, so that the API server's refusal names the legal values.
macro_rules! ecs_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $wire:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[allow(missing_docs, reason = "the spelling on the wire is the documentation")]
        #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "spelled as ECS spells it")]
        pub enum $name { $(#[serde(rename = $wire)] $variant),+ }

        impl $name {
            /// Every value, as it is spelled on the wire.
            pub const VALUES: &'static [&'static str] = &[$($wire),+];

            /// The spelling on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($wire),+] })
            }
        }
    };
}
use ecs_enum;
