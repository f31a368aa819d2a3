//! `place`: where tasks would land on given nodes, and why not on the others.

mod nodes;
mod picture;
mod text;

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::target::{self, Cluster};
use super::{Outcome, input, output};
use crate::desired::{self, Wanted};
#[cfg(feature = "operator")]
use crate::operator;
use crate::placement::what_if::{Step, WhatIf};
use picture::Picture;

/// Shows where tasks would land: node by node, zone by zone, one task after the other as ECS decides.
///
/// Takes what `import` takes, and custom resources, mixed. Nodes come from a file or from a cluster, and what runs on them
/// already counts. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge place taskdef.json service.json --nodes nodes.yaml
  kubectl get nodes,pods -A -o json | ecs-bridge place service.yaml --nodes - --explain
  ecs-bridge place manifests/ --nodes nodes.yaml --scale web=20 --drain node-3
  ecs-bridge place --live -n media --scale web=20

A file of nodes is what `kubectl get nodes,pods -A -o json` prints, or a YAML list such as
  - {name: small, zone: eu-central-1a, count: 2, instanceType: m6i.large, cpu: 2, memory: 8Gi}

Exit code: 0, or 1 when a definition is refused or a task finds no node.")]
pub(super) struct Args {
    /// Files, directories (searched for .json, .yaml, .yml), patterns, or - for stdin.
    #[cfg_attr(feature = "operator", arg(conflicts_with = "live"))]
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    /// Nodes, and pods that run on them: a file, or - for stdin; can be given again.
    #[cfg_attr(feature = "operator", arg(conflicts_with = "live"))]
    #[arg(long, value_name = "FILE")]
    nodes: Vec<PathBuf>,
    #[command(flatten)]
    gather: gather::Args,
    #[cfg(feature = "operator")]
    #[command(flatten)]
    live: super::live::Options,
    #[command(flatten)]
    target: target::Options,
    #[command(flatten)]
    what: What,
    /// Say for each task why it goes where it goes.
    #[arg(long)]
    explain: bool,
    /// How the answer is printed to stdout.
    #[arg(long, value_enum, default_value_t)]
    format: output::Format,
}

/// What happens, in this order.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct What {
    /// Tasks of each service, instead of its desiredCount.
    #[arg(long, value_name = "N")]
    count: Option<u32>,
    /// Take a node away once the tasks are placed; can be given again.
    #[arg(long, value_name = "NODE")]
    drain: Vec<String>,
    /// Then bring a service to a number of tasks; can be given again.
    #[arg(long, value_name = "SERVICE=N", value_parser = scale)]
    scale: Vec<(String, u32)>,
    /// What the strategy `random` draws by: the same seed, the same nodes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn scale(text: &str) -> Result<(String, u32), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, count) = pair.ok_or("write SERVICE=N")?;
    Ok((name.to_owned(), count.parse().map_err(|error| format!("{count:?} is no number of tasks: {error}"))?))
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    #[cfg(feature = "operator")]
    if let Some((sources, cluster)) = args.live.read(args.gather.namespace.as_deref(), &args.target)? {
        let (kubeconfig, context) = args.live.parts();
        let (nodes, pods) = operator::fetch_nodes(kubeconfig, context).map_err(io::Error::other)?;
        return answer(args, &sources, &cluster, nodes::of_cluster(&nodes, &pods));
    }
    if args.inputs.is_empty() || args.nodes.is_empty() {
        let missing = if args.inputs.is_empty() { "definitions (<INPUT>)" } else { "nodes (--nodes FILE)" };
        return Err(io::Error::other(format!("give {missing}, or --live and a namespace (-n)")));
    }
    let nodes = nodes::read(&args.nodes)?;
    answer(args, &input::read(&args.inputs), &args.target.cluster(), nodes)
}

fn answer(
    args: &Args,
    sources: &[input::Source],
    cluster: &Cluster,
    nodes: nodes::Nodes,
) -> io::Result<Outcome> {
    let mut gathered = gather::gather(&args.gather, sources, &args.gather.options(true));
    let checked = check::resources(&gathered.run, cluster, Alone::Error, desired::wanted);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(cluster);
    let mut wanted = checked.made;
    wanted.sort_by(|a, b| a.service.group.cmp(&b.service.group));
    let picture = picture(args, &wanted, nodes)?;
    let mut stdout = io::stdout().lock();
    match args.format {
        output::Format::Human => stdout.write_all(text::picture(&picture).as_bytes())?,
        output::Format::Json => writeln!(stdout, "{}", serde_json::to_string_pretty(&picture)?)?,
    }
    stdout.flush()?;
    conclude(args, &gathered, &picture)
}

fn conclude(args: &Args, gathered: &Gathered<'_>, picture: &Picture) -> io::Result<Outcome> {
    // What is worth knowing about a definition is what `report` is for; here counts what keeps it from running.
    let mut reported = gathered.reported();
    reported.retain(|reported| reported.finding.is_error());
    if !reported.is_empty() {
        output::report(&reported, args.format, None)?;
    }
    let outcome = output::outcome(&reported);
    Ok(if picture.waiting > 0 { Outcome::Refused } else { outcome })
}

/// Carries out what was asked for.
fn picture(args: &Args, wanted: &[Wanted], nodes: nodes::Nodes) -> io::Result<Picture> {
    let mut services: Vec<_> = wanted.iter().map(|wanted| wanted.service.clone()).collect();
    for service in services.iter_mut().filter(|service| !service.daemon) {
        service.count = args.what.count.unwrap_or(service.count);
    }
    let mut what_if = WhatIf::new(args.what.seed, nodes.nodes, services, args.explain);
    for pod in &nodes.pods {
        what_if.running(&pod.name, &pod.uid, &pod.node, pod.group.as_ref(), &pod.provider, &pod.demand);
    }
    let mut picture = Picture::default();
    picture.step("now", what_if.settle(), 0, &what_if);
    for node in &args.what.drain {
        if !what_if.nodes().any(|(known, _)| *known.name == **node) {
            return Err(io::Error::other(format!("--drain {node}: there is no node of this name")));
        }
        let (steps, others): (Vec<Step>, usize) = what_if.drain(node);
        picture.step(&format!("Without {node}"), steps, others, &what_if);
    }
    for (name, count) in &args.what.scale {
        let found = what_if.services().position(|(service, _)| service.name == *name);
        let number =
            found.ok_or_else(|| io::Error::other(format!("--scale {name}: there is no such service")))?;
        let steps = what_if.scale(number, Some(*count));
        picture.step(
            &format!("{name} with {}", output::number(usize::try_from(*count).unwrap_or(usize::MAX), "task")),
            steps,
            0,
            &what_if,
        );
    }
    picture.take(&mut what_if, wanted);
    Ok(picture)
}
