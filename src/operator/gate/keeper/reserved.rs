//! Room that is held for pods that are being created: by the uid of the review, because they have none of their own yet.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// How long room is held: a pod that is not there by then was refused by somebody else.
const HELD: Duration = Duration::from_secs(10);
/// Reservations at a time, at most: whoever can reach the webhook can make them.
const MOST: usize = 1024;

/// Reservations that nobody has come for yet.
#[derive(Debug, Default)]
pub(super) struct Reserved {
    open: HashSet<String>,
    /// In the order in which they end.
    ends: VecDeque<(Instant, String)>,
}

impl Reserved {
    /// Whether one more may be made.
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < MOST
    }

    pub(super) fn insert(&mut self, reservation: String, now: Instant) {
        self.ends.push_back((now + HELD, reservation.clone()));
        self.open.insert(reservation);
    }

    /// Whether it was open.
    pub(super) fn remove(&mut self, reservation: &str) -> bool {
        let was = self.open.remove(reservation);
        while self.ends.front().is_some_and(|(_, first)| !self.open.contains(first)) {
            self.ends.pop_front();
        }
        was
    }

    /// Takes out one that has been open for too long.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<String> {
        let first = self.ends.front().filter(|(end, _)| *end <= now).map(|(_, first)| first.clone())?;
        self.remove(&first);
        Some(first)
    }

    /// When the next one ends.
    pub(super) fn due(&self) -> Option<Instant> {
        self.ends.front().map(|(end, _)| *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_are_held_than_may_be_and_all_of_them_end() {
        let (mut reserved, now) = (Reserved::default(), Instant::now());
        for number in 0..MOST {
            assert!(reserved.has_room());
            reserved.insert(number.to_string(), now);
        }
        assert!(!reserved.has_room());
        assert!(reserved.remove("0") && !reserved.remove("0"));
        assert!(reserved.has_room());
        assert_eq!(reserved.overdue(now), None);
        let end = reserved.due().unwrap();
        assert_eq!(std::iter::from_fn(|| reserved.overdue(end)).count(), MOST - 1);
        assert_eq!(reserved.due(), None);
    }
}
