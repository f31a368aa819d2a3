//! Room that is held for pods that are being created: by the uid of the review, because they have none of their own yet.
//!
//! The core knows them by names of our own. A review's uid is what somebody has sent, and may be the one of a pod.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

/// How long room is held, at most: a pod that is not there by then was refused by somebody else.
const HELD: Duration = Duration::from_secs(10);
/// Reservations at a time, at most: whoever can reach the webhook can make them.
const MOST: usize = 1024;

/// Reservations that nobody has come for yet.
#[derive(Debug)]
pub(super) struct Reserved {
    held: Duration,
    /// The number of the next one.
    next: u64,
    /// Numbers by review.
    open: HashMap<String, u64>,
    /// The first one to end in front.
    rooms: BTreeMap<u64, Room>,
    /// None ends before.
    not_before: Option<Instant>,
}

#[derive(Debug)]
struct Room {
    review: String,
    /// The number of its pin.
    pin: u64,
    end: Instant,
}

impl Reserved {
    /// None yet. Whoever waits for a pin does so as long as `patience`; no reservation outlasts that.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            held: HELD.min(patience),
            next: 0,
            open: HashMap::new(),
            rooms: BTreeMap::new(),
            not_before: None,
        }
    }

    /// Whether room may be held for a review: there are not too many, and none for this one.
    pub(super) fn admits(&self, review: &str) -> bool {
        self.open.len() < MOST && !self.open.contains_key(review)
    }

    /// What the core will know the next one by.
    pub(super) fn next(&self) -> String {
        name(self.next)
    }

    pub(super) fn insert(&mut self, review: &str, pin: u64, now: Instant) {
        self.open.insert(review.to_owned(), self.next);
        let room = Room { review: review.to_owned(), pin, end: now + self.held };
        self.rooms.insert(self.next, room);
        self.next += 1;
    }

    /// What the core knows it by, and the number of its pin, if it was open.
    pub(super) fn remove(&mut self, review: &str) -> Option<(String, u64)> {
        let number = self.open.remove(review)?;
        self.rooms.remove(&number).map(|room| (name(number), room.pin))
    }

    /// The review of one that has been open for too long.
    pub(super) fn overdue(&self, now: Instant) -> Option<String> {
        let (_, first) = self.rooms.first_key_value()?;
        (self.due()? <= now).then(|| first.review.clone())
    }

    /// When the next one ends.
    pub(super) fn due(&self) -> Option<Instant> {
        self.rooms.first_key_value().map(|(_, first)| self.not_before.unwrap_or(first.end).max(first.end))
    }

    /// Lets none end before.
    pub(super) fn postpone(&mut self, until: Instant) {
        self.not_before = Some(until);
    }
}

/// What the core knows a reservation by: no text that somebody has sent, and none that a pod may have as its uid.
fn name(number: u64) -> String {
    format!("reservation {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(reserved: &mut Reserved, now: Instant) -> usize {
        std::iter::from_fn(|| reserved.overdue(now).and_then(|first| reserved.remove(&first))).count()
    }

    #[test]
    fn no_more_are_held_than_may_be_and_all_of_them_end() {
        let (mut reserved, now) = (Reserved::new(HELD), Instant::now());
        for number in 0..MOST {
            assert!(reserved.admits(&number.to_string()));
            reserved.insert(&number.to_string(), 7, now);
        }
        assert!(!reserved.admits("another"));
        assert_eq!(reserved.remove("0"), Some((name(0), 7)));
        assert_eq!(reserved.remove("0"), None);
        assert!(reserved.admits("0") && !reserved.admits("1"), "there is one for this review");
        assert_eq!(reserved.overdue(now), None);
        let end = reserved.due().unwrap();
        assert_eq!(ended(&mut reserved, end), MOST - 1);
        assert_eq!((reserved.due(), reserved.open.len()), (None, 0));
    }

    #[test]
    fn none_lasts_longer_than_it_is_waited_for_unless_it_is_postponed() {
        let (patience, now) = (Duration::from_secs(3), Instant::now());
        let mut reserved = Reserved::new(patience);
        reserved.insert("a", 7, now);
        reserved.insert("b", 8, now + Duration::from_secs(1));
        assert_eq!(reserved.due(), Some(now + patience));
        reserved.postpone(now + patience + Duration::from_millis(500));
        assert_eq!(ended(&mut reserved, now + patience), 0);
        assert_eq!(ended(&mut reserved, now + patience + Duration::from_millis(500)), 1);
        assert_eq!(ended(&mut reserved, now + patience + Duration::from_secs(1)), 1);
        assert_eq!(Reserved::new(patience * 100).held, HELD);
    }

    #[test]
    fn the_same_review_again_leaves_nothing_behind() {
        let (mut reserved, now) = (Reserved::new(HELD), Instant::now());
        reserved.insert("first", 7, now);
        for pin in 0..3 {
            reserved.insert("again", pin, now);
            assert_ne!(reserved.next(), name(1 + pin));
            assert_eq!(reserved.remove("again"), Some((name(1 + pin), pin)));
        }
        assert_eq!((reserved.open.len(), reserved.rooms.len()), (1, 1));
    }
}
