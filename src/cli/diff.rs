//! `diff`: what would change in a cluster if definitions were applied.

mod text;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use super::check::{self, Alone};
use super::gather::{self, Gathered};
use super::live::Connection;
use super::{input, output, target};
use crate::desired::Waiting;
use crate::ecs::import::Resource;
use crate::operator::{self, Assumed, Change, Compared};
use crate::rollout::why;

/// Compares definitions with what a cluster has: the objects that would change, and whether tasks would be replaced.
///
/// Takes what `import` takes, and custom resources, mixed. Nothing is changed: the API server answers dry runs.
/// Values of variables are not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ecs-bridge diff manifests/
  ecs-bridge diff taskdef.json service.json -n media --policy baseline
  ecs-bridge diff manifests/ --format json | jq '.[] | select(.willRoll) | .service'

Exit code: 0 where nothing changes, 1 where something does, 2 where that cannot be told.")]
pub(super) struct Args {
    #[command(flatten)]
    inputs: input::Inputs,
    #[command(flatten)]
    gather: gather::Args,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    target: target::Options,
    /// Show the values of variables.
    #[arg(long)]
    show_values: bool,
    /// How the differences are printed.
    #[arg(long, value_enum, default_value_t)]
    format: output::Format,
}

/// Carries the command out.
pub(super) fn run(args: &Args) -> ExitCode {
    match compare(args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => super::failed(&error, 2),
    }
}

fn compare(args: &Args) -> io::Result<u8> {
    let sources = args.inputs.sources();
    let mut gathered = gather::gather(&args.gather, &sources, &args.gather.options(false));
    let cluster = args.target.cluster();
    let checked = check::resources(&gathered.run, &cluster, Alone::Fine, check::check_only);
    gathered.run.notes.extend(checked.notes);
    gathered.look_at_refused(&cluster);
    let refused = say_errors(&gathered, args.format)?;
    let kept: Vec<&Resource> = gathered
        .run
        .resources
        .iter()
        .filter(|imported| !checked.refused.contains(&imported.origin))
        .map(|imported| &imported.resource)
        .collect();
    let assumed = Assumed {
        policy: cluster.policy.mode,
        iam: cluster.iam.clone(),
        default_architecture: "amd64".to_owned(),
        capabilities: cluster.capabilities.clone(),
    };
    let mut services = Vec::new();
    for namespace in namespaces(&kept) {
        let of_namespace = |resource: &&Resource| {
            matches!(resource, Resource::CapacityProvider(_)) || in_namespace(resource) == namespace
        };
        let own: Vec<&Resource> = kept.iter().copied().filter(of_namespace).collect();
        let (kubeconfig, context) = args.connection.parts();
        let compared = operator::compare(kubeconfig, context, &namespace, &own, &assumed);
        let compared = compared.map_err(io::Error::other)?;
        services.extend(compared.into_iter().map(|one| Service::new(&namespace, one, args.show_values)));
    }
    print(&services, args.format)?;
    let invalid = services.iter().any(Service::refused);
    Ok(if refused || invalid { 2 } else { u8::from(services.iter().any(Service::changes)) })
}

/// Prints what refuses a definition; whether there is any.
fn say_errors(gathered: &Gathered<'_>, format: output::Format) -> io::Result<bool> {
    let mut reported = gathered.reported();
    reported.retain(|reported| reported.finding.is_error());
    if !reported.is_empty() {
        output::report(&reported, format, None)?;
    }
    Ok(!reported.is_empty())
}

fn in_namespace(resource: &Resource) -> String {
    resource.metadata().namespace.clone().unwrap_or_else(|| "default".to_owned())
}

fn namespaces(resources: &[&Resource]) -> BTreeSet<String> {
    let namespaced = resources.iter().filter(|r| !matches!(r, Resource::CapacityProvider(_)));
    namespaced.map(|resource| in_namespace(resource)).collect()
}

