//! Memory of the cluster's programs, as the kernel counts it.

use std::fs;
use std::path::Path;

/// Most memory that a program of the cluster ever had in use, in MiB.
pub(crate) fn peak(cluster: &str, program: &str) -> f64 {
    let file = Path::new("target/clusters").join(cluster).join("processes");
    let processes = fs::read_to_string(file).expect("the cluster's processes");
    let of = |line: &str| {
        line.split_once(' ').filter(|(name, _)| *name == program).map(|(_, rest)| rest.to_owned())
    };
    let line = processes.lines().find_map(of).unwrap_or_else(|| panic!("{program} does not run"));
    let pid = line.split(' ').next().expect("its process id");
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running program");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    peak.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).expect("kB") / 1024.0
}
