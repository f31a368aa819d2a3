//! Users, privileges and isolation.

use crate::ledger::row::table;

table! { SECURITY "Security" at "";
    "pidMode" NotYet deploys
        "Every container has process ids of its own.";
    "ipcMode" NotYet deploys
        "The containers of a pod share their IPC.";
    "containerDefinitions[].user" Exact deploys
        "runAsUser and runAsGroup; names are refused, because only the image knows their numbers.";
    "containerDefinitions[].privileged" NotYet deploys
        "The container runs without privileges.";
    "containerDefinitions[].readonlyRootFilesystem" Exact deploys
        "readOnlyRootFilesystem of the container.";
    "containerDefinitions[].dockerSecurityOptions" NotYet deploys
        "The runtime's default profiles apply.";
    "containerDefinitions[].credentialSpecs" NotYet deploys
        "The container has no gMSA.";
    "containerDefinitions[].linuxParameters.capabilities"
        | "containerDefinitions[].linuxParameters.capabilities.add"
        | "containerDefinitions[].linuxParameters.capabilities.drop" NotYet deploys
        "The container has the runtime's default capabilities.";
    "containerDefinitions[].linuxParameters.devices"
        | "containerDefinitions[].linuxParameters.devices[].hostPath"
        | "containerDefinitions[].linuxParameters.devices[].containerPath"
        | "containerDefinitions[].linuxParameters.devices[].permissions" NotYet deploys
        "Devices of the node are not there.";
}
