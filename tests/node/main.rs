//! Stories about what containers really do: an ECS definition goes through `import` and `render` to a real kubelet and
//! containerd, and what the containers of its task do is compared with ECS's rule. Each story states the rule.
//!
//! Each has a namespace of its own, so they run side by side. Without a node they are skipped by name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

mod node;
mod stories;
mod task;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use node::Node;
use stories::Story;

/// Environment variable: the directory of the node, as `hack/node up` makes it.
const DIRECTORY: &str = "ECS_BRIDGE_NODE";
/// Environment variable: what keeps this machine from having a node, and what to do.
const WHY_NONE: &str = "ECS_BRIDGE_NO_NODE";
/// What to do without either.
const HOW: &str = "needs a real node: run `make test-node` as root";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let stories = stories::all();
    let directory = std::env::var_os(DIRECTORY);
    let Some(directory) = directory.filter(|_| !arguments.list) else {
        return libtest_mimic::run(&arguments, stories.iter().map(skipped).collect()).exit_code();
    };
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let node = Arc::new(runtime.block_on(Node::connect(directory.as_ref())));
    arguments.test_threads = arguments.test_threads.or(Some(8));
    let trial = |story: &Story| trial(story, &node, runtime.handle());
    libtest_mimic::run(&arguments, stories.iter().map(trial).collect()).exit_code()
}

fn trial(story: &Story, node: &Arc<Node>, runtime: &tokio::runtime::Handle) -> Trial {
    let (node, runtime) = (Arc::clone(node), runtime.clone());
    let (name, tell) = (story.name, story.tell);
    Trial::test(name, move || {
        let told = runtime.spawn(tell(node));
        // A panic has said on stderr what was expected.
        runtime.block_on(told).map_err(|_| Failed::from("the story went otherwise"))
    })
}

/// A machine that cannot have a node says so; one that has none for no reason is a mistake where nobody looks.
fn skipped(story: &Story) -> Trial {
    let why = std::env::var(WHY_NONE).ok().filter(|why| !why.is_empty());
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    Trial::ignorable_test(story.name, move || match why {
        Some(why) => Ok(Completion::ignored_with(why)),
        None if in_ci => Err(Failed::from(HOW)),
        None => Ok(Completion::ignored_with(HOW)),
    })
}
