//! What is counted, and how it is called.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Labels of [`Metrics::reconciles`]: both from fixed sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reconciled {
    kind: &'static str,
    result: &'static str,
}

/// Labels of [`Metrics::requests`]: both from fixed sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Requested {
    kind: &'static str,
    verb: &'static str,
}

/// What came of decisions about nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Placement {
    /// A task got a node.
    Placed,
    /// No node takes a task now.
    Unplaced,
    /// A task whose node did not take it was replaced.
    Replaced,
    /// The task had changed, or nobody knows: it is decided about again.
    Repeated,
    /// Nobody decided in time.
    Abandoned,
}

impl Placement {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Unplaced => "unplaced",
            Self::Replaced => "replaced",
            Self::Repeated => "repeated",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Labels of [`Metrics::placements`]: from a fixed set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Placed {
    result: &'static str,
}

/// The operator's metrics.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    reconciles: Family<Reconciled, Counter>,
    seconds: Histogram,
    requests: Family<Requested, Counter>,
    watch_errors: Counter,
    placements: Family<Placed, Counter>,
    /// Tasks that wait for a decision about their node.
    pub(crate) gated: Gauge,
    /// Whether this replica leads.
    pub(crate) leading: Gauge,
    /// Custom resources that wait to be reconciled.
    pub(crate) queued: Gauge,
}

impl Metrics {
    /// Registers everything under the prefix `ecs_bridge`.
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let registry = registry.sub_registry_with_prefix("ecs_bridge");
        let bounds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
        let metrics = Self {
            reconciles: Family::default(),
            seconds: Histogram::new(bounds),
            requests: Family::default(),
            watch_errors: Counter::default(),
            placements: Family::default(),
            gated: Gauge::default(),
            leading: Gauge::default(),
            queued: Gauge::default(),
        };
        registry.register("reconciles", "Reconciles by kind and result", metrics.reconciles.clone());
        registry.register("reconcile_seconds", "Duration of reconciles", metrics.seconds.clone());
        registry.register(
            "write_requests",
            "Mutating requests sent, by kind and verb",
            metrics.requests.clone(),
        );
        registry.register(
            "watch_errors",
            "Watches that had to be taken up again",
            metrics.watch_errors.clone(),
        );
        registry.register("placements", "Decisions about nodes, by result", metrics.placements.clone());
        registry.register("gated", "Tasks that wait for a decision about their node", metrics.gated.clone());
        registry.register("leading", "1 while this replica leads", metrics.leading.clone());
        registry.register("queued", "Custom resources that wait to be reconciled", metrics.queued.clone());
        metrics
    }

    /// Counts a reconcile. `result` is `ok`, `refused` or the reason of an error.
    pub(crate) fn reconciled(&self, kind: &'static str, result: &'static str, took: Duration) {
        self.reconciles.get_or_create(&Reconciled { kind, result }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a mutating request.
    pub(crate) fn requested(&self, kind: &'static str, verb: &'static str) {
        self.requests.get_or_create(&Requested { kind, verb }).inc();
    }

    /// Counts what came of a decision about a node.
    pub(crate) fn placed(&self, result: Placement) {
        self.placements.get_or_create(&Placed { result: result.as_str() }).inc();
    }

    /// Counts a failed watch.
    pub(crate) fn watch_failed(&self) {
        self.watch_errors.inc();
    }
}
