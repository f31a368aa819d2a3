//! Service Connect.

use crate::ledger::row::table;

table! { CONNECT "Service Connect" at "serviceConnectConfiguration";
    "" | "enabled" Exact deploys
        "Names lead to the tasks.";
    "namespace" Approximate(AliasNeedsDnsRewrite) deploys
        "The end of names; what is not the Kubernetes namespace needs a rule of the cluster's DNS.";
    "services" Approximate(ServiceConnectWithoutProxy) deploys
        "A Service for each name; no proxy stands behind it.";
    "containerConfigurations" | "containerConfigurations[].logLevel" Lossy(ServiceConnectNotApplied) deploys
        "There is no proxy that could log.";
}

table! { SERVICES "Service Connect: services" at "serviceConnectConfiguration.services[]";
    "portName" Approximate(L7BalancingLost) deploys
        "Port of the tasks behind the name; connections are balanced, not requests.";
    "discoveryName" | "clientAliases[].dnsName" Approximate(AliasNeedsDnsRewrite) deploys
        "Name of a Service; what DNS spells in another way needs a rule of the cluster's DNS.";
    "clientAliases" | "clientAliases[].port" Exact deploys
        "Port of the Service.";
    "clientAliases[].testTrafficRules" | "clientAliases[].testTrafficRules.header"
        | "clientAliases[].testTrafficRules.header.name"
        | "clientAliases[].testTrafficRules.header.value"
        | "clientAliases[].testTrafficRules.header.value.exact" Lossy(ServiceConnectNotApplied) deploys
        "Test traffic is not told apart.";
    "ingressPortOverride" NotApplicable(NotApplicable) deploys
        "No proxy listens; the container's own port does.";
    "timeout" | "timeout.idleTimeoutSeconds" | "timeout.perRequestTimeoutSeconds"
        Lossy(ServiceConnectNotApplied) deploys
        "No proxy ends idle connections or slow requests.";
    "tls" | "tls.issuerCertificateAuthority" | "tls.issuerCertificateAuthority.awsPcaAuthorityArn"
        | "tls.kmsKey" | "tls.roleArn" Lossy(ServiceConnectNotApplied) deploys
        "Traffic between tasks is not encrypted.";
}

table! { LOGS "Service Connect: logs" at "serviceConnectConfiguration";
    "logConfiguration" | "logConfiguration.logDriver" | "logConfiguration.options"
        | "logConfiguration.secretOptions" | "logConfiguration.secretOptions[].name"
        | "logConfiguration.secretOptions[].valueFrom" | "accessLogConfiguration"
        | "accessLogConfiguration.format" | "accessLogConfiguration.includeQueryParameters"
        Lossy(ServiceConnectNotApplied) deploys
        "There is no proxy that could log.";
}
