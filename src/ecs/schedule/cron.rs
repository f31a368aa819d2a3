//! Cron expressions of AWS: six fields, or seven with seconds in front; neither Unix's nor Quartz's.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::{Error, instant, words};

/// Times of day and days that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    seconds: u64,
    minutes: u64,
    hours: u64,
    days: Days,
    months: u64,
    /// First and last year and the step between them, several times.
    years: Vec<(i16, i16, i16)>,
}

/// Days of a month that fit any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Vec<OfMonth>),
    OfWeek(Vec<OfWeek>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfMonth {
    /// Bits of their numbers.
    Numbers(u64),
    /// `L`
    Last,
    /// `LW`
    LastWorkday,
    /// `15W`
    Workday(i8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfWeek {
    /// Bits of their numbers, 1 is Sunday.
    Numbers(u64),
    /// `6L`
    Last(i8),
    /// `3#2`
    Nth(i8, i8),
}

/// A field: what it is called, its least and greatest number, and names of the numbers from the least on.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const SECONDS: Field = Field { name: "seconds", least: 0, most: 59, names: &[] };
const MINUTES: Field = Field { name: "minutes", least: 0, most: 59, names: &[] };
const HOURS: Field = Field { name: "hours", least: 0, most: 23, names: &[] };
const DAY_OF_MONTH: Field = Field { name: "day-of-month", least: 1, most: 31, names: &[] };
const MONTHS: Field = Field {
    name: "month",
    least: 1,
    most: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAY_OF_WEEK: Field = Field {
    name: "day-of-week",
    least: 1,
    most: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEARS: Field = Field { name: "year", least: 1970, most: 2199, names: &[] };

/// Longest time by which a zone sets its clocks back.
const LONGEST_REPEAT: SignedDuration = SignedDuration::from_hours(25);

impl Field {
    fn number(&self, text: &str, at: usize) -> Result<u32, Error> {
        let upper = text.to_ascii_uppercase();
        if let Some(position) = self.names.iter().position(|name| *name == upper) {
            return Ok(self.least + u32::try_from(position).unwrap_or_default());
        }
        let number = text.parse::<u32>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let Some(number) = number else {
            return Err(Error::new(at, format!("{text:?} is no value of {}", self.name)));
        };
        if !(self.least..=self.most).contains(&number) {
            let Self { name, least, most, .. } = self;
            return Err(Error::new(at, format!("{name} {number} is not between {least} and {most}")));
        }
        Ok(number)
    }

    /// First, last and step of one element of a list. The last may be less than the first: it goes round.
    fn range(&self, text: &str, at: usize) -> Result<(u32, u32, u32), Error> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => {
                let place = at + range.len() + 1;
                let count =
                    step.parse::<u32>().ok().filter(|n| *n > 0 && step.bytes().all(|b| b.is_ascii_digit()));
                let count = count.ok_or_else(|| Error::new(place, format!("{step:?} is no step")))?;
                (range, Some(count))
            }
            None => (text, None),
        };
        let (first, last) = match (range, range.split_once('-')) {
            ("*", _) => (self.least, self.most),
            (_, Some((first, last))) => (self.number(first, at)?, self.number(last, at + first.len() + 1)?),
            (one, None) => {
                let one = self.number(one, at)?;
                (one, if step.is_some() { self.most } else { one })
            }
        };
        Ok((first, last, step.unwrap_or(1)))
    }

    /// The numbers of one element as bits.
    fn bits(&self, text: &str, at: usize) -> Result<u64, Error> {
        let (first, last, step) = self.range(text, at)?;
        let round = self.most - self.least + 1;
        let last = if last < first { last + round } else { last };
        let (mut bits, mut number) = (0, first);
        while number <= last {
            bits |= 1_u64 << (self.least + (number - self.least) % round);
            number = number.saturating_add(step);
        }
        Ok(bits)
    }

    fn set(&self, text: &str, at: usize) -> Result<u64, Error> {
        elements(text, at).try_fold(0, |bits, (at, element)| Ok(bits | self.bits(element, at)?))
    }
}

/// Elements of a list with their places.
fn elements(text: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = start;
    text.split(',').map(move |element| {
        let place = at;
        at += element.len() + 1;
        (place, element)
    })
}

impl Cron {
    /// Reads what stands between the parentheses, which begins at `start` of the expression.
    pub(super) fn parse(text: &str, start: usize) -> Result<Self, Error> {
        let fields: Vec<(usize, &str)> = words(text, start).collect();
        let (seconds, fields) = match fields.len() {
            6 => (1, fields.as_slice()),
            7 => (SECONDS.set(fields[0].1, fields[0].0)?, &fields[1..]),
            n => {
                let message = format!("a cron expression has 6 or 7 fields, this one has {n}");
                return Err(Error::new(start, message));
            }
        };
        let &[minutes, hours, of_month, months, of_week, years] = fields else {
            return Err(Error::new(start, "a cron expression has 6 or 7 fields"));
        };
        let set = |field: &Field, (at, text): (usize, &str)| field.set(text, at);
        let years = elements(years.1, years.0).map(|(at, element)| {
            let (first, last, step) = YEARS.range(element, at)?;
            if last < first {
                return Err(Error::new(at, format!("years do not go round: {element}")));
            }
            // At most 2199, but the step may be anything.
            let year = |n: u32| i16::try_from(n).unwrap_or(i16::MAX);
            Ok((year(first), year(last), year(step)))
        });
        Ok(Self {
            seconds,
            minutes: set(&MINUTES, minutes)?,
            hours: set(&HOURS, hours)?,
            days: days(of_month, of_week)?,
            months: set(&MONTHS, months)?,
            years: years.collect::<Result<_, _>>()?,
        })
    }

    /// The first time after `after`.
    pub(super) fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut civil = zone.to_datetime(after);
        loop {
            civil = self.following(civil)?;
            if let Some(due) = instant(civil, zone, false).filter(|due| *due > after) {
                return Some(due);
            }
        }
    }

    /// The last time up to `now`, unless it is not after `after`.
    pub(super) fn previous(&self, now: Timestamp, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // A time of day that comes again may be ahead of the clock and have been due already.
        let mut civil = zone.to_datetime(now).checked_add(LONGEST_REPEAT).ok()?;
        let enough = zone.to_datetime(after).checked_sub(LONGEST_REPEAT).ok()?;
        loop {
            civil = self.preceding(civil, enough)?;
            match instant(civil, zone, false) {
                Some(due) if due <= after => return None,
                Some(due) if due <= now => return Some(due),
                _ => {}
            }
        }
    }

    /// The first time of day after this one that fits, in no zone.
    fn following(&self, after: DateTime) -> Option<DateTime> {
        let from = after.checked_add(1.second()).ok()?;
        let mut date = from.date();
        if self.fits(date)
            && let Some(time) = self.time_from(from.time())
        {
            return Some(date.to_datetime(time));
        }
        let first = self.time_from(Time::midnight())?;
        loop {
            date = self.skip(date.tomorrow().ok()?)?;
            if self.fits(date) {
                return Some(date.to_datetime(first));
            }
        }
    }

    /// Over months and years of which no day fits.
    fn skip(&self, mut date: Date) -> Option<Date> {
        let last = self.years.iter().map(|(_, last, _)| *last).max()?;
        while !(self.fits_year(date.year()) && has(self.months, date.month())) {
            if date.year() > last {
                return None;
            }
            date = date.first_of_month().checked_add(1.month()).ok()?;
        }
        Some(date)
    }

    /// The last time of day before this one that fits, not before `enough`, in no zone.
    fn preceding(&self, before: DateTime, enough: DateTime) -> Option<DateTime> {
        let to = before.checked_sub(1.second()).ok()?;
        let mut date = to.date();
        if self.fits(date)
            && let Some(time) = self.time_to(to.time())
        {
            return Some(date.to_datetime(time));
        }
        let last = self.time_to(Time::constant(23, 59, 59, 0))?;
        loop {
            date = date.yesterday().ok()?;
            if date < enough.date() {
                return None;
            }
            if self.fits(date) {
                return Some(date.to_datetime(last));
            }
        }
    }

    fn fits_year(&self, year: i16) -> bool {
        self.years
            .iter()
            .any(|(first, last, step)| (*first..=*last).contains(&year) && (year - first) % step == 0)
    }

    fn fits(&self, date: Date) -> bool {
        self.fits_year(date.year()) && has(self.months, date.month()) && self.days.fit(date)
    }

    /// The first time of a day from this one on.
    fn time_from(&self, from: Time) -> Option<Time> {
        let (hour, minute, second) = (from.hour(), from.minute(), from.second());
        let same = || Some((hour, minute, lowest(self.seconds, second)?));
        let same_hour = || Some((hour, lowest(self.minutes, minute + 1)?, lowest(self.seconds, 0)?));
        let later =
            || Some((lowest(self.hours, hour + 1)?, lowest(self.minutes, 0)?, lowest(self.seconds, 0)?));
        let in_hour = has(self.hours, hour);
        let in_minute = in_hour && has(self.minutes, minute);
        let found = Some(()).filter(|()| in_minute).and_then(|()| same());
        let found = found.or_else(|| Some(()).filter(|()| in_hour).and_then(|()| same_hour())).or_else(later);
        found.and_then(|(hour, minute, second)| Time::new(hour, minute, second, 0).ok())
    }

    /// The last time of a day up to this one.
    fn time_to(&self, to: Time) -> Option<Time> {
        let (hour, minute, second) = (to.hour(), to.minute(), to.second());
        let same = || Some((hour, minute, highest(self.seconds, second)?));
        let same_hour = || Some((hour, highest(self.minutes, minute - 1)?, highest(self.seconds, 59)?));
        let sooner =
            || Some((highest(self.hours, hour - 1)?, highest(self.minutes, 59)?, highest(self.seconds, 59)?));
        let in_hour = has(self.hours, hour);
        let in_minute = in_hour && has(self.minutes, minute);
        let found = Some(()).filter(|()| in_minute).and_then(|()| same());
        let found =
            found.or_else(|| Some(()).filter(|()| in_hour).and_then(|()| same_hour())).or_else(sooner);
        found.and_then(|(hour, minute, second)| Time::new(hour, minute, second, 0).ok())
    }
}

fn has(bits: u64, number: i8) -> bool {
    bits & (1 << number) != 0
}

/// The lowest number from this one on; numbers are at most 60.
fn lowest(bits: u64, from: i8) -> Option<i8> {
    i8::try_from((bits & (u64::MAX << from)).trailing_zeros()).ok().filter(|n| *n < 64)
}

/// The highest number up to this one, which may be -1.
fn highest(bits: u64, to: i8) -> Option<i8> {
    let below = bits & ((1_u64 << (to + 1)) - 1);
    i8::try_from(63 - i32::try_from(below.leading_zeros()).ok()?).ok().filter(|n| *n >= 0)
}

/// The two fields of days, of which one has to be `?`.
fn days(of_month: (usize, &str), of_week: (usize, &str)) -> Result<Days, Error> {
    match (of_month.1, of_week.1) {
        ("?", "?") => {
            Err(Error::new(of_week.0, "one of day-of-month and day-of-week has to be something else than ?"))
        }
        ("?", days) => {
            let days: Result<Vec<_>, _> =
                elements(days, of_week.0).map(|(at, e)| day_of_week(e, at)).collect();
            let days = days?;
            if days.iter().filter(|day| matches!(day, OfWeek::Nth(..))).count() > 1 {
                return Err(Error::new(of_week.0, "only one # can be used"));
            }
            Ok(Days::OfWeek(days))
        }
        (days, "?") => {
            let days: Result<Vec<_>, _> =
                elements(days, of_month.0).map(|(at, e)| day_of_month(e, at)).collect();
            days.map(Days::OfMonth)
        }
        _ => Err(Error::new(
            of_week.0,
            "where one of day-of-month and day-of-week is given, also as *, the other has to be ?",
        )),
    }
}

fn day_of_month(text: &str, at: usize) -> Result<OfMonth, Error> {
    Ok(match (text, text.strip_suffix('W')) {
        ("L", _) => OfMonth::Last,
        ("LW", _) => OfMonth::LastWorkday,
        (_, Some(day)) => OfMonth::Workday(small(DAY_OF_MONTH.number(day, at)?)),
        _ => OfMonth::Numbers(DAY_OF_MONTH.bits(text, at)?),
    })
}

fn day_of_week(text: &str, at: usize) -> Result<OfWeek, Error> {
    if let Some((day, nth)) = text.split_once('#') {
        let place = at + day.len() + 1;
        let count = nth.parse::<u32>().ok().filter(|n| (1..=5).contains(n));
        let count = count.ok_or_else(|| Error::new(place, format!("{nth:?} is not between 1 and 5")))?;
        return Ok(OfWeek::Nth(small(DAY_OF_WEEK.number(day, at)?), small(count)));
    }
    Ok(match text.strip_suffix('L') {
        // The last day of the week.
        Some("") => OfWeek::Numbers(1 << 7),
        Some(day) => OfWeek::Last(small(DAY_OF_WEEK.number(day, at)?)),
        None => OfWeek::Numbers(DAY_OF_WEEK.bits(text, at)?),
    })
}

/// Numbers of days, at most 31.
fn small(number: u32) -> i8 {
    i8::try_from(number).unwrap_or_default()
}

impl Days {
    fn fit(&self, date: Date) -> bool {
        let (day, last) = (date.day(), date.days_in_month());
        match self {
            Self::OfMonth(days) => days.iter().any(|of| match *of {
                OfMonth::Numbers(bits) => has(bits, day),
                OfMonth::Last => day == last,
                OfMonth::LastWorkday => day == workday(date, last),
                OfMonth::Workday(near) => near <= last && day == workday(date, near),
            }),
            Self::OfWeek(days) => {
                let weekday = date.weekday().to_sunday_one_offset();
                days.iter().any(|of| match *of {
                    OfWeek::Numbers(bits) => has(bits, weekday),
                    OfWeek::Last(of) => weekday == of && day + 7 > last,
                    OfWeek::Nth(of, nth) => weekday == of && (day - 1) / 7 + 1 == nth,
                })
            }
        }
    }
}

/// The working day of the month that is nearest to a day of it.
fn workday(month: Date, near: i8) -> i8 {
    let last = month.days_in_month();
    let Ok(date) = Date::new(month.year(), month.month(), near) else { return near };
    match date.weekday() {
        Weekday::Saturday if near == 1 => 3,
        Weekday::Saturday => near - 1,
        Weekday::Sunday if near == last => near - 2,
        Weekday::Sunday => near + 1,
        _ => near,
    }
}
