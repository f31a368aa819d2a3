//! The metrics of target tracking.

use super::source;
use crate::api::ecs::{
    CustomizedMetricSpecification, PredefinedMetricSpecification, PredefinedMetricType,
    TargetTrackingMetricDataQuery, TargetTrackingScalingPolicyConfiguration,
};
use crate::finding::{Code, Path};
use crate::model::scaling::{CloudWatchMetric, Resource, Source};
use crate::model::validate::{Report, set};

const PREDEFINED: &str = "PredefinedMetricSpecification";
const CUSTOMIZED: &str = "CustomizedMetricSpecification";

/// What a policy tracks.
pub(super) enum Metric {
    /// Of what the tasks reserve.
    Utilization(Resource),
    /// One that is not the cluster's.
    Outside {
        /// Where it is read.
        source: Source,
        /// The member that says so.
        place: &'static str,
    },
}

/// The metric, or `None` where it is no good, or nothing scales by it.
pub(super) fn validate(
    configuration: &TargetTrackingScalingPolicyConfiguration,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Metric> {
    let of = (&configuration.predefined_metric_specification, &configuration.customized_metric_specification);
    match of {
        (Some(metric), None) => predefined(metric, path.member(PREDEFINED), report),
        (None, Some(metric)) => {
            let path = path.member(CUSTOMIZED);
            let known = report.findings.len();
            customized(metric, path, report);
            if report.findings.len() > known {
                return None;
            }
            match source::of(metric) {
                Ok(source) => Some(Metric::Outside { source, place: CUSTOMIZED }),
                Err(why) => {
                    let message = format!("Nothing scales by this metric: {why}.");
                    report.advise(
                        Code::CustomMetricNotApplied,
                        path,
                        message,
                        Code::CustomMetricNotApplied.remedy(),
                    );
                    None
                }
            }
        }
        (Some(_), Some(_)) => {
            let message = format!("{PREDEFINED} and {CUSTOMIZED} exclude each other.");
            report.add(Code::InvalidValue, path.member(CUSTOMIZED), message);
            None
        }
        (None, None) => {
            report.add(Code::MissingMember, path, format!("{PREDEFINED} or {CUSTOMIZED} is required."));
            None
        }
    }
}

fn predefined(
    metric: &PredefinedMetricSpecification,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<Metric> {
    use PredefinedMetricType as Type;
    let member = path.member("ResourceLabel");
    let label = set(metric.resource_label.as_deref());
    let Some(kind) = metric.predefined_metric_type else {
        let member = path.member("PredefinedMetricType");
        report.add(Code::MissingMember, member, "PredefinedMetricType is required.");
        return None;
    };
    if kind != Type::AlbRequestCountPerTarget && label.is_some() {
        report.add(Code::InvalidValue, member, format!("{kind} has no ResourceLabel."));
    }
    match kind {
        Type::EcsServiceAverageCpuUtilization | Type::EcsServiceAverageCpuUtilizationHighResolution => {
            Some(Metric::Utilization(Resource::Cpu))
        }
        Type::EcsServiceAverageMemoryUtilization | Type::EcsServiceAverageMemoryUtilizationHighResolution => {
            Some(Metric::Utilization(Resource::Memory))
        }
        Type::AlbRequestCountPerTarget => {
            let label = report.required(metric.resource_label.as_deref(), member, "ResourceLabel")?;
            let Some((balancer, group)) = balancer(label) else {
                let message = format!("{label:?} is not app/NAME/ID/targetgroup/NAME/ID.");
                report.add(Code::InvalidValue, member, message);
                return None;
            };
            let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let source = Source::Metric(CloudWatchMetric {
                namespace: "AWS/ApplicationELB".to_owned(),
                name: "RequestCountPerTarget".to_owned(),
                dimensions: vec![dimension("LoadBalancer", balancer), dimension("TargetGroup", group)],
                statistic: "Sum".to_owned(),
                unit: None,
            });
            Some(Metric::Outside { source, place: PREDEFINED })
        }
    }
}

/// Load balancer and target group of a resource label, as CloudWatch calls them.
fn balancer(label: &str) -> Option<(&str, &str)> {
    let (at, _) = label.match_indices('/').nth(2)?;
    let (balancer, group) = (&label[..at], &label[at + 1..]);
    let parts = |text: &str, first: &str| {
        let parts: Vec<_> = text.split('/').collect();
        parts.len() == 3 && parts[0] == first && parts.iter().all(|part| !part.is_empty())
    };
    (parts(balancer, "app") && parts(group, "targetgroup")).then_some((balancer, group))
}

fn customized(metric: &CustomizedMetricSpecification, path: Path<'_>, report: &mut Report<'_>) {
    let single = set(metric.metric_name.as_deref()).is_some()
        || set(metric.namespace.as_deref()).is_some()
        || metric.statistic.is_some()
        || !metric.dimensions.is_empty();
    if !metric.metrics.is_empty() {
        if single {
            report.add(
                Code::InvalidValue,
                path.member("Metrics"),
                "Metrics takes the place of MetricName, Namespace, Dimensions and Statistic.",
            );
        }
        return queries(&metric.metrics, path.member("Metrics"), report);
    }
    report.required(metric.metric_name.as_deref(), path.member("MetricName"), "MetricName");
    report.required(metric.namespace.as_deref(), path.member("Namespace"), "Namespace");
    if metric.statistic.is_none() {
        report.add(Code::MissingMember, path.member("Statistic"), "Statistic is required.");
    }
    let list = path.member("Dimensions");
    for (i, dimension) in metric.dimensions.iter().enumerate() {
        let pair = (dimension.name.as_deref(), dimension.value.as_deref());
        named(pair, list.index(i), report);
    }
}

/// A dimension has a name and a value.
fn named((name, value): (Option<&str>, Option<&str>), path: Path<'_>, report: &mut Report<'_>) {
    report.required(name, path.member("Name"), "Name");
    report.required(value, path.member("Value"), "Value");
}

/// Metrics and expressions, of which one gives the value.
fn queries(queries: &[TargetTrackingMetricDataQuery], list: Path<'_>, report: &mut Report<'_>) {
    let mut ids = Vec::new();
    for (i, query) in queries.iter().enumerate() {
        let path = list.index(i);
        let member = path.member("Id");
        if let Some(id) = report.required(query.id.as_deref(), member, "Id") {
            let legal = id.starts_with(|c: char| c.is_ascii_lowercase())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !legal || id.len() > 255 {
                report.add(
                    Code::InvalidName,
                    member,
                    format!("{id:?} is no Id: a lower-case letter, then letters, digits and underscores."),
                );
            } else if ids.contains(&id) {
                report.add(Code::DuplicateDefinition, member, format!("The Id {id:?} is there twice."));
            }
            ids.push(id);
        }
        let expression = set(query.expression.as_deref()).is_some();
        let path_of_metric = path.member("MetricStat");
        match (&query.metric_stat, expression) {
            (Some(_), true) => {
                let message = "Expression and MetricStat exclude each other.";
                report.add(Code::InvalidValue, path_of_metric, message);
            }
            (None, false) => report.add(Code::MissingMember, path, "Expression or MetricStat is required."),
            (Some(of), false) => {
                report.required(of.stat.as_deref(), path_of_metric.member("Stat"), "Stat");
                let member = path_of_metric.member("Metric");
                let Some(metric) = &of.metric else {
                    report.add(Code::MissingMember, member, "Metric is required.");
                    continue;
                };
                report.required(metric.metric_name.as_deref(), member.member("MetricName"), "MetricName");
                report.required(metric.namespace.as_deref(), member.member("Namespace"), "Namespace");
                let list = member.member("Dimensions");
                for (i, dimension) in metric.dimensions.iter().enumerate() {
                    let pair = (dimension.name.as_deref(), dimension.value.as_deref());
                    named(pair, list.index(i), report);
                }
            }
            (None, true) => {}
        }
    }
    let returning = queries.iter().filter(|query| query.return_data != Some(false)).count();
    if returning != 1 {
        report.add(
            Code::InvalidValue,
            list,
            format!("Exactly one of the queries returns its data; here {returning} do: ReturnData is true where it is absent."),
        );
    }
}
