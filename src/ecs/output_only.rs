//! Members that the APIs of ECS, Application Auto Scaling and CloudWatch only write in their answers.
//!
//! Sources: members of `TaskDefinition`, `Service`, `CapacityProvider` (ECS, 2014-11-13), `ScalableTarget`,
//! `ScalingPolicy` and `ScheduledAction` (Application Auto Scaling, 2016-02-06), `MetricAlarm` (CloudWatch, 2010-08-01)
//! that the request lacks.

/// Sorted by name. They occur at the root of a definition only.
const OUTPUT_ONLY: &[&str] = &[
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "Alarms",
    "CreationTime",
    "EvaluationState",
    "PolicyARN",
    "PredictedCapacity",
    "ScalableTargetARN",
    "ScheduledActionARN",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "StateValue",
    "capacityProviderArn",
    "clusterArn",
    "compatibilities",
    "createdAt",
    "createdBy",
    "currentServiceDeployment",
    "currentServiceRevisions",
    "deleteRequestedAt",
    "deployments",
    "deregisteredAt",
    "events",
    "failures",
    "pendingCount",
    "platformFamily",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "resourceManagementType",
    "revision",
    "roleArn",
    "runningCount",
    "serviceArn",
    "status",
    "taskDefinitionArn",
    "taskSets",
    "type",
    "updateStatus",
    "updateStatusReason",
];

/// Whether the member only occurs in answers of the API.
#[must_use]
pub fn contains(name: &str) -> bool {
    OUTPUT_ONLY.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_the_search() {
        assert!(OUTPUT_ONLY.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(contains("requiresAttributes") && !contains("family"));
    }
}
