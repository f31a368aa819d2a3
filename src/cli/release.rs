//! `release`: lets go of workloads, so that they outlive the custom resources.

use std::collections::BTreeSet;
use std::io;

use super::live::Connection;
use super::{Outcome, output};
use crate::operator;

/// How many objects are named that are not released.
const NAMED: usize = 10;

/// Lets workloads outlive their custom resources, and the operator.
///
/// Pauses the services (kubernetes.paused) and takes the owner references of ECS Bridge out of everything that was
/// made of them. No pod is touched. Deleting a service, its definition or the custom resource definitions removes
/// nothing else from then on. To take the services back, remove kubernetes.paused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge release -n media --dry-run
  ecs-bridge release -n media web worker
  ecs-bridge release -A && helm uninstall ecs-bridge -n ecs-bridge

What applies manifests again without kubernetes.paused, GitOps for example, has to be stopped first.")]
pub(super) struct Args {
    /// Names of EcsServices; without any, all of the namespace, with their task definitions.
    #[arg(value_name = "SERVICE")]
    services: Vec<String>,
    /// Namespace of the services.
    #[arg(short, long, required_unless_present = "all", conflicts_with = "all")]
    namespace: Option<String>,
    /// Every namespace.
    #[arg(short = 'A', long = "all-namespaces", conflicts_with = "services")]
    all: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Carries the command out.
pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let (kubeconfig, context) = args.connection.parts();
    let released =
        operator::release(kubeconfig, context, args.namespace.as_deref(), &args.services, args.dry_run)
            .map_err(io::Error::other)?;
    output::print(|stdout| released.lines.iter().try_for_each(|line| writeln!(stdout, "{line}")))?;
    if !released.taken_back.is_empty() {
        return Err(io::Error::other(unfinished(&released.taken_back)));
    }
    let (services, objects) = (released.services, released.objects);
    let what = if args.dry_run { "would be released" } else { "released" };
    output::print(|stdout| {
        writeln!(stdout, "{services} services with {objects} objects {what}")?;
        if released.autoscalers > 0 {
            writeln!(
                stdout,
                "{} HorizontalPodAutoscalers scale EcsServices: without these they do nothing more",
                released.autoscalers
            )?;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// That it is not done, and what has to be done first.
fn unfinished(taken_back: &BTreeSet<String>) -> String {
    let names: Vec<_> = taken_back.iter().map(String::as_str).take(NAMED).collect();
    let more = taken_back.len() - names.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "not released, because somebody takes it back each time: {}{more}. Nothing may be deleted yet. Stop what applies manifests \
         without kubernetes.paused (GitOps, for example), and repeat the command.",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_is_undone_names_what_is_not_released() {
        let names = |count: usize| (0..count).map(|n| format!("Deployment shop/web-{n}")).collect();
        let one = unfinished(&names(1));
        assert!(
            one.starts_with(
                "not released, because somebody takes it back each time: Deployment shop/web-0. "
            ),
            "{one}"
        );
        let many = unfinished(&names(12));
        assert!(many.contains("Deployment shop/web-7 and 2 more. "), "{many}");
    }
}
