//! CPU, memory, devices and the kernel's limits.

use crate::ledger::row::table;

table! { RESOURCES "Resources" at "containerDefinitions[]";
    "cpu" Exact deploys
        "A CPU request: a share, and no ceiling.";
    "memory" Exact deploys
        "The memory limit.";
    "memoryReservation" Exact deploys
        "The memory request.";
    "resourceRequirements" | "resourceRequirements[].type" | "resourceRequirements[].value"
        Approximate(DeviceNotRequested) deploys
        "Whole GPUs are a limit on nvidia.com/gpu.";
    "resourceRequirements[].sharingStrategy" | "resourceRequirements[].sharingStrategy.nvidiaMps"
        | "resourceRequirements[].sharingStrategy.nvidiaMps.memory"
        | "resourceRequirements[].sharingStrategy.nvidiaMps.maxComputePercent"
        Lossy(GpuShareNotApplied) deploys
        "One nvidia.com/gpu, which is a share where the node's device plugin says so.";
    "ulimits" | "ulimits[].name" | "ulimits[].softLimit" | "ulimits[].hardLimit" Lossy(UlimitsNotApplied) deploys
        "The node's limits apply, unless its containerd has the plugin that reads ulimits.nri.containerd.io.";
    "systemControls" | "systemControls[].namespace" Approximate(UnsafeSysctl) deploys
        "sysctls of the pod; those that Kubernetes does not call safe have to be allowed on the node.";
    "systemControls[].value" Exact deploys
        "Its value; all containers of a task have to agree.";
}

table! { LINUX "Linux parameters" at "containerDefinitions[].linuxParameters";
    "" Exact deploys
        "What the kernel does for the container.";
    "initProcessEnabled" Lossy(InitProcessNotApplied) deploys
        "The command is process 1: it has to forward signals and to reap its children itself.";
    "sharedMemorySize" Exact deploys
        "A volume in memory on /dev/shm, part of the container's memory.";
    "tmpfs" | "tmpfs[].containerPath" | "tmpfs[].size" Exact deploys
        "A volume in memory, part of the container's memory.";
    "tmpfs[].mountOptions" Approximate(TmpfsOptionsDropped) deploys
        "ro becomes a read-only mount; what a volume in memory does not have anyway is dropped.";
    "maxSwap" Lossy(SwapNotApplied) deploys neutral "0"
        "How much a container may swap is set on its node.";
    "swappiness" Lossy(SwapNotApplied) deploys
        "How readily pages are swapped out is set on the node.";
}
