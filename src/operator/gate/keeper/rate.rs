//! How often something may be asked.

use std::time::Duration;

use tokio::time::Instant;

/// One question more may be asked whenever this has passed: no control plane creates pods faster for long.
const EACH: Duration = Duration::from_millis(2);
/// Questions that may be asked at once, after a rest.
const AT_ONCE: u32 = 2000;

/// Questions, counted in the time that they are worth.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// The time that has been spent, up to here.
    spent: Option<Instant>,
}

impl Rate {
    /// Counts a question; whether it may be asked.
    pub(super) fn one_more(&mut self, now: Instant) -> bool {
        let spent = self.spent.map_or(now, |spent| spent.max(now)) + EACH;
        let may = spent <= now + EACH * AT_ONCE;
        if may {
            self.spent = Some(spent);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_be_asked_at_once_and_then_one_after_the_other() {
        let (mut rate, mut now) = (Rate::default(), Instant::now());
        for _ in 0..2 {
            assert_eq!((0..2 * AT_ONCE).filter(|_| rate.one_more(now)).count(), AT_ONCE as usize);
            now += EACH;
            assert!(rate.one_more(now));
            assert!(!rate.one_more(now));
            // A rest makes good for all of it, and for no more.
            now += EACH * AT_ONCE * 3;
        }
    }
}
