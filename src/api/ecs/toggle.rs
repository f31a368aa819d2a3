//! The API's word for a switch.

use crate::api::ecs::ecs_enum;

ecs_enum! {
    /// A switch, as the API spells it.
    Toggle { Enabled = "ENABLED", Disabled = "DISABLED" }
}
