//! What a container is.

use crate::ledger::row::table;

table! { CONTAINER "Containers" at "containerDefinitions[]";
    "name" Exact deploys
        "The container's name, spelled as a DNS label.";
    "image" Exact deploys
        "The image. Tags are not pinned to digests.";
    "versionConsistency" Approximate(ImageTagMutable) deploys
        "Tags are never pinned to digests; write digests for that.";
    "repositoryCredentials" Exact deploys
        "One of the pod's imagePullSecrets.";
    "repositoryCredentials.credentialsParameter" Approximate(SecretToFill) deploys needs Roles
        "External Secrets makes the Secret where it is installed; else the finding has the command that does.";
    "entryPoint" Exact deploys
        "command of the container; $(…) stays literal.";
    "command" Exact deploys
        "args of the container; $(…) stays literal.";
    "workingDirectory" Exact deploys
        "workingDir of the container.";
    "interactive" Exact deploys
        "stdin of the container.";
    "pseudoTerminal" Exact deploys
        "tty of the container, and its stdin.";
    "dockerLabels" Approximate(DockerLabelsAreAnnotations) deploys
        "Annotations of the pod.";
}
