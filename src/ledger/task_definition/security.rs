//! Users, privileges and isolation.

use crate::ledger::row::table;

table! { SECURITY "Security" at "";
    "pidMode" Exact deploys needs HostAccess
        "host is hostPID, task shareProcessNamespace.";
    "ipcMode" Approximate(IpcAlwaysShared) deploys needs HostAccess
        "host is hostIPC; the containers of a pod always share theirs.";
    "containerDefinitions[].user" Exact deploys
        "runAsUser and runAsGroup; names are refused, because only the image knows their numbers.";
    "containerDefinitions[].privileged" Exact deploys needs HostAccess
        "privileged of the container.";
    "containerDefinitions[].readonlyRootFilesystem" Exact deploys
        "readOnlyRootFilesystem of the container.";
    "containerDefinitions[].dockerSecurityOptions" Approximate(GmsaNeedsCredentialSpec) deploys needs HostAccess
        "allowPrivilegeEscalation, AppArmor profile and SELinux options; what is unconfined, and any label but a confined type, needs a grant; a credential spec needs an object of the cluster.";
    "containerDefinitions[].credentialSpecs" Approximate(GmsaNeedsCredentialSpec) deploys
        "A GMSACredentialSpec of the cluster takes its place; the container has no gMSA until then.";
    "containerDefinitions[].linuxParameters.capabilities"
        | "containerDefinitions[].linuxParameters.capabilities.add"
        | "containerDefinitions[].linuxParameters.capabilities.drop" Exact deploys needs HostAccess
        "Capabilities of the container, drops before additions as on ECS; those that open the node need a grant.";
    "containerDefinitions[].linuxParameters.devices"
        | "containerDefinitions[].linuxParameters.devices[].hostPath"
        | "containerDefinitions[].linuxParameters.devices[].containerPath"
        | "containerDefinitions[].linuxParameters.devices[].permissions" Refused(DeviceNeedsPlugin) deploys needs HostAccess
        "A privileged container has all devices; to any other only a device plugin can give one.";
}
