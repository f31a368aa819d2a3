//! DOC module managed_instances

use super::instance_requirements::InstanceRequirements;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC ManagedInstancesProvider
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesProvider {
    /// DOC ManagedInstancesProvider.infrastructureRoleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub infrastructure_role_arn: Option<String>,
    /// DOC ManagedInstancesProvider.instanceLaunchTemplate
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub instance_launch_template: Option<InstanceLaunchTemplate>,
    /// DOC ManagedInstancesProvider.propagateTags
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_tags: Option<ProviderPropagateTags>,
    /// DOC ManagedInstancesProvider.infrastructureOptimization
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure_optimization: Option<InfrastructureOptimization>,
    /// DOC ManagedInstancesProvider.autoRepairConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_repair_configuration: Option<AutoRepairConfiguration>,
}

/// DOC InfrastructureOptimization
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InfrastructureOptimization {
    /// DOC InfrastructureOptimization.scaleInAfter
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_after: Option<i32>,
}

/// DOC AutoRepairConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoRepairConfiguration {
    /// DOC AutoRepairConfiguration.actionsStatus
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_status: Option<Toggle>,
}

/// DOC InstanceLaunchTemplate
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceLaunchTemplate {
    /// DOC InstanceLaunchTemplate.ec2InstanceProfileArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub ec2_instance_profile_arn: Option<String>,
    /// DOC InstanceLaunchTemplate.networkConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub network_configuration: Option<ManagedInstancesNetworkConfiguration>,
    /// DOC InstanceLaunchTemplate.storageConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_configuration: Option<ManagedInstancesStorageConfiguration>,
    /// DOC InstanceLaunchTemplate.localStorageConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_storage_configuration: Option<ManagedInstancesLocalStorageConfiguration>,
    /// DOC InstanceLaunchTemplate.monitoring
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<InstanceMonitoring>,
    /// DOC InstanceLaunchTemplate.capacityOptionType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_option_type: Option<CapacityOptionType>,
    /// DOC InstanceLaunchTemplate.instanceMetadataTagsPropagation
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags_propagation: Option<bool>,
    /// DOC InstanceLaunchTemplate.instanceRequirements
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_requirements: Option<InstanceRequirements>,
    /// DOC InstanceLaunchTemplate.fipsEnabled
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fips_enabled: Option<bool>,
    /// DOC InstanceLaunchTemplate.capacityReservations
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_reservations: Option<CapacityReservation>,
    /// DOC InstanceLaunchTemplate.nitroEnclavesEnabled
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nitro_enclaves_enabled: Option<bool>,
}

/// DOC ManagedInstancesNetworkConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesNetworkConfiguration {
    /// DOC ManagedInstancesNetworkConfiguration.subnets
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// DOC ManagedInstancesNetworkConfiguration.securityGroups
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
}

/// DOC ManagedInstancesStorageConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesStorageConfiguration {
    /// DOC ManagedInstancesStorageConfiguration.storageSizeGiB
    #[serde(rename = "storageSizeGiB", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub storage_size_gib: Option<i32>,
}

/// DOC ManagedInstancesLocalStorageConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedInstancesLocalStorageConfiguration {
    /// DOC ManagedInstancesLocalStorageConfiguration.useLocalStorage
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_local_storage: Option<bool>,
}

/// DOC CapacityReservation
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityReservation {
    /// DOC CapacityReservation.reservationGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_group_arn: Option<String>,
    /// DOC CapacityReservation.reservationPreference
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_preference: Option<ReservationPreference>,
}

ecs_enum! {
    /// DOC enum ProviderPropagateTags
    ProviderPropagateTags { CapacityProvider = "CAPACITY_PROVIDER", None = "NONE" }
}

ecs_enum! {
    /// DOC enum InstanceMonitoring
    InstanceMonitoring { Basic = "BASIC", Detailed = "DETAILED" }
}

ecs_enum! {
    /// DOC enum CapacityOptionType
    CapacityOptionType { OnDemand = "ON_DEMAND", Spot = "SPOT", Reserved = "RESERVED" }
}

ecs_enum! {
    /// DOC enum ReservationPreference
    ReservationPreference { ReservationsOnly = "RESERVATIONS_ONLY", ReservationsFirst = "RESERVATIONS_FIRST", ReservationsExcluded = "RESERVATIONS_EXCLUDED" }
}
