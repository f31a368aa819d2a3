//! ECS's percentages of a rolling deployment, as the two numbers that Kubernetes rolls by.

/// The budget of a rolling update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// `maxUnavailable` as the percentage string that is exact for every count.
    pub max_unavailable_percent: String,
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
        max_unavailable_percent: format!("{spare}%"),
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

    proptest! {
        #[test]
        fn both_bounds_are_ecs_bounds(desired in 0i32..5000, min in 0i32..=100, max in 100i32..=400) {
            let r = rolling(desired, min, max);
            let (d, min, max) = (f64::from(desired), f64::from(min), f64::from(max));
            prop_assert_eq!(f64::from(desired - r.max_unavailable), (d * min / 100.0).ceil());
            prop_assert_eq!(f64::from(desired + r.max_surge), (d * max / 100.0).floor());
        }

        #[test]
        fn the_percentage_is_the_number_as_kubernetes_rounds_it(desired in 0i32..5000, min in 0i32..=100) {
            let r = rolling(desired, min, 200);
            let percent: i64 = r.max_unavailable_percent.trim_end_matches('%').parse().unwrap();
            prop_assert_eq!(i64::from(desired) * percent / 100, i64::from(r.max_unavailable));
        }
    }
}
