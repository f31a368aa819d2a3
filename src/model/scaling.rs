//! What a service's count follows.

use crate::api::ecs_service::Capacities;

/// How a service's count follows metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scaling {
    /// Least count; may be 0, which only metrics that the count is in proportion to lead to.
    pub min: i32,
    /// Greatest count; with 0 there is nothing to scale.
    pub max: i32,
    /// Utilization targets.
    pub targets: Vec<Target>,
    /// Metrics of CloudWatch; with any of them KEDA makes the autoscaler.
    pub triggers: Vec<Trigger>,
    /// Steps, where there are no targets and triggers: an autoscaler has one pace.
    pub steps: Option<Steps>,
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

/// Steps by which the count changes while alarms are on.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// What is looked at.
    pub watched: Watched,
    /// How the count goes up; `None` where no step raises it.
    pub out: Option<Pace>,
    /// How the count goes down; `None` where no step lowers it.
    pub back: Option<Pace>,
}

/// What steps go by.
#[derive(Clone, Debug, PartialEq)]
pub enum Watched {
    /// Metrics of CloudWatch, which KEDA reads; there is one.
    Alarms(Vec<Alarm>),
    /// What the tasks use.
    Utilization {
        /// Above it the count goes up.
        target: Target,
        /// Below this part of it the count goes down; `None` where that is anywhere below.
        low: Option<f64>,
    },
}

/// A metric, and where it has to be for the count to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// What is read.
    pub source: Source,
    /// In which Region.
    pub region: String,
    /// Seconds that one value speaks of.
    pub period: i32,
    /// The value that sets it off.
    pub threshold: f64,
    /// The value to take where there is none; without it nothing changes then.
    pub missing: Option<f64>,
    /// Where the count goes up.
    pub out: Vec<Zone>,
    /// Where the count goes down.
    pub back: Vec<Zone>,
}

/// A range of values, open where it has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zone {
    /// Its lower end, and whether it belongs to it.
    pub lower: Option<(f64, bool)>,
    /// Its upper end, and whether it belongs to it.
    pub upper: Option<(f64, bool)>,
}

/// How fast a count changes: by the larger of the two, or at once where there is neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Tasks.
    pub tasks: Option<i32>,
    /// Percent of the count.
    pub percent: Option<i32>,
    /// In how many seconds.
    pub seconds: i32,
    /// Seconds for which it has to be right before.
    pub window: i32,
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
