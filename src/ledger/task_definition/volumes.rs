//! Volumes and what mounts them.

use crate::ledger::row::table;

table! { MOUNTS "Mounts" at "containerDefinitions[]";
    "mountPoints" | "mountPoints[].sourceVolume" | "mountPoints[].containerPath" Exact deploys
        "volumeMounts of the container.";
    "mountPoints[].readOnly" Exact deploys
        "readOnly of the mount.";
    "volumesFrom" | "volumesFrom[].sourceContainer" Approximate(ImageVolumesNotShared) deploys
        "The mounts of the other container are repeated; volumes that only its image declares are not shared.";
    "volumesFrom[].readOnly" Exact deploys
        "readOnly of the repeated mounts.";
}

table! { VOLUMES "Volumes" at "";
    "volumes" Approximate(VolumeContentNotCopied) deploys
        "Volumes of the pod; one of the task hides what the image has at the mount path.";
    "volumes[].name" Exact deploys
        "The volume's name, spelled as a DNS label.";
    "volumes[].host" Exact deploys
        "Without a path an emptyDir, as without it.";
    "volumes[].host.sourcePath" Exact deploys needs HostAccess
        "A hostPath; Docker's own socket does not exist on the nodes.";
    "volumes[].configuredAtLaunch" Exact deploys
        "The service's volumeConfigurations say what it is.";
}

table! { DOCKER "Docker volumes" at "volumes[].dockerVolumeConfiguration";
    "" Approximate(VolumeContentNotCopied) deploys
        "Of scope task an emptyDir, which hides what the image has at the mount path.";
    "scope" Approximate(SharedVolumeOnNode) deploys needs HostAccess
        "A shared volume is a directory of the node for each namespace and name.";
    "autoprovision" Exact deploys
        "The directory is made where it does not exist; without it, it has to exist.";
    "driver" Exact deploys
        "local; other drivers are refused, with what to use instead.";
    "driverOpts" Approximate(DockerVolumeOptionsIgnored) deploys
        "NFS becomes a volume and a claim, with the options of nfs(5) that stay between client and server; tmpfs an emptyDir in memory; bind a hostPath, which needs a grant; other types are refused.";
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
    "" Approximate(S3FilesNeedsDriver) deploys
        "A volume and a claim of the EFS CSI driver, mounted with the identity of its node plugin.";
    "fileSystemArn" Approximate(S3FilesNeedsDriver) deploys needs VolumeHandles
        "Its id is the volume's handle.";
    "rootDirectory" | "accessPointArn" Exact deploys
        "Part of the volume's handle.";
    "transitEncryptionPort" NotApplicable(NotApplicable) deploys
        "The driver chooses the port.";
}

table! { FSX "FSx for Windows" at "volumes[].fsxWindowsFileServerVolumeConfiguration";
    "" Exact deploys
        "A volume and a claim of the SMB CSI driver.";
    "fileSystemId" Approximate(FsxServerAssumed) deploys needs VolumeHandles
        "With the domain, the DNS name of the server.";
    "rootDirectory" Exact deploys
        "Share and directory.";
    "authorizationConfig" | "authorizationConfig.credentialsParameter" Approximate(VolumeSecretRequired) deploys
        "A Secret of the namespace, which has to be made with the printed command.";
    "authorizationConfig.domain" Exact deploys
        "With the id, the DNS name of the server; also part of the Secret.";
}
