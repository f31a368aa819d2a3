//! RegisterTaskDefinition.

use super::row::rows;

rows! {
    "family" Exact deploys
        "Names the object and, with the revision, what a service runs.";
    "taskRoleArn" Exact deploys
        "Annotation of the service's ServiceAccount; the role has to trust it.";
    "executionRoleArn" NotApplicable(ExecutionRoleNotUsed) deploys
        "Images are pulled and logs are shipped with the identity of the node, which has to be allowed to.";
    "networkMode" Approximate(NetworkDeniedByPolicy) deploys
        "awsvpc and bridge become the pod's own network, host the node's; none is a NetworkPolicy that denies everything.";
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
    "containerDefinitions[].links" Approximate(LinksShareAddress) deploys
        "Names of other containers are lines of /etc/hosts, at 127.0.0.1.";
    "containerDefinitions[].portMappings" Exact deploys
        "Ports of the container and of the service's Service.";
    "containerDefinitions[].portMappings[].hostPort" Approximate(DynamicHostPortDropped) deploys
        "A fixed port of the node stays one; a dynamic one is not needed.";
    "containerDefinitions[].portMappings[].name" Approximate(NameChanged) deploys
        "The port's name in the pod and in the Service, spelled as Kubernetes accepts it.";
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
    "containerDefinitions[].volumesFrom" NotYet deploys
        "The mounts of the other container are repeated.";
    "containerDefinitions[].linuxParameters" NotYet deploys
        "Capabilities, shared memory, tmpfs and devices are not applied.";
    "containerDefinitions[].linuxParameters.capabilities" Exact deploys
        "Capabilities of the container, so that drops come first, as on ECS.";
    "containerDefinitions[].linuxParameters.devices" Approximate(DeviceNeedsPlugin) deploys
        "A privileged container has them all; for any other they are refused, because only a device plugin can give them.";
    "containerDefinitions[].secrets" NotYet deploys
        "Secrets come through External Secrets; the variables are missing until then.";
    "containerDefinitions[].dependsOn" NotYet deploys
        "The containers start together, in no order.";
    "containerDefinitions[].startTimeout" NotYet deploys
        "No start is given up because it takes long.";
    "containerDefinitions[].stopTimeout" NotYet deploys neutral "30"
        "Every container has Kubernetes' 30 seconds to stop.";
    "containerDefinitions[].versionConsistency" Approximate(ImageTagMutable) deploys
        "Tags are never pinned to digests; write digests for that.";
    "containerDefinitions[].hostname" Approximate(HostnameApproximated) deploys
        "The pod's host name, which all of its containers have.";
    "containerDefinitions[].user" Exact deploys
        "runAsUser and runAsGroup; names are refused, because only the image knows their numbers.";
    "containerDefinitions[].workingDirectory" Exact deploys
        "workingDir of the container.";
    "containerDefinitions[].disableNetworking" Approximate(NetworkDeniedByPolicy) deploys
        "A NetworkPolicy that denies everything where every container asks for it; refused for one of several.";
    "containerDefinitions[].privileged" Exact deploys
        "privileged of the container; the namespace has to be allowed to.";
    "containerDefinitions[].readonlyRootFilesystem" Exact deploys
        "readOnlyRootFilesystem of the container.";
    "containerDefinitions[].dnsServers" Approximate(DnsMerged) deploys
        "Nameservers of the pod, besides the cluster's.";
    "containerDefinitions[].dnsSearchDomains" Approximate(DnsMerged) deploys
        "Search domains of the pod, besides the cluster's.";
    "containerDefinitions[].extraHosts" Approximate(HostsAreShared) deploys
        "Host aliases of the pod, merged by address.";
    "containerDefinitions[].dockerSecurityOptions" Exact deploys
        "allowPrivilegeEscalation, AppArmor profile and SELinux options of the container.";
    "containerDefinitions[].interactive" NotYet deploys
        "Standard input stays closed.";
    "containerDefinitions[].pseudoTerminal" NotYet deploys
        "There is no terminal.";
    "containerDefinitions[].dockerLabels" Approximate(DockerLabelsAreAnnotations) deploys
        "Annotations of the pod.";
    "containerDefinitions[].ulimits" NotYet deploys
        "The node's limits apply.";
    "containerDefinitions[].logConfiguration" Approximate(LogDriverReplaced) deploys
        "Output stays on the node; annotations of the pod tell collectors where awslogs would send it.";
    "containerDefinitions[].logConfiguration.secretOptions" Approximate(LogSecretOptionsNotApplied) deploys
        "No log driver reads them; the collector on the nodes has to.";
    "containerDefinitions[].healthCheck" NotYet deploys
        "No probe checks the container.";
    "containerDefinitions[].systemControls" NotYet deploys
        "Kernel parameters keep the node's values.";
    "containerDefinitions[].resourceRequirements" NotYet deploys
        "No GPU is asked for.";
    "containerDefinitions[].firelensConfiguration" Approximate(FireLensNotConfigured) deploys
        "The router stays a container, with its image's configuration; FLUENT_HOST leads to it.";
    "containerDefinitions[].credentialSpecs" Approximate(GmsaNeedsCredentialSpec) deploys
        "A GMSACredentialSpec of the cluster takes its place; the container has no gMSA until then.";
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
    "tags" Approximate(TagsAreAnnotations) stays
        "Annotations of the workload, where a change restarts nothing.";
    "pidMode" Exact deploys
        "host is hostPID, task shareProcessNamespace.";
    "ipcMode" Approximate(IpcAlwaysShared) deploys
        "host is hostIPC; the containers of a pod always share theirs.";
    "proxyConfiguration" Lossy(ProxyConfigurationIgnored) deploys
        "App Mesh has ended: no proxy is put in front of the containers, and that of App Mesh runs like any other.";
    "inferenceAccelerators" NotApplicable(NotApplicable) deploys
        "AWS has ended Elastic Inference.";
    "ephemeralStorage" NotYet deploys
        "The container's file system is as large as the node allows.";
    "runtimePlatform" Exact deploys
        "Node selector of architecture and operating system.";
    "enableFaultInjection" NotApplicable(NotApplicable) deploys
        "There is no ECS agent that could inject faults.";
    "trustedExecutionConfiguration" Approximate(IsolationUnavailable) deploys
        "SHARED is what pods have; a sandbox is refused, because they have none.";
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
