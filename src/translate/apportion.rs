//! Parts of a task's CPU.

use crate::model::units::CpuUnits;

/// Millicores of each part, together never more than `total` millicores: largest remainders first, each part at
/// least `least`. What a raised part gets more is taken from the largest.
///
/// `total` has to be enough for `least` of everything; the smallest task of ECS is.
pub(super) fn apportion(parts: &[CpuUnits], total: u64, least: u64) -> Vec<u64> {
    let scaled: Vec<u64> = parts.iter().map(|units| u64::from(units.0) * 1000).collect();
    let mut shares: Vec<u64> = scaled.iter().map(|part| part / 1024).collect();
    let target = scaled.iter().sum::<u64>().div_ceil(1024).min(total);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(scaled[*i] % 1024));
    let missing = target.saturating_sub(shares.iter().sum());
    for i in order.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
        shares[i] += 1;
    }
    for share in &mut shares {
        *share = (*share).max(least);
    }
    for _ in 0..shares.iter().sum::<u64>().saturating_sub(total) {
        if let Some(largest) = shares.iter_mut().filter(|share| **share > least).max() {
            *largest -= 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shares(parts: &[u32], task: u32) -> Vec<u64> {
        let parts: Vec<CpuUnits> = parts.iter().copied().map(CpuUnits).collect();
        apportion(&parts, CpuUnits(task).millicores(), 2)
    }

    #[test]
    fn the_containers_of_a_task_never_pass_it() {
        for (parts, task, expected) in [
            (&[85, 85, 86][..], 256, &[83, 83, 84][..]),
            (&[256, 0], 256, &[248, 2]),
            (&[128], 256, &[125]),
            (&[0, 0], 128, &[2, 2]),
            (&[10, 20], 1024, &[10, 20]),
        ] {
            assert_eq!(shares(parts, task), expected, "{parts:?} of {task}");
        }
    }

    proptest! {
        #[test]
        fn parts_stay_within_the_task_and_near_their_share(parts in prop::collection::vec(0u32..20_000, 1..=10), spare in 0u32..2000) {
            let task = (parts.iter().sum::<u32>() + spare).max(128);
            let shares = shares(&parts, task);
            prop_assert!(shares.iter().sum::<u64>() <= CpuUnits(task).millicores());
            let raised = 2 * parts.len() as u64;
            for (units, share) in parts.iter().zip(shares) {
                let exact = CpuUnits(*units).millicores_floor();
                prop_assert!(share >= 2 && share <= exact.max(1) + 1 && share + raised >= exact, "{units}: {share}");
            }
        }

        #[test]
        fn parts_that_make_up_the_task_use_all_of_it(parts in prop::collection::vec(1u32..20_000, 1..=10)) {
            let task = parts.iter().sum::<u32>().max(128);
            prop_assume!(task == parts.iter().sum::<u32>());
            prop_assert_eq!(shares(&parts, task).iter().sum::<u64>(), CpuUnits(task).millicores());
        }
    }
}
