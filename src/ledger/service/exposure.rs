//! How the tasks are found and reached.

use crate::ledger::row::table;

table! { LOAD_BALANCERS "Load balancers" at "";
    "loadBalancers" | "loadBalancers[].containerName" | "loadBalancers[].containerPort" Exact deploys
        "The container and port have to exist; the port is on the service's Service.";
    "loadBalancers[].targetGroupArn" Lossy(TargetGroupNotAttached) deploys needs TargetGroups
        "The target group does not get the tasks.";
    "loadBalancers[].loadBalancerName" Lossy(ClassicLoadBalancerUnsupported) deploys
        "The classic load balancer does not get the tasks.";
    "loadBalancers[].advancedConfiguration" | "loadBalancers[].advancedConfiguration.alternateTargetGroupArn"
        | "loadBalancers[].advancedConfiguration.productionListenerRule"
        | "loadBalancers[].advancedConfiguration.testListenerRule"
        | "loadBalancers[].advancedConfiguration.roleArn" Lossy(TrafficShiftNotApplied) deploys
        "Listener rules are not touched, and traffic is not shifted between target groups.";
}

table! { REGISTRIES "Service discovery" at "";
    "serviceRegistries" | "serviceRegistries[].registryArn" | "serviceRegistries[].port"
        | "serviceRegistries[].containerName" | "serviceRegistries[].containerPort"
        Lossy(ServiceRegistryNotApplied) deploys
        "Names are not registered in Cloud Map; the Service's name is in the cluster's DNS.";
}

table! { LATTICE "VPC Lattice" at "";
    "vpcLatticeConfigurations" | "vpcLatticeConfigurations[].roleArn"
        | "vpcLatticeConfigurations[].targetGroupArn" | "vpcLatticeConfigurations[].portName"
        | "vpcLatticeConfigurations[].advancedConfiguration"
        | "vpcLatticeConfigurations[].advancedConfiguration.alternateTargetGroupArn"
        | "vpcLatticeConfigurations[].advancedConfiguration.productionListenerRule"
        | "vpcLatticeConfigurations[].advancedConfiguration.testListenerRule"
        Lossy(VpcLatticeNotAttached) deploys
        "The VPC Lattice target group does not get the tasks.";
}

table! { GATEWAY "Gateway connectors" at "";
    "gatewayConnectors" | "gatewayConnectors[].portName"
        | "gatewayConnectors[].healthCheck"
        | "gatewayConnectors[].healthCheck.healthCheckProtocol"
        | "gatewayConnectors[].healthCheck.healthCheckPort"
        | "gatewayConnectors[].healthCheck.healthCheckPath"
        | "gatewayConnectors[].healthCheck.healthCheckTimeoutSeconds"
        | "gatewayConnectors[].healthCheck.healthCheckIntervalSeconds"
        | "gatewayConnectors[].healthCheck.healthyThresholdCount"
        | "gatewayConnectors[].healthCheck.unhealthyThresholdCount"
        | "gatewayConnectors[].healthCheck.matcher"
        | "gatewayConnectors[].healthCheck.matcher.httpCode"
        | "gatewayConnectors[].healthCheck.matcher.grpcCode"
        | "gatewayConnectors[].filters" | "gatewayConnectors[].filters.accessTypes"
        | "gatewayConnectors[].deregistrationDelay"
        | "gatewayConnectors[].deregistrationDelay.timeoutSeconds"
        Lossy(GatewayConnectorNotApplied) deploys
        "No gateway reaches the tasks.";
}
