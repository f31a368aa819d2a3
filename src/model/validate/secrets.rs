//! Secrets: variables whose values AWS keeps, options of log drivers, credentials of registries.

use std::collections::BTreeMap;

use super::home::Home;
use super::{Report, container, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::ContainerDefinition;
use crate::ecs::secret_ref::{self, SecretRef};
use crate::finding::{Code, Path};
use crate::iam::Mode;
use crate::model::secret::{
    OwnStore, Purpose, Secret, Source, Variables, execution_account, fill, secret_name,
};

/// API group of External Secrets.
const API: &str = "external-secrets.io";
/// Docker Hub, as Docker's configuration names it.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The secrets of a task definition, as its containers are looked at.
pub(super) struct Secrets {
    /// Where bare names are.
    home: Home,
    /// ARN of the execution role.
    role: Option<String>,
    /// Whether it is a service that runs the definition: only then Secrets have names.
    of_service: bool,
    found: BTreeMap<String, Secret>,
}

impl Secrets {
    pub(super) fn new(
        spec: &TaskDefinitionSpec,
        home: Home,
        role: Option<String>,
        of_service: bool,
        report: &mut Report<'_>,
    ) -> Self {
        let containers = &spec.container_definitions;
        let asked = [
            (containers.iter().any(|c| !c.secrets.is_empty()), "container secrets"),
            (containers.iter().any(|c| c.repository_credentials.is_some()), "repositoryCredentials"),
            (containers.iter().any(|c| !c.environment_files.is_empty()), "environmentFiles"),
        ];
        if set(spec.execution_role_arn.as_deref()).is_none() {
            for (_, what) in asked.into_iter().filter(|(asked, _)| *asked) {
                report.advise(
                    Code::MissingMember,
                    Path::ROOT.member("executionRoleArn"),
                    format!(
                        "When you are specifying {what}, you must also specify a value for 'executionRoleArn'."
                    ),
                    "Name the role that fetches them on ECS.",
                );
            }
        }
        Self { home, role, of_service, found: BTreeMap::new() }
    }

    /// What was found, by name.
    pub(super) fn into_found(self) -> Vec<Secret> {
        self.found.into_values().collect()
    }

    /// Names of the Secrets with which the images of the task are pulled.
    pub(super) fn of_registries(&self) -> Vec<String> {
        let registries = self.found.values().filter(|s| matches!(s.purpose, Purpose::Registry { .. }));
        registries.map(|secret| secret.name.clone()).collect()
    }

    /// The secrets of a container whose plain variables are these.
    pub(super) fn of_container(
        &mut self,
        definition: &ContainerDefinition,
        plain: &[(String, String)],
        path: Path<'_>,
        report: &mut Report<'_>,
    ) -> Variables {
        let list = path.member("secrets");
        let mut variables: Vec<(String, String)> = Vec::new();
        for (i, secret) in definition.secrets.iter().enumerate() {
            let element = list.index(i);
            let at = element.member("name");
            let name = report.required(secret.name.as_deref(), at, "The secret's name");
            let Some(reference) = reference(secret.value_from.as_deref(), element, report) else {
                continue;
            };
            let Some(name) = name else {
                continue;
            };
            if !container::is_variable(name) {
                let message =
                    format!("{name:?} is no name of a variable: printable ASCII characters without \"=\".");
                report.add(Code::InvalidName, at, message);
                continue;
            }
            if plain.iter().chain(&variables).any(|(other, _)| other == name) {
                report.add(
                    Code::InvalidValue,
                    at,
                    format!(
                        "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '{name}'."
                    ),
                );
                continue;
            }
            let secret = self.add(reference, Purpose::Variable, element.member("valueFrom"), report);
            variables.push((name.to_owned(), secret));
        }
        let synced =
            |(_, name): &(String, String)| self.found.get(name).is_some_and(|s| s.source != Source::Hand);
        if variables.iter().any(synced) {
            report.add(
                Code::SecretRefreshApproximated,
                list,
                "ECS reads secrets whenever a task starts; here they are read with each deployment and every hour.",
            );
        }
        Variables { secrets: variables, files: Vec::new() }
    }

    /// Credentials of the registry that an image comes from.
    pub(super) fn registry(
        &mut self,
        definition: &ContainerDefinition,
        image: &str,
        path: Path<'_>,
        report: &mut Report<'_>,
    ) {
        let Some(credentials) = &definition.repository_credentials else {
            return;
        };
        let member = path.member("repositoryCredentials");
        let path = member.member("credentialsParameter");
        let text = credentials.credentials_parameter.as_deref();
        let Some(text) = report.required(text, path, "credentialsParameter") else {
            return;
        };
        match SecretRef::parse_credentials(text) {
            Ok(reference) => {
                let host = host(image).unwrap_or(DOCKER_HUB).to_owned();
                self.add(reference, Purpose::Registry { host }, path, report);
            }
            Err(why) => report.add(Code::InvalidValue, path, why),
        }
    }

    /// Takes a secret in, says what has to be done for it, and names it.
    fn add(
        &mut self,
        mut reference: SecretRef,
        purpose: Purpose,
        path: Path<'_>,
        report: &mut Report<'_>,
    ) -> String {
        let context = report.context;
        let name = secret_name(&context.name, &reference, &purpose);
        let bare = reference.region.is_none();
        if bare {
            reference.region.clone_from(&self.home.region);
        }
        let source = self.source(&reference, report);
        if self.of_service && bare && reference.region.is_none() && context.capabilities.apis.contains(API) {
            report.advise(
                Code::SecretRegionUnknown,
                path,
                format!(
                    "{reference} is in the service's own Region, and nothing here says which one that is."
                ),
                "Write its ARN.",
            );
        }
        let secret = Secret { name: name.clone(), reference, purpose, source };
        if secret.source == Source::Hand {
            to_fill(&secret, self.of_service, path, report);
        }
        self.found.insert(name.clone(), secret);
        name
    }

    /// Who fills a Secret: whoever reads the service and Region of AWS, where that is known.
    fn source(&self, reference: &SecretRef, report: &Report<'_>) -> Source {
        let context = report.context;
        if !context.capabilities.apis.contains(API) {
            return Source::Hand;
        }
        let (service, given) = match reference.source {
            secret_ref::Source::SecretsManager { .. } => ("SecretsManager", &context.iam.secrets_manager),
            secret_ref::Source::Parameter { .. } => ("ParameterStore", &context.iam.parameter_store),
        };
        if let Some(store) = given {
            return Source::Store(store.clone());
        }
        let (Some(role), Some(region)) = (&self.role, &reference.region) else {
            return Source::Hand;
        };
        Source::OwnStore(OwnStore {
            name: format!("{}.{}.{region}", context.name, service.to_ascii_lowercase()),
            service,
            region: region.clone(),
            role: role.clone(),
            service_account: (context.iam.mode == Mode::Irsa).then(|| execution_account(&context.name)),
        })
    }
}

/// The value that an entry of `secrets` or `secretOptions` refers to.
pub(super) fn reference(text: Option<&str>, element: Path<'_>, report: &mut Report<'_>) -> Option<SecretRef> {
    let path = element.member("valueFrom");
    let text = report.required(text, path, "valueFrom")?;
    match SecretRef::parse(text) {
        Ok(reference) => Some(reference),
        Err(why) => {
            report.add(Code::InvalidValue, path, why);
            None
        }
    }
}

fn to_fill(secret: &Secret, of_service: bool, path: Path<'_>, report: &mut Report<'_>) {
    let what = match secret.purpose {
        Purpose::Variable => "the value",
        Purpose::Registry { .. } => "the credentials",
    };
    if !of_service {
        report.advise(
            Code::SecretToFill,
            path,
            format!(
                "Nobody fetches {what}: each service that runs this reads a Secret that has to be filled."
            ),
            "The findings of the service hold the command that fills it.",
        );
        return;
    }
    let why = if report.context.capabilities.apis.contains(API) {
        "External Secrets cannot fetch it without Region and execution role"
    } else {
        "External Secrets, which would fetch it, is not installed"
    };
    report.advise(
        Code::SecretToFill,
        path,
        format!("No task starts before the Secret {} holds {what}: {why}.", secret.name),
        format!("`{}`", fill::command(secret, &report.context.namespace)),
    );
}

/// The registry that an image names.
fn host(image: &str) -> Option<&str> {
    let (first, _) = image.split_once('/')?;
    (first.contains(['.', ':']) || first == "localhost")
        .then_some(first)
        .filter(|host| !matches!(*host, "docker.io" | "index.docker.io" | "registry-1.docker.io"))
}

#[cfg(test)]
mod tests;
