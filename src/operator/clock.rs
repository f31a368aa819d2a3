//! When objects have to be looked at although nothing has changed: each at one time at most.
//!
//! Times are those of the calendar. Whoever waits for them has to look at the clock now and then, because machines are
//! put to sleep and clocks are set. No IO: the time is an argument.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::Duration;

use jiff::Timestamp;

/// Longest time for which nobody looks at the clock.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Keys by the time at which they are due.
#[derive(Debug)]
pub(crate) struct Clock<K> {
    due: BTreeSet<(Timestamp, K)>,
    at: HashMap<K, Timestamp>,
}

impl<K> Default for Clock<K> {
    fn default() -> Self {
        Self { due: BTreeSet::new(), at: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord> Clock<K> {
    /// Sets the time of a key, in place of an earlier one; without a time it is not due any more.
    pub(crate) fn set(&mut self, key: &K, at: Option<Timestamp>) {
        if let Some(known) = self.at.remove(key) {
            self.due.remove(&(known, key.clone()));
        }
        if let Some(at) = at {
            self.at.insert(key.clone(), at);
            self.due.insert((at, key.clone()));
        }
    }

    /// The keys that are due; they have no time any more.
    pub(crate) fn take(&mut self, now: Timestamp) -> Vec<K> {
        let mut taken = Vec::new();
        while let Some((at, _)) = self.due.first()
            && *at <= now
            && let Some((_, key)) = self.due.pop_first()
        {
            self.at.remove(&key);
            taken.push(key);
        }
        taken
    }

    /// How long to sleep before the clock has to be looked at; `None` if nothing will be due.
    pub(crate) fn sleep(&self, now: Timestamp) -> Option<Duration> {
        let (at, _) = self.due.first()?;
        Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST_SLEEP))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_key_is_due_once_at_the_time_that_was_set_last() {
        let mut clock = Clock::default();
        clock.set(&"web", Some(at(10)));
        clock.set(&"web", Some(at(30)));
        clock.set(&"api", Some(at(20)));
        clock.set(&"db", Some(at(5)));
        clock.set(&"db", None);
        assert_eq!(clock.sleep(at(0)), Some(Duration::from_secs(20)));
        assert_eq!(clock.take(at(19)), [""; 0]);
        assert_eq!(clock.take(at(30)), ["api", "web"]);
        assert_eq!((clock.take(at(99)), clock.sleep(at(99))), (Vec::new(), None));
    }

    #[test]
    fn the_clock_is_looked_at_every_minute_and_at_once_when_it_was_put_forward() {
        let mut clock = Clock::default();
        clock.set(&"web", Some(at(7200)));
        assert_eq!(clock.sleep(at(0)), Some(LONGEST_SLEEP));
        assert_eq!(clock.sleep(at(9000)), Some(Duration::ZERO));
    }
}
