//! What a service's count follows.

use crate::api::ecs_service::Capacities;

/// How a service's count follows metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scaling {
    /// Least count; may be 0.
    pub min: i32,
    /// Greatest count; with 0 there is nothing to scale.
    pub max: i32,
    /// Utilization targets.
    pub targets: Vec<Target>,
    /// Metrics of CloudWatch; with any of them KEDA makes the autoscaler.
    pub triggers: Vec<Trigger>,
    /// Seconds for which a lower count has to be right before it is taken.
    pub scale_in_window: i32,
    /// Whether the count never goes down.
    pub scale_in_disabled: bool,
    /// Whether the count never goes up.
    pub scale_out_disabled: bool,
}

impl Scaling {
    /// Takes over the bounds in force, and that a deployment holds the count.
    pub fn take(&mut self, bounds: Option<Capacities>, held: bool) {
        if let Some(bounds) = bounds {
            (self.min, self.max) = (bounds.min_capacity, bounds.max_capacity);
        }
        self.scale_in_disabled |= held;
    }
}

/// A metric of CloudWatch that the count is adjusted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What is read.
    pub source: Source,
    /// In which Region.
    pub region: String,
    /// The value to keep, as a number.
    pub target: String,
}

/// What KEDA reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A metric that the count is in proportion to.
    Metric(CloudWatchMetric),
    /// A query of Metrics Insights, likewise.
    Query(String),
    /// Messages that wait in the SQS queue of this name, for each task.
    Queue(String),
}

/// A metric of CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudWatchMetric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Names and values of its dimensions; there are some.
    pub dimensions: Vec<(String, String)>,
    /// The statistic.
    pub statistic: String,
    /// The unit, if it is not any.
    pub unit: Option<String>,
}

/// A utilization that the count is adjusted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Of what.
    pub resource: Resource,
    /// In percent of what is reserved.
    pub percent: i32,
}

/// What an autoscaler measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Resource {
    Cpu,
    Memory,
}

impl Resource {
    /// The spelling of Kubernetes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }
}
