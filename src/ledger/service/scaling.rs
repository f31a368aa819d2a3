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
        "The least count: at least 1 for an autoscaler by utilization alone, and for steps.";
    "scalableTarget.RoleARN" NotApplicable(NotApplicable) stays
        "The cluster scales by itself.";
    "scalableTarget.SuspendedState" | "scalableTarget.SuspendedState.DynamicScalingInSuspended"
        | "scalableTarget.SuspendedState.DynamicScalingOutSuspended" Exact stays
        "The direction is switched off in the HorizontalPodAutoscaler; KEDA neither starts the first task nor stops the last one then.";
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
        | "MinAdjustmentMagnitude" | "Cooldown" | "MetricAggregationType" Approximate(StepScalingApproximated) stays
        "What KEDA's autoscaler may add or remove in the cooldown, with the alarm under `autoScaling.alarms`: the largest step of a direction. Nothing without KEDA or alarm, and beside target tracking.";
}

table! { ALARMS "Alarms of step scaling" at "autoScaling";
    "alarms" | "alarms[].AlarmName" Exact stays
        "A metric that KEDA reads and compares.";
    "alarms[].AlarmActions" Exact stays
        "Say which policies the alarm belongs to; other actions stay CloudWatch's.";
    "alarms[].ActionsEnabled" Exact stays
        "Without actions the alarm scales nothing.";
    "alarms[].Threshold" | "alarms[].ComparisonOperator" Exact stays
        "Stand in the formula that KEDA computes; ranges of anomaly detection do not.";
    "alarms[].MetricName" | "alarms[].Namespace" | "alarms[].Statistic" | "alarms[].Dimensions"
        | "alarms[].Dimensions[].Name" | "alarms[].Dimensions[].Value" | "alarms[].Unit" | "alarms[].Metrics"
        | "alarms[].Metrics[].Id" | "alarms[].Metrics[].Expression" | "alarms[].Metrics[].Label"
        | "alarms[].Metrics[].ReturnData" | "alarms[].Metrics[].Period" | "alarms[].Metrics[].MetricStat"
        | "alarms[].Metrics[].MetricStat.Period" | "alarms[].Metrics[].MetricStat.Stat"
        | "alarms[].Metrics[].MetricStat.Unit" | "alarms[].Metrics[].MetricStat.Metric"
        | "alarms[].Metrics[].MetricStat.Metric.MetricName" | "alarms[].Metrics[].MetricStat.Metric.Namespace"
        | "alarms[].Metrics[].MetricStat.Metric.Dimensions"
        | "alarms[].Metrics[].MetricStat.Metric.Dimensions[].Name"
        | "alarms[].Metrics[].MetricStat.Metric.Dimensions[].Value" Approximate(MetricReadByKeda) stays
        "A trigger of KEDA: one metric, or one query of Metrics Insights.";
    "alarms[].ExtendedStatistic" | "alarms[].EvaluateLowSampleCountPercentile" | "alarms[].Metrics[].AccountId"
        Lossy(AlarmSettingNotApplied) stays
        "KEDA reads no percentiles, and nothing of other accounts.";
    "alarms[].Period" | "alarms[].EvaluationPeriods" | "alarms[].DatapointsToAlarm" | "alarms[].TreatMissingData"
        Approximate(AlarmApproximated) stays
        "The period of KEDA's values, the stabilization window of the autoscaler, and what is taken for a missing value.";
    "alarms[].ThresholdMetricId" | "alarms[].EvaluationWindow" | "alarms[].EvaluationWindow.WallClockWindow"
        | "alarms[].EvaluationWindow.WallClockWindow.Timezone" | "alarms[].EvaluationWindow.SlidingWindow"
        | "alarms[].WarmUpConfiguration" | "alarms[].WarmUpConfiguration.WarmUpPeriodDurationInMinutes"
        | "alarms[].WarmUpConfiguration.OnlyStartEvaluatingAfterWarmUpPeriodEnds" | "alarms[].EvaluationCriteria"
        | "alarms[].EvaluationCriteria.PromQLCriteria" | "alarms[].EvaluationCriteria.PromQLCriteria.Query"
        | "alarms[].EvaluationCriteria.PromQLCriteria.PendingPeriod"
        | "alarms[].EvaluationCriteria.PromQLCriteria.RecoveryPeriod" | "alarms[].EvaluationInterval"
        Lossy(AlarmSettingNotApplied) stays
        "KEDA compares the latest value of a metric with a number.";
    "alarms[].AlarmDescription" | "alarms[].OKActions" | "alarms[].InsufficientDataActions" | "alarms[].Tags"
        | "alarms[].Tags[].Key" | "alarms[].Tags[].Value" | "alarms[].ActionConfiguration"
        | "alarms[].ActionConfiguration.AlarmTagsPropagation"
        | "alarms[].ActionConfiguration.AlarmTagsPropagation.Enabled"
        | "alarms[].ActionConfiguration.AlarmTagsPropagation.IncludedTagKeys"
        | "alarms[].ActionConfiguration.AlarmTagsPropagation.ExcludedTagKeys" NotApplicable(NotApplicable) stays
        "The alarm itself stays in CloudWatch; here it says when the count changes.";
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
