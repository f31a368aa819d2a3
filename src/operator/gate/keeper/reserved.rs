//! Room that is held for pods that are being created: by the uid of the review, because they have none of their own yet.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// How long room is held: a pod that is not there by then was refused by somebody else.
const HELD: Duration = Duration::from_secs(10);
/// Reservations at a time, at most: whoever can reach the webhook can make them.
const MOST: usize = 1024;

/// Reservations that nobody has come for yet.
#[derive(Debug, Default)]
pub(super) struct Reserved {
    /// With the numbers of their pins.
    open: HashMap<String, u64>,
    /// In the order in which they end.
    ends: VecDeque<(Instant, String)>,
}

impl Reserved {
    /// Whether one more may be made.
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < MOST
    }

    pub(super) fn insert(&mut self, reservation: String, pin: u64, now: Instant) {
        self.ends.push_back((now + HELD, reservation.clone()));
        self.open.insert(reservation, pin);
    }

    /// The number of its pin, if it was open.
    pub(super) fn remove(&mut self, reservation: &str) -> Option<u64> {
        let pin = self.open.remove(reservation);
        while self.ends.front().is_some_and(|(_, first)| !self.open.contains_key(first)) {
            self.ends.pop_front();
        }
        pin
    }

    /// One that has been open for too long.
    pub(super) fn overdue(&self, now: Instant) -> Option<String> {
        self.ends.front().filter(|(end, _)| *end <= now).map(|(_, first)| first.clone())
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
            reserved.insert(number.to_string(), 7, now);
        }
        assert!(!reserved.has_room());
        assert_eq!((reserved.remove("0"), reserved.remove("0")), (Some(7), None));
        assert!(reserved.has_room());
        assert_eq!(reserved.overdue(now), None);
        let end = reserved.due().unwrap();
        let ended = std::iter::from_fn(|| reserved.overdue(end).and_then(|first| reserved.remove(&first)));
        assert_eq!(ended.count(), MOST - 1);
        assert_eq!(reserved.due(), None);
    }
}
