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
    "containerDefinitions[].essential" Approximate(EssentialExitInPlace) deploys
        "When it exits it is restarted in place, alone or with the others; alone in its task that comes to the same.";
    "containerDefinitions[].restartPolicy" Approximate(RestartPeriodIgnored) deploys
        "The container is restarted in place, with the kubelet's back-off.";
    "containerDefinitions[].restartPolicy.ignoredExitCodes" Approximate(IgnoredExitCodesRestart) deploys
        "After these codes an essential container ends its task, where the cluster can do that.";
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
    "containerDefinitions[].volumesFrom" NotYet deploys
        "The mounts of the other container are repeated.";
    "containerDefinitions[].linuxParameters" NotYet deploys
        "Capabilities and devices are not applied.";
    "containerDefinitions[].linuxParameters.initProcessEnabled" Lossy(InitProcessNotApplied) deploys
        "The command is process 1: it has to forward signals and to reap its children itself, or the image brings tini.";
    "containerDefinitions[].linuxParameters.sharedMemorySize" Exact deploys
        "A volume in memory on /dev/shm, part of the container's memory.";
    "containerDefinitions[].linuxParameters.tmpfs" Exact deploys
        "A volume in memory, part of the container's memory.";
    "containerDefinitions[].linuxParameters.tmpfs[].mountOptions" Approximate(TmpfsOptionsDropped) deploys
        "ro becomes a read-only mount; what a volume in memory does not have anyway is dropped.";
    "containerDefinitions[].linuxParameters.maxSwap" Lossy(SwapNotApplied) deploys neutral "0"
        "How much a container may swap is set on the node, by the kubelet's memorySwap.";
    "containerDefinitions[].linuxParameters.swappiness" Lossy(SwapNotApplied) deploys
        "How readily pages are swapped out is set on the node.";
    "containerDefinitions[].secrets" NotYet deploys
        "Secrets come through External Secrets; the variables are missing until then.";
    "containerDefinitions[].dependsOn" Exact deploys
        "What others wait for is an init container or a sidecar, in the order that this asks for.";
    "containerDefinitions[].dependsOn[].condition" Approximate(CompleteTreatedAsSuccess) deploys
        "START: a sidecar. HEALTHY: a sidecar with a startup probe. SUCCESS: an init container. COMPLETE: the same, any exit code only with wrapComplete.";
    "containerDefinitions[].startTimeout" Approximate(StartTimeoutNotApplied) deploys
        "The budget of the startup probe that HEALTHY waits for; no limit for COMPLETE and SUCCESS.";
    "containerDefinitions[].stopTimeout" Approximate(StopTimeoutPodWide) deploys neutral "30"
        "Part of the pod's grace period: the longest of the containers that stop together, plus that of each sidecar.";
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
    "containerDefinitions[].interactive" Exact deploys
        "stdin of the container.";
    "containerDefinitions[].pseudoTerminal" Exact deploys
        "tty of the container.";
    "containerDefinitions[].dockerLabels" NotYet deploys
        "Labels become annotations of the pod.";
    "containerDefinitions[].ulimits" Lossy(UlimitsNotApplied) deploys
        "The node's limits apply, unless its containerd runs the NRI plugin ulimit-adjuster, for which the pod is annotated (ulimits.nri.containerd.io).";
    "containerDefinitions[].logConfiguration" NotYet deploys
        "Output stays on the node, where kubectl logs reads it.";
    "containerDefinitions[].healthCheck" Exact deploys
        "Startup and liveness probes that restart the container when ECS would replace the task.";
    "containerDefinitions[].healthCheck.command" Approximate(ReadAs) deploys
        "Command of the probes; $(…) stays literal.";
    "containerDefinitions[].systemControls" Approximate(UnsafeSysctl) deploys
        "sysctls of the pod; those that Kubernetes does not call safe have to be allowed on the node.";
    "containerDefinitions[].resourceRequirements" Approximate(DeviceNotRequested) deploys
        "Whole GPUs are a limit on nvidia.com/gpu.";
    "containerDefinitions[].resourceRequirements[].sharingStrategy" Approximate(GpuShareNotApplied) deploys
        "One nvidia.com/gpu, which is a share where the node's device plugin says so.";
    "containerDefinitions[].firelensConfiguration" NotYet deploys
        "The log router runs as a plain container.";
    "containerDefinitions[].credentialSpecs" NotYet deploys
        "The container has no gMSA.";
    "volumes" Exact deploys
        "Volumes of the pod.";
    "volumes[].dockerVolumeConfiguration.labels" NotApplicable(NotApplicable) deploys
        "No Docker keeps labels of volumes.";
    "volumes[].efsVolumeConfiguration" Exact deploys
        "A volume and a claim of the EFS CSI driver.";
    "volumes[].efsVolumeConfiguration.transitEncryptionPort" NotApplicable(NotApplicable) deploys
        "The driver chooses the port.";
    "volumes[].efsVolumeConfiguration.authorizationConfig.iam" Approximate(EfsIamUsesNodeIdentity) deploys
        "Mounted with the identity of the driver's node plugin.";
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
    "ephemeralStorage" Approximate(EphemeralStorageEvicts) deploys
        "Request and limit on ephemeral-storage of the first essential container; who exceeds it is replaced.";
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
    "kubernetes.containers.*.oneShot" Approximate(OneShotRunsFirst) deploys
        "Init: an init container. Shim: kept running when the command has ended.";
    "kubernetes.containers.*.wrapComplete" Exact deploys
        "A shell around the command that takes any exit code for success.";
    "kubernetes.essentialExit" Approximate(EssentialExitUnavailable) deploys
        "Restart policies of the containers, where the cluster has them.";
    "kubernetes.environmentFiles" NotYet deploys
        "The mapped objects are not read.";
}
