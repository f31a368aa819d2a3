//! `report`: what becomes of every field, for the people who migrate.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::input::{self, Source};
use super::target::{self, Cluster};
use super::{Outcome, output};
use crate::desired::{self, Context};
use crate::ecs::import::{Imported, Note, Resource, Run};
use crate::finding::Severity;
use crate::ledger::Root;
use crate::model::validate::Findings;
use crate::report::{self, Found, Report, Subject, Workload};
use crate::rollout::Inputs;

/// Tells what becomes of every field, grouped by what has to be decided.
///
/// Takes what `import` takes, and custom resources, mixed. Every definition gets a grade: A exact, B approximate,
/// C lossy, D refused. That two of them have one name is said, and does not count.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge report .aws/ -o report.md
  ecs-bridge report taskdef.json --format sarif --fail-on warning > findings.sarif
  aws ecs describe-services --services web | ecs-bridge report - --format json
  ecs-bridge report --live -n media

Exit code: 0, or 1 when something is as severe as --fail-on says. The report is written in both cases.")]
pub(super) struct Args {
    /// Files, directories (searched for .json, .yaml, .yml), patterns, or - for stdin.
    #[cfg_attr(feature = "operator", arg(conflicts_with = "live"))]
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    #[command(flatten)]
    gather: gather::Args,
    #[cfg(feature = "operator")]
    #[command(flatten)]
    live: super::live::Options,
    #[command(flatten)]
    target: target::Options,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What makes the exit code 1.
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Write the report to this file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Markdown,
    /// For programs: every field and every finding.
    Json,
    /// For code review: findings beside their lines.
    Sarif,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something is refused.
    #[default]
    Error,
    /// Something is lost.
    Warning,
    /// Anything is said at all.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    fn fails(self, worst: Option<Severity>) -> bool {
        let least = match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
            Self::Never => return false,
        };
        worst.is_some_and(|worst| worst >= least)
    }
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let report = read(args)?;
    let text = write(&report, args.format)?;
    match &args.output {
        Some(path) => output::write_file(path, &text)?,
        None => output::print(|stdout| stdout.write_all(text.as_bytes()))?,
    }
    Ok(if args.fail_on.fails(report.worst()) { Outcome::Refused } else { Outcome::Done })
}

fn write(report: &Report, format: Format) -> io::Result<String> {
    let json = match format {
        Format::Markdown => return Ok(report::markdown(report)),
        Format::Json => serde_json::to_string_pretty(report)?,
        Format::Sarif => serde_json::to_string_pretty(&report::sarif(report))?,
    };
    Ok(json + "\n")
}

fn read(args: &Args) -> io::Result<Report> {
    #[cfg(feature = "operator")]
    if let Some((sources, cluster)) = args.live.read(args.gather.namespace.as_deref(), &args.target)? {
        let mut report = look_at(args, &sources, &cluster);
        report.forget_files();
        return Ok(report);
    }
    if args.inputs.is_empty() {
        nothing_named().exit();
    }
    Ok(make(args, &input::read(&args.inputs)))
}

/// Says what a report can be of.
fn nothing_named() -> clap::Error {
    let what = "name what to report on: files, directories, or the namespace of a cluster

  ecs-bridge report .aws/
  aws ecs describe-task-definition --task-definition web | ecs-bridge report -
  ecs-bridge report --live -n media";
    clap::Command::new("ecs-bridge report").error(clap::error::ErrorKind::MissingRequiredArgument, what)
}

/// Everything between reading and writing.
pub(super) fn make(args: &Args, sources: &[Source]) -> Report {
    look_at(args, sources, &args.target.cluster())
}

fn look_at(args: &Args, sources: &[Source], cluster: &Cluster) -> Report {
    let mut gathered = gather::gather(&args.gather, sources, &args.gather.options(false));
    let checked = check::resources(&gathered.run, cluster, Alone::Fine, workload);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(cluster);
    let duplicates = check::refused(&gathered.run, &gathered.run.duplicates, cluster);
    gathered.run.notes.extend(duplicates);
    let mut workloads = checked.made;
    let alone = without_service(&gathered.run, &workloads);
    workloads.extend(alone);
    report(&gathered, &workloads)
}

