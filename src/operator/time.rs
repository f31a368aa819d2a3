//! The time of day. Read here and nowhere else.

use jiff::Timestamp;
use tokio::time::Instant;

/// What says how late it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeOfDay {
    /// A time of day, and when it was that time; `None` for the clock of the machine.
    set: Option<(Timestamp, Instant)>,
}

impl TimeOfDay {
    /// One that is `time` now and goes on with tokio's time, which tests stop and turn.
    #[must_use]
    pub fn starting_at(time: Timestamp) -> Self {
        Self { set: Some((time, Instant::now())) }
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.set.map_or_else(Timestamp::now, |(time, since)| time + since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_time_that_was_set_goes_on_with_the_time_of_the_runtime() {
        let time_of_day = TimeOfDay::starting_at(Timestamp::UNIX_EPOCH);
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(time_of_day.now(), Timestamp::from_second(90).unwrap());
    }
}
