//! `place`: where tasks would land on given nodes, and why not on the others.

mod nodes;
mod picture;
mod text;
mod written;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::target::{self, Cluster};
use super::{Outcome, input, output};
use crate::desired::{self, Context, Wanted};
use crate::ecs::read::unknown::nearest;
use crate::finding::Code;
#[cfg(feature = "operator")]
use crate::operator;
use crate::placement::what_if::{Step, WhatIf};
use crate::rollout::Inputs;
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

Exit code: 0, 1 when a definition is refused or a task finds no node, 2 when the command line is wrong or the
nodes cannot be read.")]
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
    /// How the answer is printed to stdout, and findings to stderr.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Most names of nodes that are told where there is none of the name that was given.
const SHOWN: usize = 8;

/// Why a number of tasks is not for a daemon.
const DAEMON: &str = "a DAEMON service has one task on every node that it selects, and no count";

/// How the answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// What moves, and tables of services, zones and nodes.
    #[default]
    Human,
    /// One JSON object: stages, services, nodes, and how many tasks wait. Findings are a JSON array.
    Json,
}

impl From<Format> for output::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
        }
    }
}

/// What happens, in this order.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct What {
    /// Tasks of each service, instead of the count in force.
    #[arg(long, value_name = "N", value_parser = tasks, allow_negative_numbers = true)]
    count: Option<u32>,
    /// Take a node away once the tasks are placed; can be given again.
    #[arg(long, value_name = "NODE")]
    drain: Vec<String>,
    /// Then bring a service to a number of tasks; can be given again.
    #[arg(long, value_name = "SERVICE=N", value_parser = scale)]
    scale: Vec<(String, u32)>,
    /// The time at which scheduled actions are looked at, such as 2026-11-27T06:00:00Z; without it now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// What the strategy `random` draws by: the same seed, the same nodes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn scale(text: &str) -> Result<(String, u32), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, count) = pair.ok_or("write SERVICE=N")?;
    Ok((name.to_owned(), tasks(count)?))
}

fn tasks(text: &str) -> Result<u32, String> {
    let number = text.parse();
    number.map_err(|_| format!("{text:?} is no number of tasks: write a whole number, 0 or more"))
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write a date and a time with its zone, such as 2026-11-27T06:00:00Z".to_owned())
}

/// Carries the command out.
pub(super) fn run(args: &Args) -> ExitCode {
    match look(args) {
        Ok(outcome) => outcome.into(),
        Err(error) => super::failed(&error, 2),
    }
}

