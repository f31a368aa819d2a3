//! `import`: ECS definitions in, custom resources out.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::input::{self, Source};
use super::{Outcome, manifest, output, parallel, target};
use crate::ecs::import::{Imported, Options, Resource};

/// Turns ECS definitions into custom resources.
///
/// Reads task definitions, services, capacity providers, lists of container definitions, Application Auto Scaling
/// documents and answers of the ECS API, as JSON or YAML, and tells them apart by itself. Prints custom resources
/// to stdout and findings to stderr.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge import taskdef.json service.json > web.yaml
  ecs-bridge import .aws/ -o manifests/ --image web=registry.example/web:1.4
  aws ecs describe-services --services web | ecs-bridge import - --format json")]
pub(super) struct Args {
    #[command(flatten)]
    inputs: input::Inputs,
    #[command(flatten)]
    gather: gather::Args,
    /// How findings are printed to stderr.
    #[arg(long, value_enum, default_value_t)]
    format: output::Format,
    #[command(flatten)]
    target: target::Options,
    /// Write one file per custom resource into this directory.
    #[arg(short, long, value_name = "DIRECTORY", value_parser = directory)]
    output: Option<PathBuf>,
    /// Write a service of one task for every task definition that no service runs.
    #[arg(long)]
    with_service: bool,
}

pub(super) fn directory(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.exists() && !path.is_dir() {
        return Err(format!("a file has this name; name a directory, or write one file with `> {text}`"));
    }
    Ok(path)
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let sources = args.inputs.sources();
    let Made { gathered, manifests } = make(args, &sources)?;
    match &args.output {
        Some(directory) => {
            fs::create_dir_all(directory).map_err(|error| {
                io::Error::new(error.kind(), format!("cannot make {}: {error}", directory.display()))
            })?;
            let written = parallel::map(&manifests, |_, (name, yaml)| output::write(directory, name, yaml));
            written.into_iter().collect::<io::Result<()>>()?;
        }
        None => {
            output::print(|stdout| manifests.iter().try_for_each(|(_, yaml)| write!(stdout, "---\n{yaml}")))?;
        }
    }
    let reported = gathered.reported();
    let summary = format!(
        "{} read, {} written: {}",
        output::number(gathered.files(), "file"),
        output::number(manifests.len(), "custom resource"),
        output::counts(&reported)
    );
    output::report(&reported, args.format, (gathered.files() > 1).then_some(&summary))?;
    Ok(output::outcome(&reported))
}

/// What the inputs become.
pub(super) struct Made<'a> {
    pub(super) gathered: Gathered<'a>,
    /// Name of the file and its content, of every custom resource.
    pub(super) manifests: Vec<(String, String)>,
}

/// Everything between reading and writing.
pub(super) fn make<'a>(args: &Args, sources: &'a [Source]) -> io::Result<Made<'a>> {
    let options = Options { without_scaled_counts: true, ..args.gather.options(args.with_service) };
    let mut gathered = gather::gather(&args.gather, sources, &options);
    let cluster = args.target.cluster();
    let checked = check::resources(&gathered.run, &cluster, Alone::Fine, check::check_only);
    let accepted: Vec<&Imported> = gathered
        .run
        .resources
        .iter()
        .filter(|imported| !checked.refused.contains(&imported.origin))
        .collect();
    let manifests =
        parallel::map(&accepted, |_, imported| Ok((file_name(&imported.resource), manifest_of(imported)?)));
    let manifests = manifests.into_iter().collect::<io::Result<_>>()?;
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(&cluster);
    Ok(Made { gathered, manifests })
}

fn manifest_of(imported: &Imported) -> io::Result<String> {
    match &imported.resource {
        Resource::TaskDefinition(resource) => manifest::yaml(resource),
        Resource::Service(resource) => manifest::yaml(resource),
        Resource::CapacityProvider(resource) => manifest::yaml(resource),
    }
}

/// `taskdefinition.default.web.yaml`: no part can hold a dot, so no two resources meet.
fn file_name(resource: &Resource) -> String {
    let metadata = resource.metadata();
    let parts = [
        Some(resource.kind().to_lowercase()),
        metadata.namespace.clone(),
        metadata.name.clone(),
        Some("yaml".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}
