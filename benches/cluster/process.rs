//! What the operator's process uses, as the kernel counts it.

use std::fs;
use std::path::Path;

/// Clock ticks of a second in `/proc`: the same on every Linux.
const TICKS: f64 = 100.0;

/// Use of processor and memory at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Seconds of processor time since the start.
    pub(crate) seconds: f64,
    /// Memory in use, in MiB.
    pub(crate) memory: f64,
    /// Most memory that ever was in use, in MiB.
    pub(crate) peak: f64,
}

/// The operator that `hack/operator` has started on a cluster.
pub(crate) fn operator(cluster: &str) -> Usage {
    let file = Path::new("target/clusters").join(cluster).join("processes");
    let processes = fs::read_to_string(file).expect("the cluster's processes");
    let line = processes.lines().find_map(|line| line.strip_prefix("operator ")).expect("an operator");
    let pid = line.split(' ').next().expect("its process id");
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).expect("a running operator");
    let stat = read("stat");
    // The name in parentheses may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks");
    let status = read("status");
    let mebibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of status");
        line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).expect("kB") / 1024.0
    };
    Usage { seconds: (ticks(11) + ticks(12)) / TICKS, memory: mebibytes("VmRSS:"), peak: mebibytes("VmHWM:") }
}
