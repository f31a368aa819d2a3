//! Which task definition a service runs.

use std::collections::BTreeMap;

use super::{Definition, Options};
use crate::api::EcsServiceSpec;
use crate::ecs::arn::TaskDefinitionRef;
use crate::finding::{Code, Finding};

/// The task definitions of a run: family, and its revision where the file says.
pub(super) type Families = BTreeMap<String, Option<i64>>;

/// Fills in the task definition of a service that names none, and lets one that is pinned to a revision of this run
/// follow the family.
pub(super) fn resolve(
    definition: &mut Definition,
    service: &mut EcsServiceSpec,
    families: &Families,
    options: &Options,
) {
    if service.task_definition.is_none() {
        missing(definition, service, families, options);
    }
    // A custom resource says what it means.
    if options.keep_pins || definition.metadata.is_some() {
        return;
    }
    let Some(reference) = service.task_definition.as_deref().and_then(TaskDefinitionRef::parse) else {
        return;
    };
    let Some((family, here)) = families.get_key_value(reference.family) else {
        return;
    };
    let whole = service.task_definition.as_deref().unwrap_or_default();
    if whole == family {
        return;
    }
    let member = "taskDefinition";
    let finding = match (reference.revision, here) {
        (Some(pinned), Some(here)) if pinned != *here => Finding::new(
            Code::RevisionMismatch,
            member,
            format!(
                "On ECS the service runs `{family}:{pinned}`, and this run has `{family}:{here}`; it is written as \
                 following the family and will run that."
            ),
        )
        .remedy(format!("Import `{family}:{pinned}` with the service, or keep the reference with `--keep-pins`.")),
        (Some(pinned), _) => Finding::new(
            Code::FollowsFamily,
            member,
            format!("The service was pinned to `{family}:{pinned}`; it is written as following the family."),
        )
        .remedy("Keep the pin with `--keep-pins`."),
        (None, _) => Finding::new(
            Code::FollowsFamily,
            member,
            format!("`{whole}` is a task definition of this run; it is written as `{family}`."),
        ),
    };
    definition.findings.push(finding);
    service.task_definition = Some(family.clone());
}

fn missing(
    definition: &mut Definition,
    service: &mut EcsServiceSpec,
    families: &Families,
    options: &Options,
) {
    let member = "taskDefinition";
    if let Some(given) = &options.task_definition {
        service.task_definition = Some(given.clone());
        return;
    }
    let mut names = families.keys();
    match (names.next(), names.next()) {
        (Some(only), None) => {
            let message =
                format!("`taskDefinition` is absent; `{only}` is the only task definition of this run.");
            definition.findings.push(
                Finding::new(Code::NameAssumed, member, message)
                    .remedy("Give another with `--task-definition NAME`."),
            );
            service.task_definition = Some(only.clone());
        }
        (None, _) => definition.findings.push(absent("and this run has none")),
        (Some(_), Some(_)) => definition.findings.push(absent("and this run has several")),
    }
}

fn absent(why: &str) -> Finding {
    Finding::new(
        Code::MissingMember,
        "taskDefinition",
        format!("`taskDefinition` is absent, {why} that could be meant."),
    )
    .remedy("Give it with `--task-definition NAME`, or import the task definition in the same run.")
}
