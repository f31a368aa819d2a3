//! Service Connect.

use crate::ledger::row::table;

table! { CONNECT "Service Connect" at "serviceConnectConfiguration";
    "" | "enabled" | "namespace" | "services" | "containerConfigurations"
        | "containerConfigurations[].logLevel" Lossy(ServiceConnectNotApplied) deploys
        "No proxy stands between services, and aliases have no names.";
}

table! { SERVICES "Service Connect: services" at "serviceConnectConfiguration.services[]";
    "portName" | "discoveryName" | "clientAliases" | "clientAliases[].port" | "clientAliases[].dnsName"
        Lossy(ServiceConnectNotApplied) deploys
        "Aliases have no names; the Service's own name is in the cluster's DNS.";
    "clientAliases[].testTrafficRules" | "clientAliases[].testTrafficRules.header"
        | "clientAliases[].testTrafficRules.header.name"
        | "clientAliases[].testTrafficRules.header.value"
        | "clientAliases[].testTrafficRules.header.value.exact" Lossy(ServiceConnectNotApplied) deploys
        "Test traffic is not told apart.";
    "ingressPortOverride" Lossy(ServiceConnectNotApplied) deploys
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
