//! How the tasks are found and reached.

use crate::ledger::row::table;

table! { LOAD_BALANCERS "Load balancers" at "";
    "loadBalancers" | "loadBalancers[].containerName" | "loadBalancers[].containerPort" Exact deploys
        "The container and port have to exist; the port is on the service's Service.";
    "loadBalancers[].targetGroupArn" Approximate(TargetGroupNotAttached) deploys needs TargetGroups
        "A TargetGroupBinding beside the targets of ECS, where the AWS Load Balancer Controller is; pods wait for the target group's health checks and leave before they stop. No security group is changed: the binding has no `networking`.";
    "loadBalancers[].loadBalancerName" Refused(ClassicLoadBalancerUnsupported) deploys
        "Nothing registers tasks with a classic load balancer.";
    "loadBalancers[].advancedConfiguration" | "loadBalancers[].advancedConfiguration.alternateTargetGroupArn"
        | "loadBalancers[].advancedConfiguration.productionListenerRule"
        | "loadBalancers[].advancedConfiguration.testListenerRule"
        | "loadBalancers[].advancedConfiguration.roleArn" Lossy(TrafficShiftNotApplied) deploys
        "Listener rules are not touched, and traffic is not shifted between target groups.";
}

table! { REGISTRIES "Service discovery" at "";
    "serviceRegistries" | "serviceRegistries[].port" | "serviceRegistries[].containerName"
        | "serviceRegistries[].containerPort" Exact deploys
        "A headless Service, `<service>-tasks`: A and SRV records of the tasks in the cluster's DNS.";
    "serviceRegistries[].registryArn" Lossy(ServiceRegistryNotApplied) deploys
        "Names are not registered in Cloud Map.";
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
