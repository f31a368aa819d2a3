//! What a task definition says about the task as a whole.

use crate::ledger::row::table;

table! { TASK "The task" at "";
    "family" Exact deploys
        "Names the object and, with the revision, what a service runs.";
    "taskRoleArn" Approximate(TrustPolicyChangeRequired) deploys needs Roles
        "The role of the service's ServiceAccount, once it trusts that.";
    "executionRoleArn" Approximate(ExecutionRoleNotUsed) deploys needs Roles
        "External Secrets reads with it, and no pod has it; images are pulled with the identity of the node.";
    "containerDefinitions" Exact deploys
        "The containers of the pod.";
    "placementConstraints" | "placementConstraints[].type" Exact deploys
        "Required node affinity.";
    "placementConstraints[].expression" Approximate(AutoscalerBlind) deploys needs NodeLabels
        "Required node affinity; the operator labels nodes with what their own labels do not say. What changes with every task is reported.";
    "requiresCompatibilities" Exact deploys
        "FARGATE applies Fargate's sizes and rules.";
    "cpu" Exact deploys
        "CPU request and limit of the pod, where the cluster has them; else shared out among the containers.";
    "memory" Exact deploys
        "Memory request and limit of the pod, where the cluster has them; else shared out among the containers.";
    "ephemeralStorage" | "ephemeralStorage.sizeInGiB" Approximate(EphemeralStorageEvicts) deploys
        "Request and limit of the first essential container; a task that exceeds it is replaced.";
    "tags" | "tags[].key" | "tags[].value" Approximate(TagsAreAnnotations) stays
        "Annotations of the workload, where a change restarts nothing.";
    "inferenceAccelerators" | "inferenceAccelerators[].deviceName" | "inferenceAccelerators[].deviceType"
        NotApplicable(NotApplicable) deploys
        "AWS has ended Elastic Inference.";
    "enableFaultInjection" NotApplicable(NotApplicable) deploys
        "There is no ECS agent that could inject faults.";
}

table! { PLATFORM "Where it can run" at "";
    "runtimePlatform" Exact deploys
        "Node selector of architecture and operating system.";
    "runtimePlatform.cpuArchitecture" Exact deploys
        "Node selector kubernetes.io/arch.";
    "runtimePlatform.operatingSystemFamily" Exact deploys
        "Node selector kubernetes.io/os.";
    "trustedExecutionConfiguration" | "trustedExecutionConfiguration.isolationMode"
        | "trustedExecutionConfiguration.attestationPolicy" Refused(IsolationUnavailable) deploys
        "SHARED is what pods have; a sandbox is refused, because they have none.";
}
