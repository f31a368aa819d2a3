//! `render`: ECS definitions and custom resources in, the Kubernetes objects that would be made out.

mod capabilities;
mod services;

use std::io::{self, Write as _};

use super::gather::{self, Gathered};
use super::{Outcome, input, manifest, output, parallel};
use crate::desired::{self, Context};
use crate::ecs::import::Note;
use crate::finding::{Finding, any_error};
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
    /// Optional API groups that the cluster serves, for example external-secrets.io.
    #[arg(long = "api", value_name = "GROUP", num_args = 1.., value_delimiter = ',')]
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
    let Made { gathered, services, manifests } = make(args, &sources)?;
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    for yaml in &manifests {
        stdout.write_all(b"---\n")?;
        stdout.write_all(yaml.as_bytes())?;
    }
    stdout.flush()?;
    let reported = gathered.reported();
    let summary = format!(
        "{} files read, {services} services, {} objects: {}",
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
    /// How many services were rendered.
    pub(super) services: usize,
    /// Every object as YAML, in apply order.
    pub(super) manifests: Vec<String>,
}

/// Everything between reading and writing.
pub(super) fn make<'a>(args: &Args, sources: &'a [input::Source]) -> io::Result<Made<'a>> {
    let mut gathered = gather::gather(&args.gather, sources, &args.gather.options(true));
    let mut capabilities = args.capabilities.0.clone();
    capabilities.apis.extend(args.apis.iter().cloned());
    let services = services::services(&gathered.run);
    let rendered = parallel::map(&services, |_, service| {
        let inputs = match &service.inputs {
            Ok(inputs) => inputs,
            Err(finding) => return (Vec::new(), vec![finding.clone()]),
        };
        let context = Context {
            name: service.name.clone(),
            namespace: service.namespace.clone(),
            policy: args.policy.policy(),
            capabilities: capabilities.clone(),
            default_architecture: "amd64".to_owned(),
        };
        let (objects, findings) = desired::offline(inputs, &context);
        let refused = any_error(&findings);
        (if refused { Vec::new() } else { objects }, findings)
    });
    let mut objects = Vec::new();
    let mut notes = Vec::new();
    for (service, (made, findings)) in services.iter().zip(rendered) {
        objects.extend(made);
        let of = |finding: Finding| Note::of(&service.origin, finding);
        notes.extend(service.findings.iter().cloned().chain(findings).map(of));
    }
    let rendered = services.len();
    drop(services);
    gathered.run.notes.extend(notes);
    Ok(Made { gathered, services: rendered, manifests: manifests(objects)? })
}

/// Objects as YAML in apply order, what several services share once.
fn manifests(mut objects: Vec<Object>) -> io::Result<Vec<String>> {
    objects.sort_by_cached_key(|object| {
        let metadata = object.metadata();
        (object.kind().rank, object.kind().kind, metadata.namespace.clone(), metadata.name.clone())
    });
    objects.dedup_by(|a, b| {
        let key = |object: &Object| {
            let metadata = object.metadata();
            (object.kind().kind, metadata.namespace.clone(), metadata.name.clone())
        };
        key(a) == key(b)
    });
    parallel::map(&objects, |_, object| manifest::yaml(&manifest::Ordered(&object.to_value())))
        .into_iter()
        .collect()
}
