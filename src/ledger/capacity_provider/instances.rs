//! Managed instances.

use crate::ledger::row::table;

table! { INSTANCES "Managed instances" at "managedInstancesProvider";
    "" | "infrastructureRoleArn" | "propagateTags" | "infrastructureOptimization"
        | "infrastructureOptimization.scaleInAfter" | "autoRepairConfiguration"
        | "autoRepairConfiguration.actionsStatus" Lossy(ManagedInstancesNotStarted) stays
        "No instances are started, repaired or stopped.";
}

table! { TEMPLATE "Managed instances: template" at "managedInstancesProvider.instanceLaunchTemplate";
    "" | "ec2InstanceProfileArn" | "networkConfiguration" | "networkConfiguration.subnets"
        | "networkConfiguration.securityGroups" | "storageConfiguration"
        | "storageConfiguration.storageSizeGiB" | "localStorageConfiguration"
        | "localStorageConfiguration.useLocalStorage" | "monitoring" | "capacityOptionType"
        | "instanceMetadataTagsPropagation" | "fipsEnabled" | "capacityReservations"
        | "capacityReservations.reservationGroupArn" | "capacityReservations.reservationPreference"
        | "nitroEnclavesEnabled" Lossy(ManagedInstancesNotStarted) stays
        "Nodes are what the cluster's own node autoscaler starts.";
}

table! { REQUIREMENTS "Managed instances: requirements"
    at "managedInstancesProvider.instanceLaunchTemplate.instanceRequirements";
    "" | "vCpuCount" | "vCpuCount.min" | "vCpuCount.max" | "memoryMiB" | "memoryMiB.min" | "memoryMiB.max"
        | "cpuManufacturers" | "memoryGiBPerVCpu" | "memoryGiBPerVCpu.min" | "memoryGiBPerVCpu.max"
        | "excludedInstanceTypes" | "instanceGenerations" | "spotMaxPricePercentageOverLowestPrice"
        | "onDemandMaxPricePercentageOverLowestPrice" | "bareMetal" | "burstablePerformance"
        | "requireHibernateSupport" | "networkInterfaceCount" | "networkInterfaceCount.min"
        | "networkInterfaceCount.max" | "localStorage" | "localStorageTypes" | "totalLocalStorageGB"
        | "totalLocalStorageGB.min" | "totalLocalStorageGB.max" | "baselineEbsBandwidthMbps"
        | "baselineEbsBandwidthMbps.min" | "baselineEbsBandwidthMbps.max" | "acceleratorTypes"
        | "acceleratorCount" | "acceleratorCount.min" | "acceleratorCount.max" | "acceleratorManufacturers"
        | "acceleratorNames" | "acceleratorTotalMemoryMiB" | "acceleratorTotalMemoryMiB.min"
        | "acceleratorTotalMemoryMiB.max" | "networkBandwidthGbps" | "networkBandwidthGbps.min"
        | "networkBandwidthGbps.max" | "allowedInstanceTypes"
        | "maxSpotPriceAsPercentageOfOptimalOnDemandPrice" Lossy(ManagedInstancesNotStarted) stays
        "Instances are not chosen; nodes are told apart by their labels.";
}
