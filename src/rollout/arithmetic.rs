//! ECS's percentages of a rolling deployment, as the two numbers that Kubernetes rolls by.

/// The budget of a rolling update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// `maxUnavailable` as tasks of this count.
    pub max_unavailable: i32,
    /// `maxSurge` as tasks of this count.
    pub max_surge: i32,
    /// Nothing may stop and nothing may start: ECS could not make this deployment.
    pub blocked: bool,
}

/// Budget for `desired` tasks.
///
/// ECS keeps at least `ceil(desired·minimum/100)` healthy tasks and runs at most `floor(desired·maximum/100)`.
/// Kubernetes rounds a percentage of `maxUnavailable` down, which is what `100 − minimum` needs, and one of
/// `maxSurge` up, which is too much: the surge therefore is a number, to be computed again with the count.
///
/// Source: DeploymentConfiguration; `ResolveFenceposts` of Kubernetes' Deployment controller.
#[must_use]
pub fn rolling(desired: i32, minimum_healthy_percent: i32, maximum_percent: i32) -> Rolling {
    let desired_count = i64::from(desired.max(0));
    let spare = i64::from(100 - minimum_healthy_percent.clamp(0, 100));
    let over = i64::from(maximum_percent.max(100)) - 100;
    let max_unavailable = to_i32(desired_count * spare / 100);
    let max_surge = to_i32(desired_count * over / 100);
    Rolling {
        max_unavailable,
        max_surge,
        blocked: desired_count > 0 && max_unavailable == 0 && max_surge == 0,
    }
}

fn to_i32(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_that_ecs_documents() {
        for (desired, min, max, expected) in [
            (1, 100, 200, Some((0, 1))),
            (1, 50, 200, Some((0, 1))),
            (1, 50, 100, None),
            (1, 0, 100, Some((1, 0))),
            (2, 50, 100, Some((1, 0))),
            (2, 100, 150, Some((0, 1))),
            (2, 75, 100, None),
            (3, 50, 150, Some((1, 1))),
            (3, 100, 133, None),
            (3, 100, 134, Some((0, 1))),
            (4, 50, 150, Some((2, 2))),
            (5, 75, 125, Some((1, 1))),
            (7, 66, 150, Some((2, 3))),
            (10, 90, 110, Some((1, 1))),
            (10, 100, 105, None),
            (10, 95, 100, None),
            (10, 0, 200, Some((10, 10))),
        ] {
            let r = rolling(desired, min, max);
            let budget = (!r.blocked).then_some((r.max_unavailable, r.max_surge));
            assert_eq!(budget, expected, "{desired} at {min}/{max}");
        }
        assert!(!rolling(0, 100, 100).blocked, "nothing runs, nothing blocks");
        assert_eq!(rolling(i32::MAX, 0, i32::MAX).max_surge, i32::MAX);
    }

    /// Each bound depends on one of the two percentages only, so these are all pairs of them.
    #[test]
    fn both_bounds_are_ecs_bounds_for_every_count_and_every_percentage() {
        for desired in 0..=500i32 {
            for min in 0..=100 {
                let lower = (desired * min).unsigned_abs().div_ceil(100).cast_signed();
                assert_eq!(desired - rolling(desired, min, 200).max_unavailable, lower, "{desired} at {min}");
            }
            for max in 100..=400 {
                let upper = desired * max / 100;
                assert_eq!(desired + rolling(desired, 100, max).max_surge, upper, "{desired} at {max}");
            }
        }
    }

    proptest! {
        #[test]
        fn both_bounds_are_ecs_bounds(desired in 0i32..5000, min in 0i32..=100, max in 100i32..=400) {
            let r = rolling(desired, min, max);
            let (d, min, max) = (f64::from(desired), f64::from(min), f64::from(max));
            let (lower, upper) = ((d * min / 100.0).ceil(), (d * max / 100.0).floor());
            prop_assert_eq!(f64::from(desired - r.max_unavailable), lower);
            prop_assert_eq!(f64::from(desired + r.max_surge), upper);
            prop_assert_eq!(r.blocked, desired > 0 && lower == d && upper == d);
        }
    }
}