fn look(args: &Args) -> io::Result<Outcome> {
    #[cfg(feature = "operator")]
    if let Some((sources, cluster)) = args.live.read(args.gather.namespace.as_deref(), &args.target)? {
        let (kubeconfig, context) = args.live.parts();
        let (nodes, pods) = operator::fetch_nodes(kubeconfig, context).map_err(io::Error::other)?;
        return answer(args, &sources, &cluster, nodes::of_cluster(&nodes, &pods));
    }
    if args.inputs.is_empty() || args.nodes.is_empty() {
        let missing = match (args.inputs.is_empty(), args.nodes.is_empty()) {
            (true, true) => "definitions (<INPUT>) and nodes (--nodes FILE)",
            (true, false) => "definitions (<INPUT>)",
            (false, _) => "nodes (--nodes FILE)",
        };
        return Err(io::Error::other(format!("give {missing}, or --live and a namespace (-n)")));
    }
    let stdin = |path: &Path| path == Path::new("-");
    let inputs = args.inputs.iter().filter(|input| stdin(Path::new(input)));
    if inputs.count() + args.nodes.iter().filter(|file| stdin(file)).count() > 1 {
        return Err(io::Error::other("stdin (-) can be read only once"));
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
    let now = args.what.at.unwrap_or_else(Timestamp::now);
    let wanted = |inputs: &Inputs, context: &Context| desired::wanted(inputs, context, now);
    let checked = check::resources(&gathered.run, cluster, Alone::Error, wanted);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(cluster);
    let mut wanted = checked.made;
    wanted.sort_by(|a, b| a.service.group.cmp(&b.service.group));
    output::tell(&hints(args, &nodes, &wanted))?;
    let picture = picture(args, &wanted, nodes)?;
    let text = match args.format {
        Format::Human => text::picture(&picture),
        Format::Json => serde_json::to_string_pretty(&picture)? + "\n",
    };
    output::print(|stdout| stdout.write_all(text.as_bytes()))?;
    conclude(args, &gathered, &picture)
}

/// What may be meant otherwise.
fn hints(args: &Args, nodes: &nodes::Nodes, wanted: &[Wanted]) -> Vec<String> {
    let mut hints = nodes.hints.clone();
    let daemons: Vec<&str> =
        wanted.iter().map(|w| &w.service).filter(|s| s.daemon).map(|s| &*s.name).collect();
    if let Some(count) = args.what.count.filter(|_| !daemons.is_empty()) {
        hints.push(format!("--count {count} is not for {}: {DAEMON}", daemons.join(", ")));
    }
    for Wanted { service, scheduled, .. } in wanted {
        if let Some(bounds) = scheduled.filter(|_| args.what.count.is_none() && !service.daemon) {
            let when = args.what.at.map_or_else(
                || "now; --at TIME looks at another time".to_owned(),
                |time| format!("on {time}"),
            );
            let (least, most) = (bounds.min_capacity, bounds.max_capacity);
            let tasks = if least == most { most.to_string() } else { format!("{least} to {most}") };
            let name = &service.name;
            hints.push(format!("scheduled actions keep {name} at {tasks} tasks {when}"));
        }
    }
    for Wanted { service, .. } in wanted {
        let mut elsewhere: BTreeMap<&str, usize> = BTreeMap::new();
        let groups = || nodes.pods.iter().filter_map(|pod| pod.group.as_ref());
        if groups().any(|group| *group == service.group) {
            continue;
        }
        for other in groups() {
            // Where there is such a service too, they are its tasks.
            let known = || wanted.iter().any(|wanted| wanted.service.group == *other);
            if other.name == service.group.name && !known() {
                *elsewhere.entry(&other.cluster).or_default() += 1;
            }
        }
        for (namespace, pods) in elsewhere {
            let name = &service.name;
            let own = &service.group.cluster;
            hints.push(format!(
                "pods of a service {name} in the namespace {namespace} ({pods}) count as others, because {name} is \
                 looked at in {own}; if they are its tasks, give -n {namespace}"
            ));
        }
    }
    hints
}

fn conclude(args: &Args, gathered: &Gathered<'_>, picture: &Picture) -> io::Result<Outcome> {
    // What is worth knowing about a definition is what `report` is for; here counts what keeps it from running, and which
    // of its rules nobody goes by.
    let dropped = [Code::ConstraintNotApplied, Code::StrategyNotApplied];
    let mut reported = gathered.reported();
    reported.retain(|reported| {
        reported.finding.is_error() || dropped.iter().any(|code| reported.finding.code == code.as_str())
    });
    if !reported.is_empty() {
        output::report(&reported, args.format.into(), None)?;
    }
    let outcome = output::outcome(&reported);
    Ok(if picture.has_waited() { Outcome::Refused } else { outcome })
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
            let known: Vec<&str> = what_if.nodes().map(|(known, _)| &*known.name).collect();
            return Err(io::Error::other(format!("--drain {node}: {}", no_node(node, &known))));
        }
        let (steps, others): (Vec<Step>, usize) = what_if.drain(node);
        picture.step(&format!("Without {node}"), steps, others, &what_if);
    }
    let names = picture::names(&what_if);
    for (name, count) in &args.what.scale {
        let number = found(name, wanted, &names)
            .map_err(|why| io::Error::other(format!("--scale {name}={count}: {why}")))?;
        let steps = what_if.scale(number, *count);
        let tasks = output::number(usize::try_from(*count).unwrap_or(usize::MAX), "task");
        picture.step(&format!("{name} with {tasks}"), steps, 0, &what_if);
    }
    picture.take(&mut what_if, wanted);
    Ok(picture)
}

/// That there is no such node, and which there are.
fn no_node(name: &str, known: &[&str]) -> String {
    let nearest = nearest(name, known.iter().copied()).map(|meant| format!("did you mean {meant}?"));
    let some = || {
        let first: Vec<&str> = known.iter().take(SHOWN).copied().collect();
        let more = if known.len() > SHOWN { ", …" } else { "" };
        format!("known are {}{more}", first.join(", "))
    };
    format!("there is no node of this name; {}", nearest.unwrap_or_else(some))
}

/// The number of the service that somebody names: as ECS calls it, as its object is called, or as the tables call it.
fn found(name: &str, wanted: &[Wanted], names: &[String]) -> Result<usize, String> {
    let is_meant = |number: &usize| {
        let called = wanted.get(*number).is_some_and(|wanted| {
            let object = &wanted.metadata_name;
            *name == wanted.service.name
                || name == object
                || name.strip_suffix(object.as_str()).and_then(|rest| rest.strip_suffix('/'))
                    == Some(&*wanted.service.group.cluster)
        });
        called || names.get(*number).is_some_and(|known| known == name)
    };
    let meant: Vec<usize> = (0..wanted.len()).filter(is_meant).collect();
    let list = |numbers: &[usize]| {
        let known: Vec<_> =
            numbers.iter().filter_map(|number| names.get(*number)).map(String::as_str).collect();
        known.join(", ")
    };
    match meant.as_slice() {
        [number] if wanted.get(*number).is_some_and(|wanted| wanted.service.daemon) => Err(DAEMON.to_owned()),
        [number] => Ok(*number),
        [] if wanted.is_empty() => Err("there is no service".to_owned()),
        [] => {
            let all: Vec<usize> = (0..wanted.len()).collect();
            Err(format!("there is no such service; known are {}", list(&all)))
        }
        several => Err(format!("several services are called so: {}", list(several))),
    }
}
