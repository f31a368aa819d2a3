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
    "volumeConfigurations[].managedEBSVolume.snapshotId" NotYet deploys needs Snapshots
        "The volume is empty: snapshots are not restored.";
    "volumeConfigurations[].managedEBSVolume.volumeInitializationRate" NotYet deploys
        "Goes with the snapshot.";
    "volumeConfigurations[].managedEBSVolume.roleArn" NotApplicable(NotApplicable) deploys
        "Volumes are made with the CSI driver's own role.";
}

table! { TAGS "EBS volumes: tags" at "volumeConfigurations[].managedEBSVolume";
    "tagSpecifications" | "tagSpecifications[].resourceType" | "tagSpecifications[].tags"
        | "tagSpecifications[].tags[].key" | "tagSpecifications[].tags[].value" Exact deploys
        "Tags of the volume.";
    "tagSpecifications[].propagateTags" NotYet deploys neutral "NONE"
        "Only the tags that stand here are set.";
}
