use proptest::prelude::*;

use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn frame(name: &str) -> Frame {
    Frame { zone: zone(name).unwrap(), made: time("2026-01-01T00:00:00Z"), start: None, end: None }
}

/// The first times after one, in UTC.
fn dues(text: &str, name: &str, after: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(text).unwrap();
    let mut found = Vec::new();
    let mut after = time(after);
    while let Some(due) = schedule.next(after, &frame(name)).filter(|_| found.len() < count) {
        found.push(due.to_string());
        after = due;
    }
    found
}

fn refused(text: &str) -> String {
    Schedule::parse(text).unwrap_err().to_string()
}

#[test]
fn the_examples_of_aws_are_due_when_its_guide_says() {
    for (text, after, expected) in [
        ("cron(0 10 * * ? *)", "2026-03-01T10:00:00Z", ["2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"]),
        ("cron(15 12 * * ? *)", "2026-03-01T00:00:00Z", ["2026-03-01T12:15:00Z", "2026-03-02T12:15:00Z"]),
        // 2026-03-06 is a Friday.
        (
            "cron(0 18 ? * MON-FRI *)",
            "2026-03-06T18:00:00Z",
            ["2026-03-09T18:00:00Z", "2026-03-10T18:00:00Z"],
        ),
        ("cron(0 8 1 * ? *)", "2026-03-01T08:00:00Z", ["2026-04-01T08:00:00Z", "2026-05-01T08:00:00Z"]),
        ("cron(0/15 * * * ? *)", "2026-03-01T23:40:00Z", ["2026-03-01T23:45:00Z", "2026-03-02T00:00:00Z"]),
        (
            "cron(0/5 8-17 ? * MON-FRI *)",
            "2026-03-06T17:50:00Z",
            ["2026-03-06T17:55:00Z", "2026-03-09T08:00:00Z"],
        ),
        ("cron(0 9 ? * 2#1 *)", "2026-03-01T00:00:00Z", ["2026-03-02T09:00:00Z", "2026-04-06T09:00:00Z"]),
        ("cron(0 18 L * ? *)", "2026-02-01T00:00:00Z", ["2026-02-28T18:00:00Z", "2026-03-31T18:00:00Z"]),
        ("cron(0 12 ? * 6L *)", "2026-01-01T00:00:00Z", ["2026-01-30T12:00:00Z", "2026-02-27T12:00:00Z"]),
        // The 15th of February and of March 2026 are Sundays.
        ("cron(0 0 15W * ? *)", "2026-02-01T00:00:00Z", ["2026-02-16T00:00:00Z", "2026-03-16T00:00:00Z"]),
        // The 1st of August 2026 is a Saturday, and the month is not left.
        ("cron(0 0 1W 8,9 ? *)", "2026-07-31T00:00:00Z", ["2026-08-03T00:00:00Z", "2026-09-01T00:00:00Z"]),
        ("cron(0 0 LW * ? *)", "2026-01-01T00:00:00Z", ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]),
        ("cron(0 0 29 2 ? 2027/1)", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        ("cron(30 0 12 * * ? *)", "2026-03-01T12:00:30Z", ["2026-03-02T12:00:30Z", "2026-03-03T12:00:30Z"]),
        (
            "cron(0 22-1 ? * SAT-SUN *)",
            "2026-03-07T22:30:00Z",
            ["2026-03-07T23:00:00Z", "2026-03-08T00:00:00Z"],
        ),
        ("rate(5 minutes)", "2026-01-01T00:07:00Z", ["2026-01-01T00:10:00Z", "2026-01-01T00:15:00Z"]),
        ("rate(1 day)", "2025-01-01T00:07:00Z", ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]),
    ] {
        assert_eq!(dues(text, "UTC", after, 2), expected, "{text}");
    }
    assert_eq!(dues("at(2026-03-01T08:00:00)", "UTC", "2026-03-01T07:59:59Z", 9), ["2026-03-01T08:00:00Z"]);
    assert_eq!(dues("cron(0 0 30 2 ? *)", "UTC", "2026-03-01T07:59:59Z", 1), Vec::<String>::new());
    assert_eq!(dues("cron(0 0 1 1 ? 2025)", "UTC", "2026-03-01T07:59:59Z", 1), Vec::<String>::new());
}

