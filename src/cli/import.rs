//! `import`: ECS definitions in, custom resources out.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::gather::{self, Gathered};
use super::input::Source;
use super::{Outcome, manifest, output, parallel};
use crate::ecs::import::{Imported, Note, Resource, validate};
use crate::finding::{Finding, any_error};

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
    gather: gather::Args,
    /// Write one file per custom resource into this directory.
    #[arg(short, long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
    /// Write a service of one task for every task definition that no service runs.
    #[arg(long)]
    with_service: bool,
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let sources = args.gather.sources();
    let Made { gathered, manifests } = make(args, &sources)?;
    match &args.output {
        Some(directory) => {
            fs::create_dir_all(directory)?;
            let written = parallel::map(&manifests, |_, (name, yaml)| output::write(directory, name, yaml));
            written.into_iter().collect::<io::Result<()>>()?;
        }
        None => {
            let mut stdout = io::BufWriter::new(io::stdout().lock());
            for (_, yaml) in &manifests {
                stdout.write_all(b"---\n")?;
                stdout.write_all(yaml.as_bytes())?;
            }
            stdout.flush()?;
        }
    }
    let reported = gathered.reported();
    let summary = format!(
        "{} files read, {} custom resources written: {}",
        gathered.files(),
        manifests.len(),
        output::counts(&reported)
    );
    output::report(&reported, args.gather.format, (gathered.files() > 1).then_some(&summary))?;
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
    let mut gathered = gather::gather(&args.gather, sources, &args.gather.options(args.with_service));
    let written = parallel::map(&gathered.run.resources, |_, imported| manifest_of(imported));
    let mut manifests = Vec::with_capacity(written.len());
    for (imported, written) in gathered.run.resources.iter().zip(written) {
        let (yaml, findings) = written?;
        let of = |finding| Note::of(&imported.origin, finding);
        gathered.run.notes.extend(findings.into_iter().map(of));
        manifests.extend(yaml.map(|yaml| (file_name(&imported.resource), yaml)));
    }
    Ok(Made { gathered, manifests })
}

type Written = io::Result<(Option<String>, Vec<Finding>)>;

/// The manifest of a custom resource, unless validation refuses it.
fn manifest_of(imported: &Imported) -> Written {
    let findings = validate(&imported.resource);
    if any_error(&findings) {
        return Ok((None, findings));
    }
    let yaml = match &imported.resource {
        Resource::TaskDefinition(resource) => manifest::yaml(resource),
        Resource::Service(resource) => manifest::yaml(resource),
        Resource::CapacityProvider(resource) => manifest::yaml(resource),
    };
    Ok((Some(yaml?), findings))
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
