//! DOC module toggle

use crate::api::ecs::ecs_enum;

ecs_enum! {
    /// DOC enum Toggle
    Toggle { Enabled = "ENABLED", Disabled = "DISABLED" }
}