#[test]
fn a_skipped_hour_has_nothing_due_and_a_repeated_one_once() {
    // Clocks go from 2:00 to 3:00 on 2026-03-29 and from 3:00 to 2:00 on 2026-10-25.
    let daily = "cron(30 2 * * ? *)";
    let spring = ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"];
    assert_eq!(dues(daily, "Europe/Berlin", "2026-03-28T00:00:00Z", 2), spring);
    let autumn = ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
    assert_eq!(dues(daily, "Europe/Berlin", "2026-10-24T12:00:00Z", 2), autumn);
    // From within the second half past two.
    let frame = frame("Europe/Berlin");
    let schedule = Schedule::parse(daily).unwrap();
    let (long_ago, now) = (time("2026-10-24T12:00:00Z"), time("2026-10-25T01:10:00Z"));
    assert_eq!(schedule.latest(long_ago, now, &frame), Some(time(autumn[0])));
    assert_eq!(schedule.next(now, &frame), Some(time(autumn[1])));
    assert_eq!(
        dues("at(2026-03-29T02:30:00)", "Europe/Berlin", "2026-01-01T00:00:00Z", 1),
        ["2026-03-29T01:30:00Z"]
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, expected) in [
        ("", "at character 1: expected at(…), rate(…) or cron(…)"),
        ("every(1 day)", "at character 1: \"every\" is none of at, rate and cron"),
        ("rate(1 day", "at character 11: expected a closing parenthesis"),
        ("rate(0 days)", "at character 6: \"0\" is no whole number greater than 0"),
        ("rate(1 days)", "at character 8: AWS wants it spelled day after 1"),
        ("rate(2 day)", "at character 8: AWS wants it spelled days after 2"),
        ("rate(2 weeks)", "at character 8: \"weeks\" is none of minutes, hours and days"),
        ("rate(5 minutess)", "at character 8: \"minutess\" is none of minutes, hours and days"),
        ("rate(2)", "at character 7: expected minutes, hours or days"),
        ("at(2026-01-01T00:00:00Z)", "at character 23: \"Z\" is too much: the zone has a member of its own"),
        (
            "at(2026-01-01 00:00:00)",
            "at character 14: expected a time such as 2026-01-31T18:00:00, without a zone",
        ),
        ("at(2026-02-30T00:00:00)", "at character 4: there is no such time as 2026-02-30T00:00:00"),
        ("cron(0 10 * * *)", "at character 6: a cron expression has 6 or 7 fields, this one has 5"),
        ("cron(0 24 * * ? *)", "at character 8: hours 24 is not between 0 and 23"),
        (
            "cron(0 10 * * * *)",
            "at character 15: where one of day-of-month and day-of-week is given, also as *, the other has to be ?",
        ),
        (
            "cron(0 10 ? * ? *)",
            "at character 15: one of day-of-month and day-of-week has to be something else than ?",
        ),
        ("cron(0 10 ? * 0 *)", "at character 15: day-of-week 0 is not between 1 and 7"),
        ("cron(0 10 ? * 2#1,3#2 *)", "at character 15: only one # can be used"),
        ("cron(0 10 ? * 2#6 *)", "at character 17: \"6\" is not between 1 and 5"),
        ("cron(0 10,x * * ? *)", "at character 11: \"x\" is no value of hours"),
        ("cron(0/0 10 * * ? *)", "at character 8: \"0\" is no step"),
        ("cron(0 10 * * ? 2200)", "at character 17: year 2200 is not between 1970 and 2199"),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn nothing_is_due_outside_of_start_and_end() {
    let schedule = Schedule::parse("rate(1 hour)").unwrap();
    let frame = Frame {
        start: Some(time("2026-02-01T00:30:00Z")),
        end: Some(time("2026-02-01T02:00:00Z")),
        ..frame("UTC")
    };
    let next = |after: &str| schedule.next(time(after), &frame).map(|due| due.to_string());
    assert_eq!(
        next("2026-01-01T00:00:00Z").as_deref(),
        Some("2026-02-01T00:30:00Z"),
        "the start is due itself"
    );
    assert_eq!(next("2026-02-01T00:30:00Z").as_deref(), Some("2026-02-01T01:30:00Z"));
    assert_eq!(next("2026-02-01T01:30:00Z"), None);
    let latest = |now: &str| {
        schedule.latest(time("2026-01-01T00:00:00Z"), time(now), &frame).map(|due| due.to_string())
    };
    assert_eq!(latest("2026-02-01T00:29:59Z"), None);
    assert_eq!(latest("2026-03-01T00:00:00Z").as_deref(), Some("2026-02-01T01:30:00Z"));
}

fn field(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(values)
}

fn expressions() -> impl Strategy<Value = String> {
    let days = prop_oneof![
        (field(&["*", "1", "31", "L", "LW", "15W", "1W", "10-20/3", "28,29"]), Just("?")),
        (Just("?"), field(&["*", "2-6", "SUN", "6L", "3#2", "L", "FRI-MON", "1#5"])),
    ];
    let cron = (
        field(&["", "*/7 ", "0 ", "59 "]),
        field(&["0", "*/13", "59", "10-20", "0/30"]),
        field(&["*", "0", "1-3", "2", "22-2", "23"]),
        days,
        field(&["*", "2", "3,10", "JAN-JUN", "NOV-FEB"]),
        field(&["*", "2020-2030", "2024/4", "2025,2027"]),
    );
    prop_oneof![
        8 => cron.prop_map(|(second, minute, hour, (of_month, of_week), month, year)|
            format!("cron({second}{minute} {hour} {of_month} {month} {of_week} {year})")),
        1 => (2..500_u32, field(&["minutes", "hours", "days"])).prop_map(|(n, unit)| format!("rate({n} {unit})")),
        1 => (1..13_u8, 1..29_u8, 0..24_u8).prop_map(|(m, d, h)| format!("at(2026-{m:02}-{d:02}T{h:02}:30:00)")),
    ]
}

proptest! {
    /// Looking ahead and looking back see the same times, each once and in order.
    #[test]
    fn what_comes_next_is_later_the_latest(
        text in expressions(),
        name in field(&["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
        second in 1_700_000_000_i64..1_900_000_000,
    ) {
        let (schedule, frame) = (Schedule::parse(&text).unwrap(), frame(name));
        let after = Timestamp::from_second(second).unwrap();
        let Some(due) = schedule.next(after, &frame) else { return Ok(()) };
        let a_second = SignedDuration::from_secs(1);
        prop_assert!(due > after);
        prop_assert_eq!(schedule.latest(after, due, &frame), Some(due));
        prop_assert_eq!(schedule.latest(after, due - a_second, &frame), None, "nothing lies between");
        if let Some(then) = schedule.next(due, &frame) {
            prop_assert!(then > due);
            prop_assert_eq!(schedule.latest(after, then - a_second, &frame), Some(due));
        }
    }

    /// Whatever is due fits its expression field by field, and nothing between two times does.
    #[test]
    fn a_daily_time_is_due_once_on_each_day_that_has_it(
        hour in 0..24_i8, minute in 0..60_i8, day in 0..3000_i64,
        name in field(&["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    ) {
        let schedule = Schedule::parse(&format!("cron({minute} {hour} * * ? *)")).unwrap();
        let frame = frame(name);
        let from = Timestamp::from_second(1_700_000_000 + day * 86_400).unwrap();
        let due = schedule.next(from, &frame).unwrap();
        let civil = frame.zone.to_datetime(due);
        prop_assert_eq!((civil.hour(), civil.minute(), civil.second()), (hour, minute, 0));
        let then = frame.zone.to_datetime(schedule.next(due, &frame).unwrap());
        prop_assert!(then.date() > civil.date());
        let days = civil.date().until(then.date()).unwrap().get_days();
        prop_assert!(days <= 2, "at most one day lacks the time");
    }

    /// Any text is read or refused, never worse.
    #[test]
    fn whatever_is_written_is_read_or_refused(text in "(at|rate|cron)?\\(?[-0-9A-Z?*#/,L W:]{0,30}\\)?|\\PC{0,20}") {
        if let Err(error) = Schedule::parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }
}
