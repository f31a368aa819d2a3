//! What KEDA can read of the metrics that policies track.

use crate::api::ecs::{
    CustomizedMetricSpecification, MetricAlarm, MetricStatistic, StandardUnit, TargetTrackingMetric,
    TargetTrackingMetricDataQuery, TargetTrackingMetricStat,
};
use crate::model::scaling::{CloudWatchMetric, Source};
use crate::model::validate::set;

/// Statistics and units that KEDA's scaler takes.
const STATISTICS: &[&str] = &["Average", "Maximum", "Minimum", "SampleCount", "Sum"];
const UNITS: &[&str] = &[
    "Bits",
    "Bits/Second",
    "Bytes",
    "Bytes/Second",
    "Count",
    "Count/Second",
    "Gigabits",
    "Gigabits/Second",
    "Gigabytes",
    "Gigabytes/Second",
    "Kilobits",
    "Kilobits/Second",
    "Kilobytes",
    "Kilobytes/Second",
    "Megabits",
    "Megabits/Second",
    "Megabytes",
    "Megabytes/Second",
    "Microseconds",
    "Milliseconds",
    "None",
    "Percent",
    "Seconds",
    "Terabits",
    "Terabits/Second",
    "Terabytes",
    "Terabytes/Second",
];

/// Where KEDA reads a valid metric, or why it cannot.
pub(super) fn of(metric: &CustomizedMetricSpecification) -> Result<Source, &'static str> {
    match metric.metrics.as_slice() {
        [] => {
            let dimensions = metric.dimensions.iter().map(|d| (d.name.as_deref(), d.value.as_deref()));
            one(
                (metric.namespace.as_deref(), metric.metric_name.as_deref()),
                metric.statistic.map(MetricStatistic::as_str),
                metric.unit.as_deref(),
                dimensions,
            )
        }
        [query] => match (set(query.expression.as_deref()), &query.metric_stat) {
            (Some(query), _) if is_insights(query) => Ok(Source::Query(query.to_owned())),
            (None, Some(stat)) => of_stat(stat),
            _ => Err(MATH),
        },
        queries => backlog(queries).ok_or(MATH),
    }
}

/// Where KEDA reads the metric of a valid alarm, and the seconds that one value speaks of; or why it cannot.
pub(super) fn of_alarm(alarm: &MetricAlarm) -> Result<(Source, i32), &'static str> {
    if alarm.evaluation_criteria.is_some() || set(alarm.threshold_metric_id.as_deref()).is_some() {
        return Err("KEDA compares the latest value of a metric with a number");
    }
    let period = |period: Option<i32>| period.unwrap_or(60);
    match alarm.metrics.as_slice() {
        [] => {
            let dimensions = alarm.dimensions.iter().map(|d| (d.name.as_deref(), d.value.as_deref()));
            let source = one(
                (alarm.namespace.as_deref(), alarm.metric_name.as_deref()),
                alarm.statistic.map(MetricStatistic::as_str),
                alarm.unit.map(StandardUnit::as_str),
                dimensions,
            )?;
            Ok((source, period(alarm.period)))
        }
        [query] if query.account_id.is_some() => Err("KEDA reads no metrics of other accounts"),
        [query] => match (set(query.expression.as_deref()), &query.metric_stat) {
            (Some(expression), _) if is_insights(expression) => {
                Ok((Source::Query(expression.to_owned()), period(query.period.or(alarm.period))))
            }
            (None, Some(stat)) => {
                let metric = stat.metric.as_ref().ok_or(MATH)?;
                let source = one(
                    (metric.namespace.as_deref(), metric.metric_name.as_deref()),
                    stat.stat.as_deref(),
                    stat.unit.map(StandardUnit::as_str),
                    metric.dimensions.iter().map(|d| (d.name.as_deref(), d.value.as_deref())),
                )?;
                Ok((source, period(stat.period)))
            }
            _ => Err(MATH),
        },
        _ => Err(MATH),
    }
}

const MATH: &str = "of metric math KEDA reads one query of Metrics Insights (SELECT …), and the messages of an SQS \
                    queue divided by the running tasks";

/// Whether an expression is a query by itself.
fn is_insights(expression: &str) -> bool {
    expression.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("SELECT "))
}

fn of_stat(stat: &TargetTrackingMetricStat) -> Result<Source, &'static str> {
    let metric = stat.metric.as_ref().ok_or(MATH)?;
    one(
        (metric.namespace.as_deref(), metric.metric_name.as_deref()),
        stat.stat.as_deref(),
        stat.unit.as_deref(),
        metric.dimensions.iter().map(|d| (d.name.as_deref(), d.value.as_deref())),
    )
}

fn one<'a>(
    (namespace, name): (Option<&'a str>, Option<&'a str>),
    statistic: Option<&str>,
    unit: Option<&str>,
    dimensions: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>,
) -> Result<Source, &'static str> {
    let pair = |(name, value): (Option<&str>, Option<&str>)| Some((name?.to_owned(), value?.to_owned()));
    let dimensions: Vec<_> = dimensions.filter_map(pair).collect();
    if dimensions.is_empty() {
        return Err("KEDA reads no metric without dimensions");
    }
    if dimensions.iter().any(|(name, value)| name.contains(';') || value.contains(';')) {
        return Err("KEDA separates dimensions with semicolons, and one of them has one");
    }
    let statistic = statistic.filter(|statistic| STATISTICS.contains(statistic));
    let unit = set(unit);
    if unit.is_some_and(|unit| !UNITS.contains(&unit)) {
        return Err("KEDA does not know the unit");
    }
    Ok(Source::Metric(CloudWatchMetric {
        namespace: namespace.unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().to_owned(),
        dimensions,
        statistic: statistic
            .ok_or("KEDA reads no percentiles, only Average, Maximum, Minimum, SampleCount and Sum")?
            .to_owned(),
        unit: unit.map(str::to_owned),
    }))
}

/// Messages of a queue divided by the running tasks of a service: AWS's own recipe for a backlog per task.
fn backlog(queries: &[TargetTrackingMetricDataQuery]) -> Option<Source> {
    let returned = queries.iter().find(|query| query.return_data != Some(false))?;
    let (messages, tasks) = set(returned.expression.as_deref())?.split_once('/')?;
    let metric = |id: &str| -> Option<&TargetTrackingMetric> {
        let query = queries.iter().find(|query| query.id.as_deref() == Some(id.trim()))?;
        query.metric_stat.as_ref()?.metric.as_ref()
    };
    let is = |metric: &TargetTrackingMetric, namespace: &str, name: &str| {
        metric.namespace.as_deref() == Some(namespace) && metric.metric_name.as_deref() == Some(name)
    };
    let (messages, tasks) = (metric(messages)?, metric(tasks)?);
    let [queue] = messages.dimensions.as_slice() else { return None };
    let fits = is(messages, "AWS/SQS", "ApproximateNumberOfMessagesVisible")
        && is(tasks, "ECS/ContainerInsights", "RunningTaskCount")
        && queue.name.as_deref() == Some("QueueName");
    fits.then(|| queue.value.clone()).flatten().map(Source::Queue)
}
