//! How a count of tasks is shared out among the capacity providers of a strategy.

/// What the strategy says of one provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Tasks that it gets before any weight counts.
    pub base: u32,
    /// Its part of all further tasks, relative to the other weights; 0 gets none of them.
    pub weight: u32,
}

/// Tasks per provider, in the order of the strategy, for `count` tasks.
///
/// Bases are filled first, in list order. Each further task goes to the provider with the least
/// `(assigned + 1) / weight`, where `assigned` does not count the base; ties go to the earlier one. One more
/// task therefore never moves another. Where every weight is 0, which ECS refuses for more than one provider,
/// the first provider gets what the bases leave over.
///
/// Source: CapacityProviderStrategyItem; the published examples follow this rule.
#[must_use]
pub fn split(count: u32, shares: &[Share]) -> Vec<u32> {
    let mut tasks = vec![0; shares.len()];
    let mut left = count;
    for (tasks, share) in tasks.iter_mut().zip(shares) {
        *tasks = share.base.min(left);
        left -= *tasks;
    }
    if shares.iter().all(|share| share.weight == 0) {
        if let Some(first) = tasks.first_mut() {
            *first += left;
        }
        return tasks;
    }
    for (tasks, weighted) in tasks.iter_mut().zip(by_weight(left, shares)) {
        *tasks += weighted;
    }
    tasks
}

fn by_weight(count: u32, shares: &[Share]) -> Vec<u32> {
    let total: u64 = shares.iter().map(|share| u64::from(share.weight)).sum();
    // Whole cycles of `total` tasks come out as the weights themselves, so only the rest is dealt one by one.
    let cycles = u64::from(count) / total;
    let mut assigned: Vec<u64> = shares.iter().map(|s| u64::from(s.weight) * cycles).collect();
    for _ in 0..u64::from(count) % total {
        let next = (0..shares.len()).filter(|i| shares[*i].weight > 0).min_by(|a, b| {
            let cost = |i: usize| (u128::from(assigned[i]) + 1, u128::from(shares[i].weight));
            let ((a, a_weight), (b, b_weight)) = (cost(*a), cost(*b));
            (a * b_weight).cmp(&(b * a_weight))
        });
        if let Some(i) = next {
            assigned[i] += 1;
        }
    }
    assigned.into_iter().map(|n| u32::try_from(n).unwrap_or(u32::MAX)).collect()
}

/// Distributes `total` in proportion to `parts`, exactly: the largest remainders are rounded up, earlier ones
/// first. With parts that sum to 0 the first gets everything.
#[must_use]
pub fn apportion(total: u32, parts: &[u32]) -> Vec<u32> {
    let sum: u64 = parts.iter().map(|part| u64::from(*part)).sum();
    if sum == 0 {
        return (0..parts.len()).map(|i| if i == 0 { total } else { 0 }).collect();
    }
    let exact = |i: usize| u64::from(total) * u64::from(parts[i]);
    let mut shares: Vec<u64> = (0..parts.len()).map(|i| exact(i) / sum).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(exact(*i) % sum));
    let missing = u64::from(total) - shares.iter().sum::<u64>();
    for i in order.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
        shares[i] += 1;
    }
    shares.into_iter().map(|n| u32::try_from(n).unwrap_or(u32::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shares(bases: &[u32], weights: &[u32]) -> Vec<Share> {
        bases.iter().zip(weights).map(|(base, weight)| Share { base: *base, weight: *weight }).collect()
    }

    #[test]
    fn published_examples() {
        for (bases, weights, count, expected) in [
            ([1, 0], [1, 4], 1, [1, 0]),
            ([1, 0], [1, 4], 6, [2, 4]),
            ([1, 0], [1, 4], 11, [3, 8]),
            ([2, 0], [1, 3], 10, [4, 6]),
            ([2, 0], [1, 3], 22, [7, 15]),
            ([0, 0], [1, 1], 5, [3, 2]),
            ([0, 0], [1, 4], 10, [2, 8]),
            ([5, 0], [0, 1], 8, [5, 3]),
            ([0, 0], [0, 0], 3, [3, 0]),
        ] {
            assert_eq!(
                split(count, &shares(&bases, &weights)),
                expected,
                "{count} over base {bases:?} weight {weights:?}"
            );
        }
    }

    fn strategy() -> impl Strategy<Value = Vec<Share>> {
        let item = (0u32..20, 0u32..=1000).prop_map(|(base, weight)| Share { base, weight });
        prop::collection::vec(item, 1..8)
    }

    proptest! {
        #[test]
        fn sums_are_exact_and_bases_come_first(count in 0u32..3000, shares in strategy()) {
            let tasks = split(count, &shares);
            prop_assert_eq!(tasks.iter().sum::<u32>(), count);
            let bases: u32 = shares.iter().map(|s| s.base).sum();
            if count >= bases {
                prop_assert!(tasks.iter().zip(&shares).all(|(t, s)| *t >= s.base));
            } else {
                prop_assert!(tasks.iter().zip(&shares).all(|(t, s)| *t <= s.base));
            }
        }

        #[test]
        fn one_more_task_never_moves_another(count in 0u32..3000, shares in strategy()) {
            let (now, next) = (split(count, &shares), split(count + 1, &shares));
            prop_assert!(now.iter().zip(&next).all(|(a, b)| a <= b));
        }

        #[test]
        fn dealing_cycles_at_once_changes_nothing(count in 0u32..400, weights in prop::collection::vec(0u32..5, 1..5)) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let shares = shares(&vec![0; weights.len()], &weights);
            let mut one_by_one = vec![0u32; weights.len()];
            for _ in 0..count {
                let costs = one_by_one.iter().zip(&weights).map(|(n, w)| (f64::from(*n) + 1.0) / f64::from(*w));
                let (best, _) = costs.enumerate().fold((0, f64::INFINITY), |best, (i, cost)| {
                    if cost < best.1 { (i, cost) } else { best }
                });
                one_by_one[best] += 1;
            }
            prop_assert_eq!(split(count, &shares), one_by_one);
        }

        #[test]
        fn apportioning_is_exact_and_fair(total in 0u32..10_000, parts in prop::collection::vec(0u32..500, 1..8)) {
            let given = apportion(total, &parts);
            prop_assert_eq!(given.iter().sum::<u32>(), total);
            let sum: u64 = parts.iter().map(|p| u64::from(*p)).sum();
            for (given, part) in given.iter().zip(&parts).filter(|_| sum > 0) {
                let (given, exact) = (u64::from(*given) * sum, u64::from(total) * u64::from(*part));
                prop_assert!(given.abs_diff(exact) < sum, "less than one off");
            }
        }
    }
}
