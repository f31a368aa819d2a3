//! What has to be reconciled, and when. No clock and no IO: the time is an argument.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use tokio::time::Instant;

/// Keys by the time at which they are due, each at most once; a key that is being worked on waits for its end.
///
/// A key that is asked for again keeps its earlier time, so that steady traffic can delay nothing for ever.
#[derive(Debug)]
pub(crate) struct Queue<K> {
    due: BTreeSet<(Instant, K)>,
    at: HashMap<K, Instant>,
    running: HashSet<K>,
    again: HashMap<K, Instant>,
}

impl<K> Default for Queue<K> {
    fn default() -> Self {
        Self { due: BTreeSet::new(), at: HashMap::new(), running: HashSet::new(), again: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord> Queue<K> {
    /// Asks for `key` at `at`, or earlier if that was asked for before.
    pub(crate) fn push(&mut self, key: K, at: Instant) {
        if self.running.contains(&key) {
            let again = self.again.entry(key).or_insert(at);
            *again = at.min(*again);
            return;
        }
        match self.at.get(&key) {
            Some(earlier) if *earlier <= at => return,
            Some(later) => {
                self.due.remove(&(*later, key.clone()));
            }
            None => {}
        }
        self.at.insert(key.clone(), at);
        self.due.insert((at, key));
    }

    /// The key that has been due for the longest time, to be worked on until [`Self::done`].
    pub(crate) fn pop(&mut self, now: Instant) -> Option<K> {
        let (at, _) = self.due.first()?;
        if *at > now {
            return None;
        }
        let (_, key) = self.due.pop_first()?;
        self.at.remove(&key);
        self.running.insert(key.clone());
        Some(key)
    }

    /// Ends the work on a key.
    pub(crate) fn done(&mut self, key: &K) {
        self.running.remove(key);
        if let Some(at) = self.again.remove(key) {
            self.push(key.clone(), at);
        }
    }

    /// When the next key is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// How many keys wait.
    pub(crate) fn len(&self) -> usize {
        self.due.len() + self.again.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn start() -> (Queue<&'static str>, Instant) {
        (Queue::default(), Instant::now())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_key_stands_in_the_queue_once_at_its_earliest_time() {
        let (mut queue, now) = start();
        queue.push("web", now + SECOND);
        queue.push("web", now + 2 * SECOND);
        assert_eq!(queue.next(), Some(now + SECOND));
        queue.push("web", now);
        assert_eq!((queue.len(), queue.pop(now)), (1, Some("web")));
        assert_eq!(queue.pop(now + 9 * SECOND), None);
    }

    #[test]
    fn nothing_comes_before_it_is_due() {
        let (mut queue, now) = start();
        queue.push("late", now + SECOND);
        queue.push("soon", now);
        assert_eq!(queue.pop(now), Some("soon"));
        assert_eq!(queue.pop(now), None);
        assert_eq!(queue.pop(now + SECOND), Some("late"));
    }

    #[test]
    fn a_key_that_is_worked_on_comes_again_afterwards() {
        let (mut queue, now) = start();
        queue.push("web", now);
        assert_eq!(queue.pop(now), Some("web"));
        queue.push("web", now);
        assert_eq!(queue.pop(now), None);
        queue.done(&"web");
        assert_eq!(queue.pop(now), Some("web"));
        queue.done(&"web");
        assert_eq!((queue.len(), queue.next()), (0, None));
    }
}
