//! The network of a task.

use crate::ledger::row::table;

table! { NETWORK "Network" at "";
    "networkMode" Approximate(NotYetTranslated) deploys
        "awsvpc and bridge become the pod's own network, host the node's.";
    "containerDefinitions[].links" NotYet deploys
        "Names of other containers become host aliases.";
    "containerDefinitions[].hostname" NotYet deploys
        "The container's host name is the pod's name.";
    "containerDefinitions[].disableNetworking" NotYet deploys
        "The container has the network of its task.";
    "containerDefinitions[].dnsServers" NotYet deploys
        "Names are resolved by the cluster's DNS.";
    "containerDefinitions[].dnsSearchDomains" NotYet deploys
        "Names are resolved by the cluster's DNS.";
    "containerDefinitions[].extraHosts" | "containerDefinitions[].extraHosts[].hostname"
        | "containerDefinitions[].extraHosts[].ipAddress" NotYet deploys
        "Entries of /etc/hosts become host aliases.";
}

table! { PORTS "Ports" at "containerDefinitions[]";
    "portMappings" | "portMappings[].containerPort" | "portMappings[].protocol" Exact deploys
        "Ports of the container and of the service's Service.";
    "portMappings[].hostPort" Approximate(DynamicHostPortDropped) deploys
        "A fixed port of the node stays one; a dynamic one is not needed.";
    "portMappings[].name" Exact deploys
        "The port's name.";
    "portMappings[].appProtocol" Exact deploys
        "appProtocol of the Service's port.";
    "portMappings[].containerPortRange" Approximate(PortRangeNotDeclared) deploys
        "Reachable at the task's address, on no Service.";
}

table! { PROXY "App Mesh" at "proxyConfiguration";
    "" | "type" | "containerName" | "properties" | "properties[].name" | "properties[].value"
        Lossy(NotYetTranslated) deploys
        "App Mesh has ended; no proxy is put in between.";
}
