//! The operator against a bare client, on a real control plane: how long it takes until every object exists that
//! some services need.
//!
//! Both write the same objects, records of deployments included; the bare client knows them already and asks
//! nobody. `hack/bench-cluster` starts the cluster and runs this; without it there is nothing to measure.
//!
//! How it is measured: the custom resources exist, the operator has filled its caches and waits for a Lease that
//! this program holds. Time begins when the operator is seen to hold the Lease, and ends when the watch of the last
//! object says that it was created; both by this program's monotonic clock, since creation times have a
//! resolution of a second. The bare client's time begins before its first request and ends in the same way.

#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot measure has to end")]

mod arrivals;
mod audit;
mod bare;
mod change;
#[path = "../support/fleet.rs"]
mod fleet;
mod lease;
mod objects;
mod operator;
mod process;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Measures one run on the cluster of KUBECONFIG, or reports about runs.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// Services, each with a task definition of its own.
    #[arg(long, default_value_t = 1000)]
    pub(crate) services: usize,
    /// Tasks of each service. Pods are made by others, on the same machine: with them, those are measured too.
    #[arg(long, default_value_t = 0)]
    pub(crate) tasks: u32,
    /// Requests that the bare client has under way; the first number is the operator's own.
    #[arg(long, value_delimiter = ',', default_value = "16,64")]
    pub(crate) concurrency: Vec<usize>,
    /// Seconds for which the operator is watched when it has nothing to do.
    #[arg(long, default_value_t = 0)]
    pub(crate) idle: u64,
    /// Changes of a task definition, for the time until the first new pod.
    #[arg(long, default_value_t = 5)]
    pub(crate) changes: usize,
    /// Name of the cluster, as `hack/cluster` knows it.
    #[arg(long, env = "ECS_BRIDGE_BENCH_CLUSTER")]
    cluster: Option<String>,
    /// File that gets one line of figures for each run.
    #[arg(long, default_value = "target/bench-cluster.jsonl")]
    figures: PathBuf,
    /// Print the medians of the file instead of measuring.
    #[arg(long)]
    report: bool,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.report {
        print!("{}", report::medians(&args.figures));
        return ExitCode::SUCCESS;
    }
    let Some(cluster) = &args.cluster else {
        println!("cluster: not measured here; run hack/bench-cluster");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let figures = runtime.block_on(operator::measure(cluster, &args));
    println!("{figures:#?}");
    report::append(&args.figures, &figures);
    ExitCode::SUCCESS
}
