//! What criterion does not measure: the machine, and the processor time of children.

use std::fs;
use std::path::PathBuf;

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Cores and load: figures of a busy machine say little.
pub(crate) fn machine() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown");
    format!("{} cores, load average {load} (one minute)", cores())
}

/// Seconds of a criterion benchmark: the median of this run.
pub(crate) fn estimate(benchmark: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let file = target.join("criterion").join(benchmark).join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    Some(estimates.pointer("/median/point_estimate")?.as_f64()? / 1e9)
}

/// Seconds that the children which end during `work` spent on processors; with other programs around, this is what
/// remains comparable.
pub(crate) fn children<T>(work: impl FnOnce() -> T) -> f64 {
    let before = children_ticks();
    work();
    // Linux counts in hundredths of a second for programs, whatever the kernel's own tick.
    (children_ticks() - before) / 100.0
}

fn children_ticks() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may hold anything; cutime and cstime are the 14th and 15th field after it.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    fields.split(' ').skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum()
}
