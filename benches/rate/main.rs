//! Pods a second from `create` to a node, on a real control plane with nodes that do not move: exact placement, once with nodes
//! given while pods are created and once with a gate, a bare client that makes the writes of a gate without deciding anything, and kube-scheduler as it is and at all nodes.
//!
//! `hack/bench-placement` starts the cluster and runs this; without it there is nothing to measure. All of them bind to the
//! same nodes in the same run, one after the other. Time begins before the first request and ends when the watch of the last
//! pod says that it has a node; by this program's monotonic clock.

#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot measure has to end")]

mod lanes;
mod memory;

use std::process::ExitCode;

use clap::Parser;
use kube::Client;

/// Measures one run on the cluster of KUBECONFIG.
#[derive(Debug, Parser)]
struct Args {
    /// Name of the cluster, as `hack/cluster` knows it.
    #[arg(long, env = "ECS_BRIDGE_BENCH_CLUSTER")]
    cluster: Option<String>,
    /// Pods of each lane.
    #[arg(long, default_value_t = 2000)]
    pods: usize,
    /// Requests that the client has under way.
    #[arg(long, default_value_t = 32)]
    concurrency: usize,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let Some(cluster) = &args.cluster else {
        println!("rate: not measured here; run hack/bench-placement");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = Client::try_default().await.expect("a client");
        let nodes = lanes::nodes(&client).await;
        println!("{} nodes, {} pods, {} requests under way", nodes.len(), args.pods, args.concurrency);
        let mut bare = None;
        for lane in lanes::ALL {
            let seconds = lane.measure(&client, &nodes, args.pods, args.concurrency).await;
            let rate = args.pods as f64 / seconds;
            let base = *bare.get_or_insert(rate);
            println!("{:<42} {rate:>8.0} pods/s {:>6.2}x the bare client", lane.name, rate / base);
        }
        for name in ["operator", "kube-scheduler", "kube-scheduler-all"] {
            println!("peak memory of {name:<27} {:>8.0} MiB", memory::peak(cluster, name));
        }
    });
    ExitCode::SUCCESS
}
