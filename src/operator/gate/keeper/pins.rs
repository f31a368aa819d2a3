//! Pins that kube-scheduler has not taken up yet, and who waits for that.
//!
//! A pod that fits nowhere is left to kube-scheduler. Were it the first to arrive there, it would get the room that the core
//! has given to others a moment ago, and one of those would not fit any more: kube-scheduler has to know of every pin that was
//! decided before. Pins that come later take nothing that the pod could have had. Nobody waits for long: a pin that is not
//! taken up in time is not waited for.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Pins are numbered in the order of decisions.
#[derive(Debug)]
pub(super) struct Pins {
    patience: Duration,
    next: u64,
    /// Pins that are waited for: since when they are known.
    open: BTreeMap<u64, Instant>,
    /// Pods that wait, and the number of the first pin that they do not wait for; the first one to go in front.
    held: VecDeque<(u64, String)>,
}

impl Pins {
    /// A pin is waited for as long as `patience`.
    pub(super) const fn new(patience: Duration) -> Self {
        Self { patience, next: 0, open: BTreeMap::new(), held: VecDeque::new() }
    }

    /// A pod has been given a node: the number of that.
    pub(super) fn open(&mut self, now: Instant) -> u64 {
        let number = self.next;
        self.next += 1;
        self.open.insert(number, now);
        number
    }

    /// It has started, is gone, or is not to be waited for.
    pub(super) fn close(&mut self, number: Option<u64>) {
        if let Some(number) = number {
            self.open.remove(&number);
        }
    }

    /// Opens or closes what a pod has, as it should be; its number then.
    pub(super) fn follow(&mut self, number: Option<u64>, is_open: bool, now: Instant) -> Option<u64> {
        if is_open {
            return number.or_else(|| Some(self.open(now)));
        }
        self.close(number);
        None
    }

    /// Lets a pod wait, if there is something to wait for.
    pub(super) fn hold(&mut self, uid: &str, now: Instant) -> bool {
        self.give_up(now);
        if self.open.is_empty() {
            return false;
        }
        self.held.push_back((self.next, uid.to_owned()));
        true
    }

    /// The first pod that has nothing to wait for any more.
    pub(super) fn released(&mut self, now: Instant) -> Option<String> {
        self.give_up(now);
        let &(before, _) = self.held.front()?;
        let waits = self.open.first_key_value().is_some_and(|(&first, _)| first < before);
        if waits { None } else { self.held.pop_front().map(|(_, uid)| uid) }
    }

    /// When pods may have something to be told without news.
    pub(super) fn due(&self) -> Option<Instant> {
        self.held.front()?;
        self.open.first_key_value().map(|(_, since)| *since + self.patience)
    }

    /// Pods that wait.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Forgets what has been waited for long enough.
    fn give_up(&mut self, now: Instant) {
        while let Some(first) = self.open.first_entry()
            && now >= *first.get() + self.patience
        {
            first.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    #[test]
    fn who_waits_is_let_go_in_order_as_soon_as_all_earlier_pins_are_closed() {
        let (mut pins, now) = (Pins::new(PATIENCE), Instant::now());
        assert!(!pins.hold("a", now), "there is nothing to wait for");
        let (first, second) = (pins.open(now), pins.open(now));
        assert!(pins.hold("a", now));
        let third = pins.open(now);
        assert!(pins.hold("b", now));
        pins.close(Some(second));
        assert_eq!(pins.released(now), None);
        pins.close(Some(first));
        assert_eq!(pins.released(now).as_deref(), Some("a"), "the third one came later");
        assert_eq!(pins.released(now), None);
        assert_eq!(pins.follow(Some(third), true, now), Some(third));
        assert_eq!(pins.follow(Some(third), false, now), None);
        assert_eq!(pins.released(now).as_deref(), Some("b"));
        assert_eq!((pins.held(), pins.due()), (0, None));
    }

    #[test]
    fn no_pin_is_waited_for_longer_than_patience_lasts() {
        let (mut pins, now) = (Pins::new(PATIENCE), Instant::now());
        pins.open(now);
        pins.hold("a", now);
        let later = now + PATIENCE / 2;
        pins.open(later);
        pins.hold("b", later);
        assert_eq!(pins.due(), Some(now + PATIENCE));
        assert_eq!(pins.released(now + PATIENCE).as_deref(), Some("a"));
        assert_eq!(pins.released(now + PATIENCE), None);
        assert_eq!(pins.due(), Some(later + PATIENCE));
        assert_eq!(pins.released(later + PATIENCE).as_deref(), Some("b"));
        pins.open(now);
        assert!(!pins.hold("c", later + PATIENCE), "it has been open for long enough already");
    }
}
