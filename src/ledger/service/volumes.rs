//! EBS volumes of tasks.

use crate::ledger::row::table;

table! { VOLUMES "EBS volumes" at "";
    "volumeConfigurations" | "volumeConfigurations[].name" | "volumeConfigurations[].managedEBSVolume"
        Exact deploys
        "A generic ephemeral volume of each pod.";
    "volumeConfigurations[].managedEBSVolume.encrypted" | "volumeConfigurations[].managedEBSVolume.kmsKeyId"
        | "volumeConfigurations[].managedEBSVolume.volumeType"
        | "volumeConfigurations[].managedEBSVolume.iops" | "volumeConfigurations[].managedEBSVolume.throughput"
        | "volumeConfigurations[].managedEBSVolume.filesystemType" Exact deploys
        "Parameter of the volume's StorageClass.";
    "volumeConfigurations[].managedEBSVolume.sizeInGiB" Exact deploys
        "What the volume's claim asks for.";
    "volumeConfigurations[].managedEBSVolume.snapshotId" Exact deploys needs Snapshots
        "A volume snapshot that the claims start from; the snapshot itself is never deleted.";
    "volumeConfigurations[].managedEBSVolume.volumeInitializationRate" Exact deploys
        "Parameter of the volume's StorageClass.";
    "volumeConfigurations[].managedEBSVolume.roleArn" NotApplicable(NotApplicable) deploys
        "Volumes are made with the CSI driver's own role.";
}

table! { TAGS "EBS volumes: tags" at "volumeConfigurations[].managedEBSVolume";
    "tagSpecifications[].resourceType" Exact deploys
        "Always volume.";
    "tagSpecifications" | "tagSpecifications[].tags"
        | "tagSpecifications[].tags[].key" | "tagSpecifications[].tags[].value" Approximate(TagNotApplied) deploys
        "Tags of the volume, where the driver can tell key and value.";
    "tagSpecifications[].propagateTags" Exact deploys
        "The tags of the service or the task definition, as they are when a deployment starts.";
}
