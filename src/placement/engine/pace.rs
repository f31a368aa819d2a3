//! When an index is worth its upkeep.
//!
//! Counted, not timed: the same events make the same choices. A class is scanned for until the scans have cost more than
//! building an index would; an index that did not live to earn its cost makes the next one wait twice as long. A
//! class that sleeps while most of the table changes is better off with scans.

/// What an index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Scans that cost about as much as building it.
    pub(super) build: u32,
    /// Nodes that are scanned in the time in which it sees one change.
    pub(super) upkeep: u64,
}

impl Cost {
    /// Of trees, into which every change is brought.
    pub(super) const TREES: Self = Self { build: 24, upkeep: 60 };
    /// Of the best few nodes.
    pub(super) const FEW: Self = Self { build: 3, upkeep: 8 };
}

/// The most that a class whose indexes do not last has to wait.
const LONGEST: u32 = 1024;
/// Below this many nodes a scan is as good as anything.
const SMALL: usize = 192;

/// How often a class is asked for, and how its indexes fared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    scans: u32,
    /// Scans until the next index, in the time of building one; a multiple of it.
    wait: u32,
    served: u32,
    /// Changes between two decisions, averaged, in sixteenths.
    gap: u64,
    last: Option<u64>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { scans: 0, wait: 1, served: 0, gap: 0, last: None }
    }
}

/// How to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Scan,
    Build,
    Index,
}

impl Pace {
    /// How to decide now. `end` is the position in the change log, `pending` how many changes the index has not seen, or
    /// `None` if there is no index or it has missed some.
    pub(super) fn next(&mut self, cost: Cost, end: u64, slots: usize, pending: Option<u64>) -> Way {
        let gap = (end - self.last.unwrap_or(end).min(end)).min(u64::from(u32::MAX)) * 16;
        self.last = Some(end);
        self.gap = self.gap - self.gap / 8 + gap / 8;
        let slots_wide = slots as u64;
        let sleepy = self.gap / 16 * cost.upkeep > slots_wide;
        let current = pending.is_some_and(|pending| pending * cost.upkeep <= slots_wide.max(64) * 2);
        if slots < SMALL || sleepy || !current && self.scans < (self.wait * cost.build).min(LONGEST) {
            self.scans = self.scans.saturating_add(1);
            return Way::Scan;
        }
        if current {
            self.served = self.served.saturating_add(1);
            return Way::Index;
        }
        self.wait = if self.served < cost.build { (self.wait * 2).min(LONGEST) } else { 1 };
        self.scans = 0;
        self.served = 0;
        Way::Build
    }

    /// The index was dropped, because it was of no use.
    pub(super) const fn in_vain(&mut self) {
        self.served = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(pace: &mut Pace, times: u64, step: u64, pending: impl Fn(u64) -> Option<u64>) -> Vec<Way> {
        (0..times).map(|i| pace.next(Cost { build: 16, upkeep: 12 }, i * step, 10_000, pending(i))).collect()
    }

    #[test]
    fn an_index_is_built_when_the_scans_have_paid_for_it() {
        let mut pace = Pace::default();
        let ways = ways(&mut pace, 20, 1, |i| (i > 16).then_some(1));
        assert_eq!(ways.iter().position(|&way| way == Way::Build), Some(16));
        assert!(ways[17..].iter().all(|&way| way == Way::Index));
    }

    #[test]
    fn indexes_that_do_not_last_are_built_ever_less_often() {
        let mut pace = Pace::default();
        let built = ways(&mut pace, 4_000, 1, |_| None).iter().filter(|&&way| way == Way::Build).count();
        assert!((3..20).contains(&built), "{built}");
    }

    #[test]
    fn a_class_that_sleeps_through_most_changes_is_scanned_for() {
        let mut pace = Pace::default();
        let ways = ways(&mut pace, 100, 5_000, |_| Some(5_000));
        assert!(ways[10..].iter().all(|&way| way == Way::Scan));
    }

    #[test]
    fn few_nodes_are_scanned() {
        let mut pace = Pace::default();
        assert!((0..100).all(|i| pace.next(Cost::TREES, i, 100, None) == Way::Scan));
    }
}
