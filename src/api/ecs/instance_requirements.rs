//! DOC module instance_requirements

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC InstanceRequirements
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceRequirements {
    /// DOC InstanceRequirements.vCpuCount
    #[serde(rename = "vCpuCount", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub vcpu_count: Option<VCpuCountRange>,
    /// DOC InstanceRequirements.memoryMiB
    #[serde(rename = "memoryMiB", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub memory_mib: Option<MemoryMiBRange>,
    /// DOC InstanceRequirements.cpuManufacturers
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu_manufacturers: Vec<CpuManufacturer>,
    /// DOC InstanceRequirements.memoryGiBPerVCpu
    #[serde(rename = "memoryGiBPerVCpu", skip_serializing_if = "Option::is_none")]
    pub memory_gib_per_vcpu: Option<MemoryGiBPerVCpuRange>,
    /// DOC InstanceRequirements.excludedInstanceTypes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_instance_types: Vec<String>,
    /// DOC InstanceRequirements.instanceGenerations
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_generations: Vec<InstanceGeneration>,
    /// DOC InstanceRequirements.spotMaxPricePercentageOverLowestPrice
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_max_price_percentage_over_lowest_price: Option<i32>,
    /// DOC InstanceRequirements.onDemandMaxPricePercentageOverLowestPrice
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_max_price_percentage_over_lowest_price: Option<i32>,
    /// DOC InstanceRequirements.bareMetal
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bare_metal: Option<Inclusion>,
    /// DOC InstanceRequirements.burstablePerformance
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burstable_performance: Option<Inclusion>,
    /// DOC InstanceRequirements.requireHibernateSupport
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_hibernate_support: Option<bool>,
    /// DOC InstanceRequirements.networkInterfaceCount
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_count: Option<NetworkInterfaceCountRange>,
    /// DOC InstanceRequirements.localStorage
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_storage: Option<Inclusion>,
    /// DOC InstanceRequirements.localStorageTypes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_storage_types: Vec<LocalStorageType>,
    /// DOC InstanceRequirements.totalLocalStorageGB
    #[serde(rename = "totalLocalStorageGB", skip_serializing_if = "Option::is_none")]
    pub total_local_storage_gb: Option<TotalLocalStorageGbRange>,
    /// DOC InstanceRequirements.baselineEbsBandwidthMbps
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_ebs_bandwidth_mbps: Option<BaselineEbsBandwidthMbpsRange>,
    /// DOC InstanceRequirements.acceleratorTypes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_types: Vec<AcceleratorType>,
    /// DOC InstanceRequirements.acceleratorCount
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerator_count: Option<AcceleratorCountRange>,
    /// DOC InstanceRequirements.acceleratorManufacturers
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_manufacturers: Vec<AcceleratorManufacturer>,
    /// DOC InstanceRequirements.acceleratorNames
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_names: Vec<AcceleratorName>,
    /// DOC InstanceRequirements.acceleratorTotalMemoryMiB
    #[serde(rename = "acceleratorTotalMemoryMiB", skip_serializing_if = "Option::is_none")]
    pub accelerator_total_memory_mib: Option<AcceleratorTotalMemoryMiBRange>,
    /// DOC InstanceRequirements.networkBandwidthGbps
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_bandwidth_gbps: Option<NetworkBandwidthGbpsRange>,
    /// DOC InstanceRequirements.allowedInstanceTypes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_instance_types: Vec<String>,
    /// DOC InstanceRequirements.maxSpotPriceAsPercentageOfOptimalOnDemandPrice
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_spot_price_as_percentage_of_optimal_on_demand_price: Option<i32>,
}

/// DOC VCpuCountRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VCpuCountRange {
    /// DOC VCpuCountRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub min: Option<i32>,
    /// DOC VCpuCountRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC MemoryMiBRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryMiBRange {
    /// DOC MemoryMiBRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub min: Option<i32>,
    /// DOC MemoryMiBRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC MemoryGiBPerVCpuRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryGiBPerVCpuRange {
    /// DOC MemoryGiBPerVCpuRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// DOC MemoryGiBPerVCpuRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// DOC NetworkInterfaceCountRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterfaceCountRange {
    /// DOC NetworkInterfaceCountRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// DOC NetworkInterfaceCountRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC TotalLocalStorageGbRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotalLocalStorageGbRange {
    /// DOC TotalLocalStorageGbRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// DOC TotalLocalStorageGbRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// DOC BaselineEbsBandwidthMbpsRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BaselineEbsBandwidthMbpsRange {
    /// DOC BaselineEbsBandwidthMbpsRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// DOC BaselineEbsBandwidthMbpsRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC AcceleratorCountRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorCountRange {
    /// DOC AcceleratorCountRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// DOC AcceleratorCountRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC AcceleratorTotalMemoryMiBRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorTotalMemoryMiBRange {
    /// DOC AcceleratorTotalMemoryMiBRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// DOC AcceleratorTotalMemoryMiBRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// DOC NetworkBandwidthGbpsRange
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkBandwidthGbpsRange {
    /// DOC NetworkBandwidthGbpsRange.min
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// DOC NetworkBandwidthGbpsRange.max
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

ecs_enum! {
    /// DOC enum CpuManufacturer
    CpuManufacturer { Intel = "intel", Amd = "amd", AmazonWebServices = "amazon-web-services" }
}

ecs_enum! {
    /// DOC enum InstanceGeneration
    InstanceGeneration { Current = "current", Previous = "previous" }
}

ecs_enum! {
    /// DOC enum Inclusion
    Inclusion { Included = "included", Required = "required", Excluded = "excluded" }
}

ecs_enum! {
    /// DOC enum LocalStorageType
    LocalStorageType { Hdd = "hdd", Ssd = "ssd" }
}

ecs_enum! {
    /// DOC enum AcceleratorType
    AcceleratorType { Gpu = "gpu", Fpga = "fpga", Inference = "inference" }
}

ecs_enum! {
    /// DOC enum AcceleratorManufacturer
    AcceleratorManufacturer { AmazonWebServices = "amazon-web-services", Amd = "amd", Nvidia = "nvidia", Xilinx = "xilinx", Habana = "habana" }
}

ecs_enum! {
    /// DOC enum AcceleratorName
    AcceleratorName { A100 = "a100", Inferentia = "inferentia", K520 = "k520", K80 = "k80", M60 = "m60", RadeonProV520 = "radeon-pro-v520", T4 = "t4", Vu9p = "vu9p", V100 = "v100", A10g = "a10g", H100 = "h100", T4g = "t4g", L40s = "l40s", L4 = "l4" }
}
