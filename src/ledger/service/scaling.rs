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
        "minReplicas, at least 1.";
    "scalableTarget.RoleARN" NotApplicable(NotApplicable) stays
        "The cluster scales by itself.";
    "scalableTarget.SuspendedState" | "scalableTarget.SuspendedState.DynamicScalingInSuspended"
        | "scalableTarget.SuspendedState.DynamicScalingOutSuspended" Exact stays
        "The direction is switched off in the HorizontalPodAutoscaler.";
    "scalableTarget.SuspendedState.ScheduledScalingSuspended" Exact stays
        "Scheduled actions are not carried out anyway.";
    "scalableTarget.Tags" NotApplicable(NotApplicable) stays
        "A scalable target is no object of its own.";
}

table! { POLICIES "Scaling policies" at "autoScaling";
    "scalingPolicies" | "scalingPolicies[].PolicyName" | "scalingPolicies[].PolicyType"
        | "scalingPolicies[].ServiceNamespace" | "scalingPolicies[].ResourceId"
        | "scalingPolicies[].ScalableDimension" Exact stays
        "Metrics of the HorizontalPodAutoscaler.";
}

table! { TRACKING "Target tracking"
    at "autoScaling.scalingPolicies[].TargetTrackingScalingPolicyConfiguration";
    "" | "TargetValue" Exact stays
        "A utilization target.";
    "PredefinedMetricSpecification" | "PredefinedMetricSpecification.PredefinedMetricType"
        | "PredefinedMetricSpecification.ResourceLabel" Approximate(CustomMetricNotApplied) stays
        "CPU and memory utilization; requests of a target group are not counted.";
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
        | "Metrics[].MetricStat.Metric.Dimensions[].Value" Lossy(CustomMetricNotApplied) stays
        "CloudWatch metrics are not read.";
}

table! { STEP "Step scaling" at "autoScaling.scalingPolicies[].StepScalingPolicyConfiguration";
    "" | "AdjustmentType" | "StepAdjustments" | "StepAdjustments[].MetricIntervalLowerBound"
        | "StepAdjustments[].MetricIntervalUpperBound" | "StepAdjustments[].ScalingAdjustment"
        | "MinAdjustmentMagnitude" | "Cooldown" | "MetricAggregationType" Lossy(StepScalingNotApplied) stays
        "Nothing scales in steps.";
}

table! { SCHEDULE "Scheduled scaling" at "autoScaling";
    "scheduledActions" | "scheduledActions[].ServiceNamespace" | "scheduledActions[].Schedule"
        | "scheduledActions[].Timezone" | "scheduledActions[].ScheduledActionName"
        | "scheduledActions[].ResourceId" | "scheduledActions[].ScalableDimension"
        | "scheduledActions[].StartTime" | "scheduledActions[].EndTime"
        | "scheduledActions[].ScalableTargetAction" | "scheduledActions[].ScalableTargetAction.MinCapacity"
        | "scheduledActions[].ScalableTargetAction.MaxCapacity" Lossy(ScheduledScalingNotApplied) stays
        "The bounds do not change with time.";
}
