//! Volumes and what mounts them.

use crate::ledger::row::table;

table! { MOUNTS "Mounts" at "containerDefinitions[]";
    "mountPoints" | "mountPoints[].sourceVolume" | "mountPoints[].containerPath" Exact deploys
        "volumeMounts of the container.";
    "mountPoints[].readOnly" Exact deploys
        "readOnly of the mount.";
    "volumesFrom" | "volumesFrom[].sourceContainer" | "volumesFrom[].readOnly" NotYet deploys
        "The mounts of the other container are repeated.";
}

table! { VOLUMES "Volumes" at "";
    "volumes" Exact deploys
        "Volumes of the pod.";
    "volumes[].name" Exact deploys
        "The volume's name, spelled as a DNS label.";
    "volumes[].host" Exact deploys
        "Without a path, a volume that is empty when the task starts.";
    "volumes[].host.sourcePath" Exact deploys needs HostAccess
        "A path of the node.";
    "volumes[].configuredAtLaunch" Exact deploys
        "The service's volumeConfigurations say what it is.";
}

table! { DOCKER "Docker volumes" at "volumes[].dockerVolumeConfiguration";
    "" Exact deploys
        "A volume that is empty when the task starts; what would outlive it is refused.";
    "scope" | "autoprovision" | "driver" | "driverOpts" Exact deploys
        "Only what says the same as a volume of the task is accepted.";
    "labels" NotApplicable(NotApplicable) deploys
        "No Docker keeps labels of volumes.";
}

table! { EFS "EFS" at "volumes[].efsVolumeConfiguration";
    "" Exact deploys
        "A volume and a claim of the EFS CSI driver.";
    "fileSystemId" Exact deploys needs VolumeHandles
        "The volume's handle.";
    "rootDirectory" Exact deploys
        "Part of the volume's handle.";
    "transitEncryption" Exact deploys
        "Mount option of the driver.";
    "transitEncryptionPort" NotApplicable(NotApplicable) deploys
        "The driver chooses the port.";
    "authorizationConfig" Exact deploys
        "What the mount is allowed with.";
    "authorizationConfig.accessPointId" Exact deploys
        "Part of the volume's handle.";
    "authorizationConfig.iam" Approximate(EfsIamUsesNodeIdentity) deploys
        "Mounted with the identity of the driver's node plugin.";
}

table! { S3FILES "S3 Files" at "volumes[].s3filesVolumeConfiguration";
    "" | "fileSystemArn" | "rootDirectory" | "transitEncryptionPort" | "accessPointArn"
        Refused(VolumeUnsupported) deploys
        "No driver mounts it.";
}

table! { FSX "FSx for Windows" at "volumes[].fsxWindowsFileServerVolumeConfiguration";
    "" | "fileSystemId" | "rootDirectory" | "authorizationConfig"
        | "authorizationConfig.credentialsParameter" | "authorizationConfig.domain"
        Refused(VolumeUnsupported) deploys
        "Windows tasks are not run.";
}