/// What would become of a service, as it is shown.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    namespace: String,
    service: String,
    is_new: bool,
    will_roll: bool,
    /// Members whose change makes it a deployment, or why there is none.
    because: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<(Option<i64>, Option<i64>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<i64>,
    objects: Vec<Object>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<String>,
    /// Whether the removal waits for the end of the deployment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed_later: bool,
    /// What refuses the service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
}

/// An object that would change.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    kind: String,
    name: String,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip)]
    live: Option<Value>,
    #[serde(skip)]
    new: Option<Value>,
}

/// A member that would change.
#[derive(Debug, Serialize)]
struct Field {
    path: String,
    live: Value,
    new: Value,
}

impl Service {
    fn new(namespace: &str, compared: Compared, show_values: bool) -> Self {
        let because = if !compared.because.is_empty() {
            compared.because
        } else {
            vec![why_not(compared.rolls, compared.waiting.as_ref()).to_owned()]
        };
        let (before, after) = compared.count;
        let objects = compared.changes.into_iter().map(|change| Object::new(change, show_values));
        let errors = compared.findings.iter().filter(|finding| finding.is_error());
        Self {
            namespace: namespace.to_owned(),
            service: compared.service,
            is_new: !compared.exists,
            will_roll: compared.rolls,
            because,
            held: compared.held,
            count: (before != after).then_some((before, after)),
            revision: compared.revision,
            objects: objects.filter(Object::says_something).collect(),
            removed: compared.pruned,
            removed_later: compared.pruned_later,
            errors: errors.map(|f| format!("{}: {}", f.path, f.message)).collect(),
        }
    }

    fn changes(&self) -> bool {
        self.will_roll || self.count.is_some() || !self.objects.is_empty() || !self.removed.is_empty()
    }

    fn refused(&self) -> bool {
        !self.errors.is_empty() || self.objects.iter().any(|object| object.refused.is_some())
    }
}

fn why_not(rolls: bool, waiting: Option<&Waiting>) -> &'static str {
    match waiting {
        _ if rolls => "it is the first deployment",
        None => "nothing changes that is a deployment",
        Some(Waiting::Paused) => "the service is paused: nothing is changed",
        Some(Waiting::TaskDefinition(_)) => "its task definition is not there",
        Some(Waiting::CapacityProvider(_)) => "a capacity provider is not there",
        Some(Waiting::Namesake(_)) => "an older service has its name",
        Some(Waiting::Record(_)) => "a recorded deployment cannot be read",
    }
}

impl Object {
    fn new(change: Change, show_values: bool) -> Self {
        let (mut live, mut new) = (change.live, change.new);
        live.iter_mut().chain(&mut new).for_each(text::tidy);
        if !show_values {
            text::hide(&mut live, &mut new);
        }
        let none = Value::Null;
        let both = new.as_ref().map(|new| (live.as_ref().unwrap_or(&none), new));
        let fields = both.map(|(live, new)| why::differences(live, new)).unwrap_or_default();
        let fields =
            fields.into_iter().map(|(path, live, new)| Field { path, live: live.clone(), new: new.clone() });
        Self {
            kind: change.kind.to_owned(),
            name: change.name,
            action: match (&change.refused, &live) {
                (Some(_), _) => "refuse",
                (None, None) => "create",
                (None, Some(_)) => "update",
            },
            refused: change.refused,
            fields: fields.filter(|_| live.is_some()).collect(),
            live,
            new,
        }
    }

    /// Whether more than our own notes would change.
    fn says_something(&self) -> bool {
        self.refused.is_some() || self.live != self.new
    }
}

fn print(services: &[Service], format: output::Format) -> io::Result<()> {
    let text = match format {
        output::Format::Json => serde_json::to_string_pretty(services)? + "\n",
        output::Format::Human => {
            let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            services.iter().map(|service| text::service(service, colour)).collect::<io::Result<_>>()?
        }
    };
    output::print(|stdout| stdout.write_all(text.as_bytes()))
}
