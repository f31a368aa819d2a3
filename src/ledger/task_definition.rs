//! RegisterTaskDefinition.

use super::row::rows;

rows! {
    "family" Exact deploys
        "Names the object and, with the revision, what a service runs.";
    "taskRoleArn" Exact deploys
        "Annotation of the service's ServiceAccount; the role has to trust it.";
    "executionRoleArn" NotApplicable(ExecutionRoleNotUsed) deploys
        "Images are pulled and logs are shipped with the identity of the node, which has to be allowed to.";
    "networkMode" Approximate(NotYetTranslated) deploys
        "awsvpc and bridge become the pod's own network, host the node's.";
    "containerDefinitions" Exact deploys
        "The containers of the pod.";
    "containerDefinitions[].name" Exact deploys
        "The container's name, spelled as a DNS label.";
    "containerDefinitions[].image" Exact deploys
        "The image. Tags are not pinned to digests.";
    "containerDefinitions[].repositoryCredentials" NotYet deploys
        "Credentials of private registries become imagePullSecrets.";
    "containerDefinitions[].cpu" Exact deploys
        "A CPU request: a share, and no ceiling.";
    "containerDefinitions[].memory" Exact deploys
        "The memory limit.";
    "containerDefinitions[].memoryReservation" Exact deploys
        "The memory request.";
    "containerDefinitions[].links" NotYet deploys
        "Names of other containers become host aliases.";
    "containerDefinitions[].portMappings" Exact deploys
        "Ports of the container and of the service's Service.";
    "containerDefinitions[].portMappings[].hostPort" Approximate(DynamicHostPortDropped) deploys
        "A fixed port of the node stays one; a dynamic one is not needed.";
    "containerDefinitions[].portMappings[].containerPortRange" Approximate(PortRangeNotDeclared) deploys
        "Reachable at the task's address, on no Service.";
    "containerDefinitions[].essential" Approximate(NotYetTranslated) deploys
        "Every container is restarted by itself; none ends the task yet.";
    "containerDefinitions[].restartPolicy" NotYet deploys
        "Kubernetes restarts every container, whatever the policy says.";
    "containerDefinitions[].entryPoint" Exact deploys
        "command of the container; $(…) stays literal.";
    "containerDefinitions[].command" Exact deploys
        "args of the container; $(…) stays literal.";
    "containerDefinitions[].environment" Exact deploys
        "env of the container; $(…) stays literal.";
    "containerDefinitions[].environmentFiles" NotYet deploys
        "Files in S3 become a ConfigMap or Secret; the variables are missing until then.";
    "containerDefinitions[].mountPoints" Exact deploys
        "volumeMounts of the container.";
    "containerDefinitions[].volumesFrom" Approximate(ImageVolumesNotShared) deploys
        "The mounts of the other container are repeated; volumes that only its image declares are not shared.";
    "containerDefinitions[].linuxParameters" NotYet deploys
        "Capabilities, shared memory, tmpfs and devices are not applied.";
    "containerDefinitions[].secrets" NotYet deploys
        "Secrets come through External Secrets; the variables are missing until then.";
    "containerDefinitions[].dependsOn" NotYet deploys
        "The containers start together, in no order.";
    "containerDefinitions[].startTimeout" NotYet deploys
        "No start is given up because it takes long.";
    "containerDefinitions[].stopTimeout" NotYet deploys neutral "30"
        "Every container has Kubernetes' 30 seconds to stop.";
    "containerDefinitions[].versionConsistency" Exact deploys neutral "enabled"
        "Tags are never pinned to digests; write digests for that.";
    "containerDefinitions[].hostname" NotYet deploys
        "The container's host name is the pod's name.";
    "containerDefinitions[].user" Exact deploys
        "runAsUser and runAsGroup; names are refused, because only the image knows their numbers.";
    "containerDefinitions[].workingDirectory" Exact deploys
        "workingDir of the container.";
    "containerDefinitions[].disableNetworking" NotYet deploys
        "The container has the network of its task.";
    "containerDefinitions[].privileged" NotYet deploys
        "The container runs without privileges.";
    "containerDefinitions[].readonlyRootFilesystem" Exact deploys
        "readOnlyRootFilesystem of the container.";
    "containerDefinitions[].dnsServers" NotYet deploys
        "Names are resolved by the cluster's DNS.";
    "containerDefinitions[].dnsSearchDomains" NotYet deploys
        "Names are resolved by the cluster's DNS.";
    "containerDefinitions[].extraHosts" NotYet deploys
        "Entries of /etc/hosts become host aliases.";
    "containerDefinitions[].dockerSecurityOptions" NotYet deploys
        "The runtime's default profiles apply.";
    "containerDefinitions[].interactive" NotYet deploys
        "Standard input stays closed.";
    "containerDefinitions[].pseudoTerminal" NotYet deploys
        "There is no terminal.";
    "containerDefinitions[].dockerLabels" NotYet deploys
        "Labels become annotations of the pod.";
    "containerDefinitions[].ulimits" NotYet deploys
        "The node's limits apply.";
    "containerDefinitions[].logConfiguration" NotYet deploys
        "Output stays on the node, where kubectl logs reads it.";
    "containerDefinitions[].healthCheck" NotYet deploys
        "No probe checks the container.";
    "containerDefinitions[].systemControls" NotYet deploys
        "Kernel parameters keep the node's values.";
    "containerDefinitions[].resourceRequirements" NotYet deploys
        "No GPU is asked for.";
    "containerDefinitions[].firelensConfiguration" NotYet deploys
        "The log router runs as a plain container.";
    "containerDefinitions[].credentialSpecs" NotYet deploys
        "The container has no gMSA.";
    "volumes" Exact deploys
        "Volumes of the pod.";
    "volumes[].name" Exact deploys
        "The volume's name, spelled as a DNS label.";
    "volumes[].host" Approximate(VolumeContentNotCopied) deploys
        "An emptyDir, which hides what the image has at the mount path.";
    "volumes[].host.sourcePath" Exact deploys
        "A hostPath, by the privilege host-access; Docker's own socket does not exist on the nodes.";
    "volumes[].dockerVolumeConfiguration" Approximate(VolumeContentNotCopied) deploys
        "An emptyDir, which hides what the image has at the mount path.";
    "volumes[].dockerVolumeConfiguration.scope" Approximate(SharedVolumeOnNode) deploys
        "shared is a directory of the node for each namespace and volume.";
    "volumes[].dockerVolumeConfiguration.autoprovision" Approximate(SharedVolumeOnNode) deploys
        "Makes the directory of a shared volume where it is missing; without it the task does not start there.";
    "volumes[].dockerVolumeConfiguration.driver" Exact deploys
        "local; other drivers are refused.";
    "volumes[].dockerVolumeConfiguration.driverOpts" Approximate(DockerVolumeOptionsIgnored) deploys
        "NFS becomes a volume and a claim, tmpfs an emptyDir in memory, bind a hostPath; other types are refused.";
    "volumes[].dockerVolumeConfiguration.labels" NotApplicable(NotApplicable) deploys
        "No Docker keeps labels of volumes.";
    "volumes[].efsVolumeConfiguration" Exact deploys
        "A volume and a claim of the EFS CSI driver.";
    "volumes[].efsVolumeConfiguration.transitEncryptionPort" NotApplicable(NotApplicable) deploys
        "The driver chooses the port.";
    "volumes[].efsVolumeConfiguration.authorizationConfig.iam" Approximate(EfsIamUsesNodeIdentity) deploys
        "Mounted with the identity of the driver's node plugin.";
    "volumes[].s3filesVolumeConfiguration" Approximate(S3FilesNeedsDriver) deploys
        "A volume and a claim of the EFS CSI driver, mounted with the identity of its node plugin.";
    "volumes[].s3filesVolumeConfiguration.transitEncryptionPort" NotApplicable(NotApplicable) deploys
        "The driver chooses the port.";
    "volumes[].fsxWindowsFileServerVolumeConfiguration" Approximate(FsxServerAssumed) deploys
        "A volume and a claim of the SMB CSI driver.";
    "volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig" Approximate(VolumeSecretRequired) deploys
        "The account comes from a Secret, which has to be made.";
    "volumes[].configuredAtLaunch" Exact deploys
        "The service configures the volume.";
    "placementConstraints" Exact deploys
        "Required node affinity; what node labels cannot say is reported.";
    "requiresCompatibilities" Exact deploys
        "FARGATE applies Fargate's sizes and rules.";
    "cpu" Exact deploys
        "CPU request and limit of the pod, where the cluster has them; else shared out among the containers.";
    "memory" Exact deploys
        "Memory request and limit of the pod, where the cluster has them; else shared out among the containers.";
    "tags" NotYet stays
        "Tags become annotations.";
    "pidMode" NotYet deploys
        "Every container has process ids of its own.";
    "ipcMode" NotYet deploys
        "The containers of a pod share their IPC.";
    "proxyConfiguration" Lossy(NotYetTranslated) deploys
        "App Mesh has ended; no proxy is put in between.";
    "inferenceAccelerators" NotApplicable(NotApplicable) deploys
        "AWS has ended Elastic Inference.";
    "ephemeralStorage" NotYet deploys
        "The container's file system is as large as the node allows.";
    "runtimePlatform" Exact deploys
        "Node selector of architecture and operating system.";
    "enableFaultInjection" NotApplicable(NotApplicable) deploys
        "There is no ECS agent that could inject faults.";
    "trustedExecutionConfiguration" NotYet deploys
        "Tasks are isolated as containers are.";
    "kubernetes.revision" Exact stays
        "The least number of the next revision.";
    "kubernetes.deregistered" Exact stays
        "Revisions that nothing new may reference.";
    "kubernetes.containers.*.imagePullPolicy" Exact deploys
        "imagePullPolicy of the container.";
    "kubernetes.containers.*.oneShot" NotYet deploys
        "A container that ends is started again.";
    "kubernetes.containers.*.wrapComplete" NotYet deploys
        "Commands are not wrapped.";
    "kubernetes.essentialExit" NotYet deploys
        "A container that exits is restarted by itself.";
    "kubernetes.environmentFiles" NotYet deploys
        "The mapped objects are not read.";
}