/// What a service comes to, if it is not refused.
fn workload(inputs: &Inputs, context: &Context) -> (Vec<Workload>, Findings) {
    let (service, findings) = desired::check_service(inputs, context);
    let workload = service.map(|service| Workload {
        namespace: context.namespace.clone(),
        service: context.name.clone(),
        task: inputs.task_definition.clone(),
        roles: report::roles(&service, context.iam.mode),
    });
    (workload.into_iter().collect(), findings)
}

/// Task definitions that no service of the run runs: one of their name may.
fn without_service(run: &Run, workloads: &[Workload]) -> Vec<Workload> {
    let task = |imported: &Imported| match &imported.resource {
        Resource::TaskDefinition(task) => Some(Workload {
            namespace: task.metadata.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            service: task.metadata.name.clone().unwrap_or_default(),
            task: task.spec.clone(),
            roles: Vec::new(),
        }),
        Resource::Service(_) | Resource::CapacityProvider(_) => None,
    };
    let runs = |task: &Workload| {
        workloads.iter().any(|w| w.namespace == task.namespace && w.task.family == task.task.family)
    };
    run.resources.iter().filter_map(task).filter(|task| !runs(task)).collect()
}

fn report(gathered: &Gathered<'_>, workloads: &[Workload]) -> Report {
    let run = &gathered.run;
    let mut definitions: Vec<&Imported> =
        run.resources.iter().chain(&run.refused).chain(&run.duplicates).collect();
    definitions.sort_by(|a, b| a.origin.cmp(&b.origin));
    let lines = gathered.lines(&run.notes);
    let mut of: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
    let mut other = Vec::new();
    for (note, line) in run.notes.iter().zip(lines) {
        let found = |path: &str| {
            let mut finding = note.finding.clone();
            path.clone_into(&mut finding.path);
            Found { file: gathered.name(note.file).to_owned(), line, finding }
        };
        match owner(&definitions, note) {
            Some((definition, path)) => of.entry(definition).or_default().push(found(&path)),
            None => other.push(found(&note.finding.path)),
        }
    }
    let subject = |(index, imported): (usize, &&Imported)| Subject {
        file: gathered.name(Some(imported.origin.file)).to_owned(),
        findings: of.remove(&index).unwrap_or_default(),
        ..subject(&imported.resource)
    };
    Report::new(definitions.iter().enumerate().map(subject).collect(), other, workloads)
}

/// The definition that a note speaks of, and the path in it: the one with the longest path to it.
fn owner(definitions: &[&Imported], note: &Note) -> Option<(usize, String)> {
    let document = note.document?;
    let origins = definitions.iter().enumerate().flat_map(|(index, imported)| {
        let grafts = imported.grafts.iter().map(move |graft| (index, &graft.origin, graft.at.as_str()));
        grafts.chain([(index, &imported.origin, "")])
    });
    origins
        .filter(|(_, origin, _)| Some(origin.file) == note.file && origin.document == document)
        .filter_map(|(index, origin, at)| {
            let rest = note.finding.path.strip_prefix(&origin.base)?;
            let beneath = origin.base.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']);
            let rest = rest.trim_start_matches('.');
            let path = match (at, rest) {
                ("", rest) => rest.to_owned(),
                (at, "") => at.to_owned(),
                (at, rest) => format!("{at}.{rest}"),
            };
            beneath.then_some((origin.base.len(), index, path))
        })
        .max_by_key(|(length, index, _)| (*length, std::cmp::Reverse(*index)))
        .map(|(_, index, path)| (index, path))
}

fn subject(resource: &Resource) -> Subject {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    let (root, name, spec) = match resource {
        Resource::TaskDefinition(task) => {
            (Root::TaskDefinition, task.spec.family.clone(), serde_json::to_value(&task.spec))
        }
        Resource::Service(service) => {
            (Root::Service, service.spec.service_name.clone(), serde_json::to_value(&service.spec))
        }
        Resource::CapacityProvider(provider) => {
            (Root::CapacityProvider, provider.spec.name.clone(), serde_json::to_value(&provider.spec))
        }
    };
    let metadata = resource.metadata();
    Subject {
        root,
        name: name.or_else(|| metadata.name.clone()).unwrap_or_default(),
        namespace: metadata.namespace.clone(),
        file: String::new(),
        spec: spec.unwrap_or_default(),
        findings: Vec::new(),
    }
}
