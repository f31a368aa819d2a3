//! The deployment circuit breaker: how many failed tasks end a deployment.

use crate::api::EcsServiceSpec;
use crate::api::ecs::ThresholdType;

/// What the breaker is set to where the definition says nothing.
const DEFAULT_PERCENT: i32 = 50;
/// Bounds of BOUNDED_PERCENT.
const BOUNDS: (i32, i32) = (3, 200);

/// A circuit breaker that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Whether a failed deployment is followed by a return to the last one that completed.
    pub rollback: bool,
    kind: ThresholdType,
    value: i32,
}

impl Breaker {
    /// The breaker of a service; `None` where it is off.
    #[must_use]
    pub fn of(spec: &EcsServiceSpec) -> Option<Self> {
        let configuration = spec.deployment_configuration.as_ref()?;
        let breaker = configuration.deployment_circuit_breaker.as_ref()?;
        let threshold = breaker.threshold_configuration.as_ref();
        (breaker.enable == Some(true)).then(|| Self {
            rollback: breaker.rollback == Some(true),
            kind: threshold.and_then(|t| t.type_).unwrap_or(ThresholdType::BoundedPercent),
            value: threshold.and_then(|t| t.value).unwrap_or(DEFAULT_PERCENT),
        })
    }

    /// Failed tasks that end a deployment of `desired` tasks; at least 1.
    ///
    /// Source: ThresholdConfiguration of the API.
    #[must_use]
    pub fn threshold(&self, desired: i32) -> i32 {
        let percent = || {
            let share = i64::from(self.value.max(0)) * i64::from(desired.max(0));
            i32::try_from(share.div_euclid(100) + i64::from(share % 100 > 0)).unwrap_or(i32::MAX)
        };
        match self.kind {
            ThresholdType::Count => self.value.max(1),
            ThresholdType::UnboundedPercent => percent().max(1),
            ThresholdType::BoundedPercent => percent().clamp(BOUNDS.0, BOUNDS.1),
        }
    }
}

/// Whether a task that becomes healthy sets the count of failures back to 0.
#[must_use]
pub fn resets(spec: &EcsServiceSpec) -> bool {
    let configuration = spec.deployment_configuration.as_ref();
    let breaker = configuration.and_then(|c| c.deployment_circuit_breaker.as_ref());
    breaker.and_then(|b| b.reset_on_healthy_task) != Some(false)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn breaker(threshold: &Value) -> Option<Breaker> {
        let mut breaker = json!({ "enable": true, "rollback": true });
        if !threshold.is_null() {
            breaker["thresholdConfiguration"] = threshold.clone();
        }
        let spec = json!({ "deploymentConfiguration": { "deploymentCircuitBreaker": breaker } });
        Breaker::of(&serde_json::from_value(spec).expect("a spec"))
    }

    #[test]
    fn thresholds_that_ecs_documents() {
        let of = |kind: &str, value: i32| json!({ "type": kind, "value": value });
        for (threshold, desired, expected) in [
            (Value::Null, 0, 3),
            (Value::Null, 1, 3),
            (Value::Null, 4, 3),
            (Value::Null, 6, 3),
            (Value::Null, 7, 4),
            (Value::Null, 25, 13),
            (Value::Null, 100, 50),
            (Value::Null, 400, 200),
            (Value::Null, 800, 200),
            (of("BOUNDED_PERCENT", 10), 100, 10),
            (of("BOUNDED_PERCENT", 100), 2, 3),
            (of("UNBOUNDED_PERCENT", 50), 800, 400),
            (of("UNBOUNDED_PERCENT", 1), 1, 1),
            (of("UNBOUNDED_PERCENT", 50), 0, 1),
            (of("COUNT", 7), 1000, 7),
        ] {
            let found = breaker(&threshold).expect("a breaker").threshold(desired);
            assert_eq!(found, expected, "{threshold} of {desired}");
        }
        assert_eq!(breaker(&of("UNBOUNDED_PERCENT", 100)).expect("one").threshold(i32::MAX), i32::MAX);
    }

    #[test]
    fn a_breaker_that_is_off_is_none() {
        assert_eq!(Breaker::of(&EcsServiceSpec::default()), None);
        let spec = json!({ "deploymentConfiguration": { "deploymentCircuitBreaker": { "enable": false, "rollback": true } } });
        assert_eq!(Breaker::of(&serde_json::from_value(spec).expect("a spec")), None);
    }
}
