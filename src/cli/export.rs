//! `export`: custom resources in, the requests of the ECS API out.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::gather::{self, Gathered};
use super::import::directory;
use super::input::{self, Source};
use super::{Outcome, output};
use crate::ecs::export;
use crate::ecs::import::{Content, Options, Resource};
use crate::model::name::{RESOURCE, label};

/// Turns custom resources back into ECS definitions.
///
/// Reads custom resources as files have them or as `kubectl get -o yaml` prints them, and ECS definitions, which come
/// out in their normal form. Prints one request of the ECS API, or an array of them: RegisterTaskDefinition,
/// CreateService, CreateCapacityProvider, RegisterScalableTarget, PutScalingPolicy, PutScheduledAction,
/// PutMetricAlarm.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge export manifests/ -o back/
  kubectl get ecsservice web -o yaml | ecs-bridge export - > service.json
  aws ecs create-service --cli-input-json file://service.json")]
pub(super) struct Args {
    #[command(flatten)]
    inputs: input::Inputs,
    /// Write one file per request into this directory.
    #[arg(short, long, value_name = "DIRECTORY", value_parser = directory)]
    output: Option<PathBuf>,
    /// How findings are printed to stderr.
    #[arg(long, value_enum, default_value_t)]
    format: output::Format,
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let sources = args.inputs.sources();
    let gather = gather::Args::as_it_is();
    let Made { gathered, requests } = make(&gather, &sources);
    match &args.output {
        Some(directory) => {
            fs::create_dir_all(directory).map_err(|error| {
                io::Error::new(error.kind(), format!("cannot make {}: {error}", directory.display()))
            })?;
            for (name, body) in &requests {
                output::write(directory, name, &(export::json(body)? + "\n"))?;
            }
        }
        None if requests.is_empty() => {}
        None => {
            let bodies: Vec<&Content> = requests.iter().map(|(_, body)| body).collect();
            let text = match bodies.as_slice() {
                [only] => export::json(only)?,
                several => export::json(&several)?,
            };
            output::print(|stdout| writeln!(stdout, "{text}"))?;
        }
    }
    let reported = gathered.reported();
    let summary = format!(
        "{} read, {} written: {}",
        output::number(gathered.files(), "file"),
        output::number(requests.len(), "request"),
        output::counts(&reported)
    );
    output::report(&reported, args.format, (gathered.files() > 1).then_some(&summary))?;
    Ok(output::outcome(&reported))
}

/// What the inputs become.
pub(super) struct Made<'a> {
    pub(super) gathered: Gathered<'a>,
    /// Name of the file and body of every request.
    pub(super) requests: Vec<(String, Content)>,
}

/// Everything between reading and writing.
pub(super) fn make<'a>(args: &gather::Args, sources: &'a [Source]) -> Made<'a> {
    // The number of a revision is ECS's to give.
    let options = Options { without_revisions: true, ..args.options(false) };
    let mut gathered = gather::gather(args, sources, &options);
    let mut requests = Vec::new();
    let mut notes = Vec::new();
    for imported in &gathered.run.resources {
        let (exported, findings) = export::export(&imported.resource);
        notes.extend(findings.into_iter().map(|finding| imported.note(finding)));
        let named =
            exported.into_iter().map(|request| (file_name(&imported.resource, &request), request.body));
        requests.extend(named);
    }
    gathered.run.notes.extend(notes);
    Made { gathered, requests }
}

/// `createservice.media.web.json`: no part can hold a dot, so no two requests meet.
fn file_name(resource: &Resource, request: &export::Request) -> String {
    let metadata = resource.metadata();
    let parts = [
        Some(request.action.to_lowercase()),
        metadata.namespace.clone(),
        metadata.name.clone(),
        Some(label(&request.part, RESOURCE)).filter(|_| !request.part.is_empty()),
        Some("json".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}
