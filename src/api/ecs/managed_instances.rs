//! Capacity providers whose EC2 instances ECS launches itself.

use super::instance_requirements::InstanceRequirements;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A capacity provider whose EC2 instances ECS launches, patches and replaces itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesProvider {
    /// ARN of the role with which ECS manages the instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub infrastructure_role_arn: Option<String>,
    /// What the instances are like.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub instance_launch_template: Option<InstanceLaunchTemplate>,
    /// Whether the instances get the tags of the provider: CAPACITY_PROVIDER or NONE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<ProviderPropagateTags>,
    /// When idle instances are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure_optimization: Option<InfrastructureOptimization>,
    /// What happens to impaired instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_repair_configuration: Option<AutoRepairConfiguration>,
}

/// When idle and hardly used instances are removed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InfrastructureOptimization {
    /// Seconds to wait before idle instances are removed, 0 to 3600; -1 keeps them. Without it ECS decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_after: Option<i32>,
}

/// What happens to impaired instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoRepairConfiguration {
    /// Whether impaired instances are replaced (ENABLED) or only reported (DISABLED).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_status: Option<Toggle>,
}

/// What the instances of a provider are like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceLaunchTemplate {
    /// ARN of the instance profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub ec2_instance_profile_arn: Option<String>,
    /// Subnets and security groups of the instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub network_configuration: Option<ManagedInstancesNetworkConfiguration>,
    /// Size of the data volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_configuration: Option<ManagedInstancesStorageConfiguration>,
    /// Use of disks that belong to the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_storage_configuration: Option<ManagedInstancesLocalStorageConfiguration>,
    /// CloudWatch metrics of the instances: BASIC (every five minutes) or DETAILED (every minute).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<InstanceMonitoring>,
    /// How the instances are bought: ON_DEMAND (the default), SPOT, or RESERVED from capacity reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_option_type: Option<CapacityOptionType>,
    /// Whether the tags of an instance can be read from its metadata service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags_propagation: Option<bool>,
    /// Properties that instance types have to have. Without it ECS chooses by what the tasks need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_requirements: Option<InstanceRequirements>,
    /// Whether cryptographic modules validated for FIPS 140 are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fips_enabled: Option<bool>,
    /// Capacity reservations to launch into. Only with RESERVED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservations: Option<CapacityReservation>,
    /// Whether the instances may run Nitro Enclaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nitro_enclaves_enabled: Option<bool>,
}

/// Network of the instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesNetworkConfiguration {
    /// Ids of the subnets to launch instances in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// Ids of the security groups of the instances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
}

/// Data volume of the instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesStorageConfiguration {
    /// Size of the data volume in GiB.
    #[serde(rename = "storageSizeGiB", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub storage_size_gib: Option<i32>,
}

/// Use of disks that belong to the instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesLocalStorageConfiguration {
    /// Whether the instance's own disks hold the data, where it has any, instead of an EBS volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_local_storage: Option<bool>,
}

/// Capacity reservations to launch into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityReservation {
    /// ARN of the resource group of the reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_group_arn: Option<String>,
    /// RESERVATIONS_ONLY, RESERVATIONS_FIRST (others when they are used up) or RESERVATIONS_EXCLUDED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_preference: Option<ReservationPreference>,
}

ecs_enum! {
    /// Whether instances get the tags of their provider.
    ProviderPropagateTags { CapacityProvider = "CAPACITY_PROVIDER", None = "NONE" }
}

ecs_enum! {
    /// How often CloudWatch metrics of an instance are published.
    InstanceMonitoring { Basic = "BASIC", Detailed = "DETAILED" }
}

ecs_enum! {
    /// How instances are bought.
    CapacityOptionType { OnDemand = "ON_DEMAND", Spot = "SPOT", Reserved = "RESERVED" }
}

ecs_enum! {
    /// Whether capacity reservations are used.
    ReservationPreference {
        ReservationsOnly = "RESERVATIONS_ONLY",
        ReservationsFirst = "RESERVATIONS_FIRST",
        ReservationsExcluded = "RESERVATIONS_EXCLUDED",
    }
}
