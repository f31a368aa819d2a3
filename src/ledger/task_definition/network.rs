//! The network of a task.

use crate::ledger::row::table;

table! { NETWORK "Network" at "";
    "networkMode" Approximate(NetworkDeniedByPolicy) deploys needs HostAccess
        "awsvpc and bridge become the pod's own network, host the node's; none is a NetworkPolicy that denies everything.";
    "containerDefinitions[].links" Approximate(LinksShareAddress) deploys
        "Names of other containers are lines of /etc/hosts, at 127.0.0.1.";
    "containerDefinitions[].hostname" Approximate(HostnameApproximated) deploys
        "The pod's host name, which all of its containers have.";
    "containerDefinitions[].disableNetworking" Approximate(NetworkDeniedByPolicy) deploys
        "A NetworkPolicy that denies everything where every container asks for it; refused for one of several.";
    "containerDefinitions[].dnsServers" Approximate(DnsMerged) deploys
        "Nameservers of the pod, besides the cluster's.";
    "containerDefinitions[].dnsSearchDomains" Approximate(DnsMerged) deploys
        "Search domains of the pod, besides the cluster's.";
    "containerDefinitions[].extraHosts" | "containerDefinitions[].extraHosts[].hostname"
        | "containerDefinitions[].extraHosts[].ipAddress" Approximate(HostsAreShared) deploys
        "Host aliases of the pod, merged by address.";
}

table! { PORTS "Ports" at "containerDefinitions[]";
    "portMappings" | "portMappings[].containerPort" | "portMappings[].protocol" Exact deploys
        "Ports of the container and of the service's Service.";
    "portMappings[].hostPort" Approximate(DynamicHostPortDropped) deploys
        "A fixed port of the node stays one; a dynamic one is not needed.";
    "portMappings[].name" Approximate(NameChanged) deploys
        "The port's name in the pod and in the Service, spelled as Kubernetes accepts it.";
    "portMappings[].appProtocol" Exact deploys
        "appProtocol of the Service's port.";
    "portMappings[].containerPortRange" Approximate(PortRangeNotDeclared) deploys
        "Reachable at the task's address, on no Service.";
}

table! { PROXY "App Mesh" at "proxyConfiguration";
    "" | "type" | "containerName" | "properties" | "properties[].name" | "properties[].value"
        Lossy(ProxyConfigurationIgnored) deploys
        "App Mesh has ended: no proxy is put in front of the containers, and its own runs like any other container.";
}
