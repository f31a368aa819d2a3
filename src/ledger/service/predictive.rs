//! Predictive scaling.

use crate::ledger::row::table;

table! { PREDICTIVE "Predictive scaling"
    at "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration";
    "" | "Mode" | "SchedulingBufferTime" | "MaxCapacityBreachBehavior" | "MaxCapacityBuffer"
        | "MetricSpecifications" | "MetricSpecifications[].TargetValue"
        Lossy(PredictiveScalingNotApplied) stays
        "Nothing scales ahead of time.";
}

table! { PREDEFINED "Predictive scaling: predefined metrics"
    at "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].PredefinedMetricPairSpecification"
    | "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].PredefinedScalingMetricSpecification"
    | "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].PredefinedLoadMetricSpecification";
    "" | "PredefinedMetricType" | "ResourceLabel" Lossy(PredictiveScalingNotApplied) stays
        "No load is forecast.";
}

table! { CUSTOMIZED "Predictive scaling: metrics of your own"
    at "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].CustomizedScalingMetricSpecification"
    | "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].CustomizedLoadMetricSpecification"
    | "autoScaling.scalingPolicies[].PredictiveScalingPolicyConfiguration.MetricSpecifications[].CustomizedCapacityMetricSpecification";
    "" | "MetricDataQueries" | "MetricDataQueries[].Id" | "MetricDataQueries[].Expression"
        | "MetricDataQueries[].Label" | "MetricDataQueries[].ReturnData" | "MetricDataQueries[].MetricStat"
        | "MetricDataQueries[].MetricStat.Stat" | "MetricDataQueries[].MetricStat.Unit"
        | "MetricDataQueries[].MetricStat.Metric" | "MetricDataQueries[].MetricStat.Metric.MetricName"
        | "MetricDataQueries[].MetricStat.Metric.Namespace"
        | "MetricDataQueries[].MetricStat.Metric.Dimensions"
        | "MetricDataQueries[].MetricStat.Metric.Dimensions[].Name"
        | "MetricDataQueries[].MetricStat.Metric.Dimensions[].Value" Lossy(PredictiveScalingNotApplied) stays
        "CloudWatch metrics are not read.";
}
