//! Schedule expressions of AWS: `at(…)`, `rate(…)` and `cron(…)`, and when they are due.
//!
//! Times of day are those of a zone of the bundled IANA database, so that every machine answers alike. In the hour that
//! a zone skips nothing is due; what falls into the hour that it repeats is due once, the first time. (`at` has one time
//! only: in a skipped hour it is due as much later as the clocks are put forward.)

mod cron;

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use cron::Cron;

/// A schedule expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Once, at this time of the zone.
    At(DateTime),
    /// Again and again after so many seconds.
    Rate(i64),
    /// At all times that fit, of the zone.
    Cron(Box<Cron>),
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Bytes before the place.
    pub at: usize,
    /// What is the case there, without a full stop.
    pub message: String,
}

impl Error {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.at + 1, self.message)
    }
}

/// The time zone of this name, upper or lower case alike.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// When an expression counts.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Where `at` and `cron` take their times from.
    pub zone: TimeZone,
    /// When the schedule was made: `rate` counts from here.
    pub made: Timestamp,
    /// Nothing is due before. `rate` counts from here instead, and is due at once.
    pub start: Option<Timestamp>,
    /// Nothing is due after.
    pub end: Option<Timestamp>,
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// Says where the first thing stands that AWS does not accept.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let lead = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        let Some((kind, rest)) = trimmed.split_once('(') else {
            return Err(Error::new(lead, "expected at(…), rate(…) or cron(…)"));
        };
        let start = lead + kind.len() + 1;
        let Some(inner) = rest.strip_suffix(')') else {
            return Err(Error::new(lead + trimmed.len(), "expected a closing parenthesis"));
        };
        match kind {
            "at" => at(inner, start).map(Self::At),
            "rate" => rate(inner, start).map(Self::Rate),
            "cron" => Cron::parse(inner, start).map(|cron| Self::Cron(Box::new(cron))),
            _ => Err(Error::new(lead, format!("{kind:?} is none of at, rate and cron"))),
        }
    }

    /// The first time after `after` that it is due.
    #[must_use]
    pub fn next(&self, after: Timestamp, frame: &Frame) -> Option<Timestamp> {
        // Nothing before the start is of interest, and the start itself may be due.
        let second = SignedDuration::from_secs(1);
        let before_start = frame.start.and_then(|start| whole(start).checked_sub(second).ok());
        let after = before_start.map_or(after, |start| after.max(start));
        let due = match self {
            Self::At(time) => instant(*time, &frame.zone, true).filter(|due| *due > after),
            Self::Rate(seconds) => {
                let (anchor, first) = anchor(frame);
                let gone = (after.as_second() - anchor).div_euclid(*seconds) + 1;
                let due = gone.max(first).checked_mul(*seconds).and_then(|s| s.checked_add(anchor))?;
                Timestamp::from_second(due).ok()
            }
            Self::Cron(cron) => cron.next(after, &frame.zone),
        }?;
        frame.end.is_none_or(|end| due <= end).then_some(due)
    }

    /// The last time that it was due after `after` and not after `now`.
    #[must_use]
    pub fn latest(&self, after: Timestamp, now: Timestamp, frame: &Frame) -> Option<Timestamp> {
        let now = frame.end.map_or(now, |end| now.min(end));
        let due = match self {
            Self::At(time) => instant(*time, &frame.zone, true).filter(|due| *due <= now),
            Self::Rate(seconds) => {
                let (anchor, first) = anchor(frame);
                let gone = (now.as_second() - anchor).div_euclid(*seconds);
                let due = gone.checked_mul(*seconds).and_then(|s| s.checked_add(anchor))?;
                Timestamp::from_second(due).ok().filter(|_| gone >= first)
            }
            Self::Cron(cron) => cron.previous(now, after, &frame.zone),
        }?;
        let started = frame.start.is_none_or(|start| due >= whole(start));
        (started && due > after).then_some(due)
    }
}

/// From when a rate counts, and the number of the first time that it is due.
fn anchor(frame: &Frame) -> (i64, i64) {
    frame.start.map_or((frame.made.as_second(), 1), |start| (start.as_second(), 0))
}

/// Schedules know whole seconds.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// When a time of day was in a zone: the first time where that repeats it. Where it skips it: never, or as much
/// later as the clocks are put forward.
fn instant(time: DateTime, zone: &TimeZone, skipped: bool) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(time);
    if !skipped && matches!(found.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return None;
    }
    found.compatible().ok()
}

fn at(text: &str, start: usize) -> Result<DateTime, Error> {
    const FORM: &str = "dddd-dd-ddTdd:dd:dd";
    for (i, (expected, found)) in
        FORM.chars().zip(text.chars().map(Some).chain(std::iter::repeat(None))).enumerate()
    {
        let fits = match expected {
            'd' => found.is_some_and(|c| c.is_ascii_digit()),
            other => found == Some(other),
        };
        if !fits {
            return Err(Error::new(start + i, "expected a time such as 2026-01-31T18:00:00, without a zone"));
        }
    }
    if let Some(more) = text.get(FORM.len()..).filter(|more| !more.is_empty()) {
        return Err(Error::new(
            start + FORM.len(),
            format!("{more:?} is too much: the zone has a member of its own"),
        ));
    }
    text.parse().map_err(|_| Error::new(start, format!("there is no such time as {text}")))
}

/// Seconds of one unit, and how it is written.
const UNITS: &[(&str, i64)] = &[("minute", 60), ("hour", 3600), ("day", 86_400)];

fn rate(text: &str, start: usize) -> Result<i64, Error> {
    let mut words = words(text, start);
    let (at, number) = words.next().ok_or_else(|| Error::new(start, "expected a number and a unit"))?;
    let value =
        number.parse::<u32>().ok().filter(|value| *value > 0 && number.bytes().all(|b| b.is_ascii_digit()));
    let value =
        value.ok_or_else(|| Error::new(at, format!("{number:?} is no whole number greater than 0")))?;
    let end = start + text.len();
    let (at, word) = words.next().ok_or_else(|| Error::new(end, "expected minutes, hours or days"))?;
    if let Some((at, more)) = words.next() {
        return Err(Error::new(at, format!("{more:?} is too much")));
    }
    let (singular, plural) = word.strip_suffix('s').map_or((word, false), |singular| (singular, true));
    let unit = UNITS.iter().find(|(unit, _)| *unit == singular);
    let Some((unit, seconds)) = unit else {
        return Err(Error::new(at, format!("{word:?} is none of minutes, hours and days")));
    };
    if plural == (value == 1) {
        let s = if plural { "" } else { "s" };
        return Err(Error::new(at, format!("AWS wants it spelled {unit}{s} after {value}")));
    }
    Ok(i64::from(value) * seconds)
}

/// Words with their places.
fn words(text: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let offset = move |word: &str| start + (word.as_ptr() as usize - text.as_ptr() as usize);
    text.split_ascii_whitespace().map(move |word| (offset(word), word))
}

#[cfg(test)]
mod tests;
