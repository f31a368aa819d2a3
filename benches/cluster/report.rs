//! Figures of runs, and their medians.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Figures of one run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) services: usize,
    /// Tasks of each.
    pub(crate) tasks: u32,
    /// Objects that had to come into being.
    pub(crate) objects: usize,
    /// How long the operator took, from its election on.
    pub(crate) seconds: f64,
    /// How long bare clients took.
    pub(crate) bare: Vec<Bare>,
    /// The operator's writes when the last object was there.
    pub(crate) writes_until_created: usize,
    /// The operator's writes when every service was in its steady state.
    pub(crate) writes_until_steady: usize,
    /// The latter by verb and resource.
    pub(crate) writes: BTreeMap<String, usize>,
    /// The operator without anything to do.
    pub(crate) idle: Idle,
    /// Seconds from each change of a task definition to the first new pod.
    pub(crate) change: Vec<f64>,
    /// Load average of the machine.
    pub(crate) load: f64,
}

/// The operator without anything to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Idle {
    /// How long it was watched.
    pub(crate) seconds: f64,
    /// Writes in this time.
    pub(crate) writes: usize,
    /// Processor time that it used in it, in seconds.
    pub(crate) processor_seconds: f64,
    /// Processor time that it had used until then, in seconds.
    pub(crate) processor_seconds_before: f64,
    /// Memory in use at the end, in MiB.
    pub(crate) memory: f64,
    /// Most memory that ever was in use, in MiB.
    pub(crate) peak: f64,
}

/// One bare client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bare {
    /// Requests that it had under way.
    pub(crate) concurrency: usize,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// Adds a line to the file.
pub(crate) fn append(file: &Path, figures: &Figures) {
    let mut line = serde_json::to_string(figures).expect("JSON");
    line.push('\n');
    let opened = fs::OpenOptions::new().create(true).append(true).open(file);
    opened.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of figures");
}

/// A table of the medians of all runs.
pub(crate) fn medians(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("the file of figures");
    let runs: Vec<Figures> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line of figures")).collect();
    let first = runs.first().expect("a run");
    let (services, objects) = (first.services as f64, first.objects as f64);
    let mut table = format!(
        "{services} services of {} tasks, {objects} objects; median of {} runs, load average {:.1}\n",
        first.tasks,
        runs.len(),
        median(runs.iter().map(|run| run.load))
    );
    table += &format!("{:<28} {:>9} {:>11} {:>15}\n", "", "seconds", "objects/s", "operator/bare");
    let seconds = median(runs.iter().map(|run| run.seconds));
    let mut row = |name: &str, seconds: f64, ratio: &str| {
        let rate = objects / seconds;
        writeln!(table, "{name:<28} {seconds:>9.2} {rate:>11.0} {ratio:>15}").expect("a text");
    };
    row("operator", seconds, "");
    for (index, bare) in first.bare.iter().enumerate() {
        let of = |run: &Figures| run.bare[index].seconds;
        // Of the same run: what else the machine did concerns both.
        let ratio = median(runs.iter().map(|run| run.seconds / of(run)));
        let name = format!("bare client, {} at a time", bare.concurrency);
        row(&name, median(runs.iter().map(of)), &format!("{ratio:.2}"));
    }
    let per_service = |count: fn(&Figures) -> usize| median(runs.iter().map(|r| count(r) as f64)) / services;
    table += &format!(
        "writes per service: {:.2} until the last object, {:.2} until steady\n",
        per_service(|run| run.writes_until_created),
        per_service(|run| run.writes_until_steady)
    );
    let idle = |of: fn(&Idle) -> f64| median(runs.iter().map(|run| of(&run.idle)));
    table += &format!(
        "until steady: {:.1} s of processor time, {:.0} MiB at most\n",
        idle(|idle| idle.processor_seconds_before),
        idle(|idle| idle.peak)
    );
    if first.idle.seconds > 0.0 {
        table += &format!(
            "{:.0} s without anything to do: {} writes, {:.2} s of processor time, {:.0} MiB\n",
            first.idle.seconds,
            runs.iter().map(|run| run.idle.writes).max().unwrap_or_default(),
            idle(|idle| idle.processor_seconds),
            idle(|idle| idle.memory)
        );
    }
    if !first.change.is_empty() {
        table += &format!(
            "from a changed task definition to its first pod: {:.3} s\n",
            median(runs.iter().flat_map(|run| run.change.iter().copied()))
        );
    }
    for (what, count) in &runs[runs.len() / 2].writes {
        writeln!(table, "  {:>6.2}  {what}", *count as f64 / services).expect("a text");
    }
    table
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
