//! Properties by which instance types are chosen.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Properties that instance types have to have. All that are given have to hold; of several values in a list
/// one is enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceRequirements {
    /// Number of vCPUs.
    #[serde(rename = "vCpuCount", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub vcpu_count: Option<VCpuCountRange>,
    /// Memory in MiB.
    #[serde(rename = "memoryMiB", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub memory_mib: Option<MemoryMiBRange>,
    /// Makers of the processor. Default is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu_manufacturers: Vec<CpuManufacturer>,
    /// Memory per vCPU in GiB.
    #[serde(rename = "memoryGiBPerVCpu", skip_serializing_if = "Option::is_none")]
    pub memory_gib_per_vcpu: Option<MemoryGiBPerVCpuRange>,
    /// Instance types that are not used; `*` stands for any text, as in `m5.*`. Exclusive with
    /// `allowedInstanceTypes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 400))]
    pub excluded_instance_types: Vec<String>,
    /// `current` types, `previous` ones, or both, which is the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_generations: Vec<InstanceGeneration>,
    /// Leaves out types whose Spot price is more than this many percent above that of the cheapest fitting
    /// type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_max_price_percentage_over_lowest_price: Option<i32>,
    /// Leaves out types whose On-Demand price is more than this many percent above that of the cheapest
    /// fitting type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_demand_max_price_percentage_over_lowest_price: Option<i32>,
    /// Whether bare metal types are `included`, `required` or `excluded` (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bare_metal: Option<Inclusion>,
    /// Whether types with CPU credits are `included`, `required` or `excluded` (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burstable_performance: Option<Inclusion>,
    /// Whether only types that can hibernate are used. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_hibernate_support: Option<bool>,
    /// Number of network interfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_count: Option<NetworkInterfaceCountRange>,
    /// Whether types with disks of their own are `included` (the default), `required` or `excluded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_storage: Option<Inclusion>,
    /// Kinds of these disks: `hdd`, `ssd`. Default is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_storage_types: Vec<LocalStorageType>,
    /// Size of these disks together, in GB.
    #[serde(rename = "totalLocalStorageGB", skip_serializing_if = "Option::is_none")]
    pub total_local_storage_gb: Option<TotalLocalStorageGbRange>,
    /// Bandwidth to EBS that is always available, in Mbps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_ebs_bandwidth_mbps: Option<BaselineEbsBandwidthMbpsRange>,
    /// Kinds of accelerators: `gpu`, `fpga`, `inference`. Default is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_types: Vec<AcceleratorType>,
    /// Number of accelerators; a `max` of 0 excludes types that have any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerator_count: Option<AcceleratorCountRange>,
    /// Makers of the accelerators. Default is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_manufacturers: Vec<AcceleratorManufacturer>,
    /// Models of accelerators, for example `a100`. Default is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_names: Vec<AcceleratorName>,
    /// Memory of all accelerators together, in MiB.
    #[serde(rename = "acceleratorTotalMemoryMiB", skip_serializing_if = "Option::is_none")]
    pub accelerator_total_memory_mib: Option<AcceleratorTotalMemoryMiBRange>,
    /// Network bandwidth in Gbps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_bandwidth_gbps: Option<NetworkBandwidthGbpsRange>,
    /// The only instance types that are used; `*` stands for any text, as in `m5.*`. Exclusive with
    /// `excludedInstanceTypes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 400))]
    pub allowed_instance_types: Vec<String>,
    /// Leaves out types whose Spot price is above this many percent of the cheapest fitting On-Demand price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_spot_price_as_percentage_of_optimal_on_demand_price: Option<i32>,
}

/// Bounds of the number of vCPUs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VCpuCountRange {
    /// Fewest vCPUs; 0 means no lower bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub min: Option<i32>,
    /// Most vCPUs; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryMiBRange {
    /// Least memory in MiB; 0 means no lower bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub min: Option<i32>,
    /// Most memory in MiB; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the memory per vCPU.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryGiBPerVCpuRange {
    /// Least memory per vCPU in GiB; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Most memory per vCPU in GiB; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Bounds of the number of network interfaces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterfaceCountRange {
    /// Fewest network interfaces; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// Most network interfaces; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the size of an instance's own disks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotalLocalStorageGbRange {
    /// Least size in GB; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Most size in GB; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Bounds of the bandwidth to EBS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BaselineEbsBandwidthMbpsRange {
    /// Least bandwidth in Mbps; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// Most bandwidth in Mbps; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the number of accelerators.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorCountRange {
    /// Fewest accelerators; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// Most accelerators; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the accelerators' memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorTotalMemoryMiBRange {
    /// Least memory in MiB; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// Most memory in MiB; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// Bounds of the network bandwidth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkBandwidthGbpsRange {
    /// Least bandwidth in Gbps; no lower bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Most bandwidth in Gbps; no upper bound without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

ecs_enum! {
    /// Makers of processors.
    CpuManufacturer { Intel = "intel", Amd = "amd", AmazonWebServices = "amazon-web-services" }
}

ecs_enum! {
    /// Generations of instance types.
    InstanceGeneration { Current = "current", Previous = "previous" }
}

ecs_enum! {
    /// Whether instance types with a property are used.
    Inclusion { Included = "included", Required = "required", Excluded = "excluded" }
}

ecs_enum! {
    /// Kinds of disks.
    LocalStorageType { Hdd = "hdd", Ssd = "ssd" }
}

ecs_enum! {
    /// Kinds of accelerators.
    AcceleratorType { Gpu = "gpu", Fpga = "fpga", Inference = "inference" }
}

ecs_enum! {
    /// Makers of accelerators.
    AcceleratorManufacturer {
        AmazonWebServices = "amazon-web-services",
        Amd = "amd",
        Nvidia = "nvidia",
        Xilinx = "xilinx",
        Habana = "habana",
    }
}

ecs_enum! {
    /// Models of accelerators.
    AcceleratorName {
        A100 = "a100",
        Inferentia = "inferentia",
        K520 = "k520",
        K80 = "k80",
        M60 = "m60",
        RadeonProV520 = "radeon-pro-v520",
        T4 = "t4",
        Vu9p = "vu9p",
        V100 = "v100",
        A10g = "a10g",
        H100 = "h100",
        T4g = "t4g",
        L40s = "l40s",
        L4 = "l4",
    }
}
