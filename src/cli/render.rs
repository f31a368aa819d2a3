//! `render`: ECS definitions and custom resources in, the Kubernetes objects that would be made out.

mod capabilities;

use std::io::{self, Write as _};

use super::check::{self, Alone, Cluster};
use super::gather::{self, Gathered};
use super::{Outcome, input, manifest, output, parallel};
use crate::desired;
use crate::object::Object;
use crate::policy::{Mode, Policy};
use capabilities::Source;

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
    gather: gather::Args,
    /// What the cluster can do: a version from 1.33 to 1.37, or a YAML file.
    #[arg(long, value_name = "VERSION|FILE", default_value = "1.36", value_parser = capabilities::source)]
    capabilities: Source,
    /// Optional API group that the cluster serves, for example external-secrets.io; can be given again.
    #[arg(long = "api", value_name = "GROUP", value_delimiter = ',')]
    apis: Vec<String>,
    /// What the namespaces may ask for.
    #[arg(long, value_enum, default_value_t)]
    policy: PolicyName,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum PolicyName {
    /// Everything; what would need a grant is a warning.
    #[default]
    Permissive,
    /// What ECS users use daily.
    Baseline,
    /// Nothing that reaches beyond the namespace.
    Restricted,
}

impl PolicyName {
    fn policy(self) -> Policy {
        let mode = match self {
            Self::Permissive => Mode::Permissive,
            Self::Baseline => Mode::Baseline,
            Self::Restricted => Mode::Restricted,
        };
        let mut policy = Policy::new(mode, None);
        policy.warn = matches!(self, Self::Permissive);
        policy
    }
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let sources = args.gather.sources();
    let Made { gathered, manifests } = make(args, &sources)?;
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    for yaml in &manifests {
        stdout.write_all(b"---\n")?;
        stdout.write_all(yaml.as_bytes())?;
    }
    stdout.flush()?;
    let reported = gathered.reported();
    let summary = format!(
        "{} read, {} rendered: {}",
        output::number(gathered.files(), "file"),
        output::number(manifests.len(), "object"),
        output::counts(&reported)
    );
    output::report(&reported, args.gather.format, (gathered.files() > 1).then_some(&summary))?;
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
    let mut capabilities = args.capabilities.0.clone();
    capabilities.apis.extend(args.apis.iter().cloned());
    let cluster = Cluster { policy: args.policy.policy(), capabilities, iam: args.gather.iam() };
    let checked = check::resources(&gathered.run, &cluster, Alone::Error, desired::offline);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(&cluster);
    Ok(Made { gathered, manifests: manifests(checked.objects)? })
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
