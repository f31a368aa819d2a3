//! Stories on a real control plane, told by what a client of the API server sees.
//!
//! Each story has a namespace and an operator of its own, which may do exactly what `rbac` says; so they run side by
//! side. Those about the whole cluster follow one by one. Without a cluster they are skipped by name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod audit;
mod cluster;
#[path = "../support/conformance/mod.rs"]
mod conformance;
mod disturbed;
mod door;
mod exact;
mod failing;
#[path = "../support/generate/mod.rs"]
mod generate;
mod operator;
mod sample;
mod stories;
#[path = "../support/words.rs"]
mod words;
mod world;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use cluster::Cluster;
use stories::Story;

/// Environment variable: the kubeconfig of the control plane.
const KUBECONFIG: &str = "ECS_BRIDGE_KUBECONFIG";
/// What to do without one.
const HOW: &str = "needs a control plane: run `make test-cluster`";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let stories = stories::all();
    let kubeconfig = std::env::var_os(KUBECONFIG);
    let Some(kubeconfig) = kubeconfig.filter(|_| !arguments.list) else {
        return libtest_mimic::run(&arguments, stories.iter().map(skipped).collect()).exit_code();
    };
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cluster = Arc::new(runtime.block_on(Cluster::connect(kubeconfig.as_ref())));
    let (alone, together): (Vec<_>, Vec<_>) = stories.into_iter().partition(|story| story.alone);
    let mut failed = false;
    for (threads, stories) in [(8, together), (1, alone)] {
        arguments.test_threads = Some(threads);
        let trial = |story: &Story| trial(story, &cluster, runtime.handle());
        let conclusion = libtest_mimic::run(&arguments, stories.iter().map(trial).collect());
        failed |= conclusion.has_failed();
    }
    runtime.block_on(cluster.leave());
    if let Some(deaths) = &cluster.deaths {
        println!("{} operators were killed", deaths.count());
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn trial(story: &Story, cluster: &Arc<Cluster>, runtime: &tokio::runtime::Handle) -> Trial {
    let (cluster, runtime) = (Arc::clone(cluster), runtime.clone());
    let tell = story.tell;
    Trial::test(story.name, move || {
        let told = runtime.spawn(tell(cluster));
        // A panic has said on stderr what was expected.
        runtime.block_on(told).map_err(|_| Failed::from("the story went otherwise"))
    })
}

fn skipped(story: &Story) -> Trial {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    Trial::ignorable_test(story.name, move || {
        if in_ci { Err(Failed::from(HOW)) } else { Ok(Completion::ignored_with(HOW)) }
    })
}
