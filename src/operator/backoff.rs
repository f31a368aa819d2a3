//! How long an object waits after a failure: exponential, per object, spread by a jitter that needs no
//! random numbers.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::Mutex;
use std::time::Duration;

use super::key::Key;
use super::lock;

/// Wait after the first failure.
const FIRST: Duration = Duration::from_millis(250);
/// Longest wait before jitter.
const LONGEST: Duration = Duration::from_secs(300);

/// Failed attempts by object.
#[derive(Debug)]
pub(crate) struct Backoff<K = Key> {
    attempts: Mutex<HashMap<K, u32>>,
    /// Makes two replicas, or two runs, spread differently.
    seed: u64,
}

impl<K: Clone + Eq + Hash> Backoff<K> {
    /// No failures yet.
    pub(crate) fn new(seed: &str) -> Self {
        Self { attempts: Mutex::new(HashMap::new()), seed: hash(&seed) }
    }

    /// What tells this replica from others where chance plays a part.
    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    /// Counts a failure; how long to wait before the next attempt.
    pub(crate) fn failed(&self, key: &K) -> Duration {
        let mut attempts = lock(&self.attempts);
        let attempt = attempts.entry(key.clone()).or_default();
        *attempt = attempt.saturating_add(1);
        delay(*attempt, hash(&(self.seed, key, *attempt)))
    }

    /// Forgets the failures of an object that succeeded or is gone.
    pub(crate) fn reset(&self, key: &K) {
        lock(&self.attempts).remove(key);
    }
}

/// The wait after the `attempt`-th failure in a row: doubled each time, plus up to a quarter by `noise`.
fn delay(attempt: u32, noise: u64) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32 << attempt.saturating_sub(1).min(20));
    let wait = doubled.min(LONGEST);
    let quarter = u64::try_from(wait.as_millis() / 4).unwrap_or(u64::MAX);
    wait + Duration::from_millis(noise % quarter.max(1))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::key::{Name, Root};

    #[test]
    fn waits_double_up_to_a_limit() {
        assert_eq!(delay(1, 0), FIRST);
        assert_eq!(delay(2, 0), 2 * FIRST);
        assert_eq!(delay(3, 0), 4 * FIRST);
        assert_eq!(delay(40, 0), LONGEST);
        assert_eq!(delay(u32::MAX, 0), LONGEST);
    }

    #[test]
    fn jitter_adds_at_most_a_quarter() {
        for noise in [0, 1, 12_345, u64::MAX] {
            let wait = delay(5, noise);
            assert!(wait >= 16 * FIRST && wait < 20 * FIRST, "{wait:?}");
        }
    }

    #[test]
    fn success_forgets_failures() {
        let backoff = Backoff::new("a");
        let key = Key::new(Root::EcsService, Name::new("shop", "web"));
        let first = backoff.failed(&key);
        assert!(backoff.failed(&key) > first);
        backoff.reset(&key);
        assert_eq!(backoff.failed(&key), first);
    }
}
