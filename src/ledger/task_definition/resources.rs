//! CPU, memory, devices and the kernel's limits.

use crate::ledger::row::table;

table! { RESOURCES "Resources" at "containerDefinitions[]";
    "cpu" Exact deploys
        "A CPU request: a share, and no ceiling.";
    "memory" Exact deploys
        "The memory limit.";
    "memoryReservation" Exact deploys
        "The memory request.";
    "resourceRequirements" | "resourceRequirements[].type" | "resourceRequirements[].value" NotYet deploys
        "No GPU is asked for.";
    "resourceRequirements[].sharingStrategy" | "resourceRequirements[].sharingStrategy.nvidiaMps"
        | "resourceRequirements[].sharingStrategy.nvidiaMps.memory"
        | "resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent" NotYet deploys
        "A GPU is not shared.";
    "ulimits" | "ulimits[].name" | "ulimits[].softLimit" | "ulimits[].hardLimit" NotYet deploys
        "The node's limits apply.";
    "systemControls" | "systemControls[].namespace" | "systemControls[].value" NotYet deploys
        "Kernel parameters keep the node's values.";
}

table! { LINUX "Linux parameters" at "containerDefinitions[].linuxParameters";
    "" NotYet deploys
        "Capabilities, shared memory, tmpfs and devices are not applied.";
    "initProcessEnabled" NotYet deploys
        "The container's own process is the first one.";
    "sharedMemorySize" NotYet deploys
        "/dev/shm has the runtime's 64 MiB.";
    "tmpfs" | "tmpfs[].containerPath" | "tmpfs[].size" | "tmpfs[].mountOptions" NotYet deploys
        "No memory is mounted.";
    "maxSwap" | "swappiness" NotYet deploys
        "Swap is the node's business.";
}
