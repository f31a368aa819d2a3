//! `render`: ECS definitions and custom resources in, the Kubernetes objects that would be made out.

use std::io;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::{Outcome, input, manifest, output, parallel, target};
use crate::desired;
use crate::object::Object;

/// Prints the Kubernetes objects that would be made, without a cluster.
///
/// Takes what `import` takes, and custom resources, mixed. A task definition that no service runs is rendered as
/// a replica service of one task.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge render taskdef.json service.json
  ecs-bridge render manifests/ --capabilities 1.34 --api external-secrets.io
  ecs-bridge render taskdef.json | kubectl diff -f -")]
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
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let sources = args.inputs.sources();
    let Made { gathered, manifests } = make(args, &sources)?;
    output::print(|stdout| manifests.iter().try_for_each(|yaml| write!(stdout, "---\n{yaml}")))?;
    let reported = gathered.reported();
    let summary = format!(
        "{} read, {} rendered: {}",
        output::number(gathered.files(), "file"),
        output::number(manifests.len(), "object"),
        output::counts(&reported)
    );
    output::report(&reported, args.format, (gathered.files() > 1).then_some(&summary))?;
    Ok(output::outcome(&reported))
}

/// What the inputs become.
pub(super) struct Made<'a> {
    pub(super) gathered: Gathered<'a>,
    /// Every object as YAML, in apply order.
    pub(super) manifests: Vec<String>,
}

/// Everything between reading and writing.
pub(super) fn make<'a>(args: &Args, sources: &'a [input::Source]) -> io::Result<Made<'a>> {
    let mut gathered = gather::gather(&args.gather, sources, &args.gather.options(true));
    let cluster = args.target.cluster();
    let checked = check::resources(&gathered.run, &cluster, Alone::Error, desired::offline);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(&cluster);
    Ok(Made { gathered, manifests: manifests(checked.made)? })
}

/// Objects as YAML in apply order, what several services share once.
fn manifests(mut objects: Vec<Object>) -> io::Result<Vec<String>> {
    objects.sort_by_cached_key(|object| {
        let metadata = object.metadata();
        (object.kind().rank, object.kind().kind, metadata.namespace.clone(), metadata.name.clone())
    });
    objects.dedup_by(|a, b| is_same(a, b));
    let manifests =
        parallel::map(&objects, |_, object| manifest::yaml(&manifest::Ordered(&object.to_value())));
    manifests.into_iter().collect()
}

fn is_same(a: &Object, b: &Object) -> bool {
    let (one, other) = (a.metadata(), b.metadata());
    a.kind().kind == b.kind().kind && one.namespace == other.namespace && one.name == other.name
}
