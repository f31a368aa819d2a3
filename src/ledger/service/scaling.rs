//! Application Auto Scaling.

use crate::ledger::row::table;

table! { TARGET "Scalable target" at "autoScaling";
    "" | "scalableTarget" | "scalableTarget.MaxCapacity" Exact stays
        "Bounds of the HorizontalPodAutoscaler.";
    "scalableTarget.ServiceNamespace" | "scalableTarget.ScalableDimension" Exact stays
        "There is only one that an ECS service can have.";
    "scalableTarget.ResourceId" Exact stays
        "Has to name the service.";
    "scalableTarget.MinCapacity" Approximate(MinCapacityRaised) stays
        "The least count: at least 1 for an autoscaler by utilization alone.";
    "scalableTarget.RoleARN" NotApplicable(NotApplicable) stays
        "The cluster scales by itself.";
    "scalableTarget.SuspendedState" | "scalableTarget.SuspendedState.DynamicScalingInSuspended"
        | "scalableTarget.SuspendedState.DynamicScalingOutSuspended" Exact stays
        "The direction is switched off in the HorizontalPodAutoscaler.";
    "scalableTarget.SuspendedState.ScheduledScalingSuspended" Exact stays
        "Scheduled actions are skipped, and not made up for.";
    "scalableTarget.Tags" NotApplicable(NotApplicable) stays
        "A scalable target is no object of its own.";
}

table! { POLICIES "Scaling policies" at "autoScaling";
    "scalingPolicies" | "scalingPolicies[].PolicyName" | "scalingPolicies[].PolicyType"
        | "scalingPolicies[].ServiceNamespace" | "scalingPolicies[].ResourceId"
        | "scalingPolicies[].ScalableDimension" Exact stays
        "Metrics of the one autoscaler.";
}

table! { TRACKING "Target tracking"
    at "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration";
    "" Exact stays
        "A metric of the HorizontalPodAutoscaler.";
    "TargetValue" Approximate(TargetValueRounded) stays
        "A utilization target in whole percents, messages of a queue in whole ones; any other value as it is.";
    "PredefinedMetricSpecification" | "PredefinedMetricSpecification.PredefinedMetricType"
        | "PredefinedMetricSpecification.ResourceLabel" Approximate(MetricReadByKeda) stays
        "CPU and memory utilization of the pods; requests of a target group where KEDA is there to read them.";
    "ScaleOutCooldown" Approximate(ScaleOutCooldownApproximated) stays
        "A minute of stabilization.";
    "ScaleInCooldown" Approximate(CooldownClamped) stays
        "The stabilization window of scale-down, from 5 minutes to an hour.";
    "DisableScaleIn" Approximate(DisableScaleInIgnored) stays
        "Counts where every policy has it.";
}

table! { METRIC "Target tracking: a metric of your own"
    at "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification";
    "" | "MetricName" | "Namespace" | "Dimensions" | "Dimensions[].Name" | "Dimensions[].Value" | "Statistic"
        | "Unit" | "Metrics" | "Metrics[].Expression" | "Metrics[].Id" | "Metrics[].Label"
        | "Metrics[].ReturnData" | "Metrics[].MetricStat" | "Metrics[].MetricStat.Stat"
        | "Metrics[].MetricStat.Unit" | "Metrics[].MetricStat.Metric"
        | "Metrics[].MetricStat.Metric.MetricName" | "Metrics[].MetricStat.Metric.Namespace"
        | "Metrics[].MetricStat.Metric.Dimensions" | "Metrics[].MetricStat.Metric.Dimensions[].Name"
        | "Metrics[].MetricStat.Metric.Dimensions[].Value" Approximate(MetricReadByKeda) stays
        "A trigger of KEDA where it is there: one metric, one query of Metrics Insights, or the backlog of a queue.";
}

table! { STEP "Step scaling" at "autoScaling.scalingPolicies[].StepScalingPolicyConfiguration";
    "" | "AdjustmentType" | "StepAdjustments" | "StepAdjustments[].MetricIntervalLowerBound"
        | "StepAdjustments[].MetricIntervalUpperBound" | "StepAdjustments[].ScalingAdjustment"
        | "MinAdjustmentMagnitude" | "Cooldown" | "MetricAggregationType" Lossy(StepScalingNotApplied) stays
        "Nothing scales in steps: metric and threshold stand in a CloudWatch alarm, which is no part of the policy.";
}

table! { SCHEDULE "Scheduled scaling" at "autoScaling";
    "scheduledActions" | "scheduledActions[].ScalableTargetAction"
        | "scheduledActions[].ScalableTargetAction.MinCapacity"
        | "scheduledActions[].ScalableTargetAction.MaxCapacity" Exact stays
        "The operator sets the bounds in force, and the count to the nearest one.";
    "scheduledActions[].Schedule" | "scheduledActions[].Timezone" | "scheduledActions[].StartTime"
        | "scheduledActions[].EndTime" Exact stays
        "The operator's own clock: times of the zone, those that it skips left out, those that it repeats once.";
    "scheduledActions[].ScheduledActionName" Exact stays
        "Stands in the status and in the event.";
    "scheduledActions[].ResourceId" Exact stays
        "Has to name the service.";
    "scheduledActions[].ServiceNamespace" | "scheduledActions[].ScalableDimension" Exact stays
        "There is only one that an ECS service can have.";
}
