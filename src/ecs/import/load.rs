//! One file: from its bytes to the definitions in it.

use serde_json::{Map, Value};

use super::answer;
use super::{Content, Definition, Graft, Note, Options, Origin, metadata};
use crate::api::ecs_service::EcsServiceKubernetes;
use crate::api::{EcsServiceSpec, TaskDefinitionSpec};
use crate::ecs::detect::{self, Kind, Part};
use crate::ecs::document::{self, Parsed};
use crate::ecs::read::{Reading, read};
use crate::ecs::shape::{Readable, fold};
use crate::ecs::template::{self, Used};
use crate::finding::{Code, Finding, any_error};

/// A file that has been looked at.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// Its name, as it is shown.
    pub name: &'a str,
    /// The definitions in it.
    pub definitions: Vec<Definition>,
    /// What there is to say beyond the definitions.
    pub notes: Vec<Note>,
    /// What of the command line it needed.
    pub used: Used,
    /// The text, for finding lines.
    pub parsed: Parsed<'a>,
}

/// Looks at one file. `named`: somebody named it, so it has to be one of ours; a file that only lies in a directory
/// does not.
#[must_use]
pub fn load<'a>(file: usize, name: &'a str, bytes: &'a [u8], named: bool, options: &Options) -> Loaded<'a> {
    let mut parsed = document::parse(name, bytes);
    let mut notes: Vec<Note> = std::mem::take(&mut parsed.findings)
        .into_iter()
        .map(|located| Note {
            file: Some(file),
            document: None,
            line: located.line,
            finding: located.finding,
        })
        .collect();
    if parsed.documents.is_empty() && notes.is_empty() {
        notes.push(Note { file: Some(file), document: None, line: None, finding: no_document(named) });
    }
    let mut definitions = Vec::new();
    let mut used = Used::default();
    for (document, value) in std::mem::take(&mut parsed.documents).into_iter().enumerate() {
        let origin = |base| Origin { file, document, base };
        let detected = detect::detect(value);
        if let Some((what, remedy)) = detected.foreign {
            notes.push(Note::of(&origin(String::new()), foreign(&what, remedy, named)));
        }
        notes.extend(detected.findings.into_iter().map(|finding| Note::of(&origin(String::new()), finding)));
        for part in detected.parts {
            let at = origin(part.base.clone());
            let metadata = part.metadata.as_ref().map(|value| metadata::read(value, part.kind, options));
            let (metadata, wrong) = metadata.unzip();
            let wrong = wrong.unwrap_or_default();
            let beside = || Graft { at: "metadata".to_owned(), origin: origin(beside_spec(&part.base)) };
            let grafts: Vec<Graft> = (!wrong.is_empty()).then(beside).into_iter().collect();
            let mut context = Context { name, options, used: &mut used };
            match context.definition(part, at.clone()) {
                Ok(mut definition) => {
                    definition.findings.extend(wrong);
                    definitions.push(Definition { metadata, grafts, ..definition });
                }
                Err(findings) => {
                    let findings = findings.into_iter().chain(wrong);
                    notes.extend(findings.map(|finding| Note::of_part(&at, &grafts, finding)));
                }
            }
        }
    }
    Loaded { name, definitions, notes, used, parsed }
}

/// The place of `metadata`, by that of `spec`.
fn beside_spec(base: &str) -> String {
    format!("{}metadata", base.strip_suffix("spec").unwrap_or_default())
}

fn no_document(named: bool) -> Finding {
    if named {
        Finding::new(Code::UnreadableFile, "", "The file holds no document.")
            .remedy("Check what should have written it; comments and `---` alone say nothing.")
    } else {
        Finding::new(Code::FileSkipped, "", "The file holds no document; it is skipped.")
    }
}

fn foreign(what: &str, remedy: &str, named: bool) -> Finding {
    let message = format!("This is {what}, not an ECS definition");
    if named {
        Finding::new(Code::NotAnEcsDocument, "", format!("{message}.")).remedy(remedy)
    } else {
        Finding::new(Code::FileSkipped, "", format!("{message}; it is skipped."))
    }
}

struct Context<'a> {
    name: &'a str,
    options: &'a Options,
    used: &'a mut Used,
}

impl Context<'_> {
    fn definition(&mut self, mut part: Part, origin: Origin) -> Result<Definition, Vec<Finding>> {
        let is_resource = part.metadata.is_some();
        if !is_resource {
            self.fill(&mut part);
        }
        if let Some(finding) = answer::predefined(part.kind, &part.value) {
            return Err(vec![finding]);
        }
        let mut known = answer::take_over(part.kind, &mut part.value);
        let mut findings = std::mem::take(&mut known.findings);
        let content = match part.kind {
            Kind::TaskDefinition => {
                let mut spec = take::<TaskDefinitionSpec>(read(part.value), &mut findings)?;
                self.name_family(&mut spec.family, is_resource, &mut findings);
                if !is_resource {
                    findings.extend(answer::tags(&mut spec.tags));
                }
                Content::TaskDefinition(spec)
            }
            Kind::Service => {
                let mut spec = take::<EcsServiceSpec>(read(part.value), &mut findings)?;
                self.name_service(&mut spec.service_name, is_resource, &mut findings);
                if !is_resource {
                    findings.extend(answer::daemon(&mut spec));
                    findings.extend(answer::tags(&mut spec.tags));
                }
                if self.options.without_scaled_counts {
                    findings.extend(scaled_count(&mut spec));
                }
                Content::Service(spec)
            }
            Kind::CapacityProvider => Content::CapacityProvider(take(read(part.value), &mut findings)?),
            Kind::ScalableTarget => Content::ScalableTarget(take(read(part.value), &mut findings)?),
            Kind::ScalingPolicy => Content::ScalingPolicy(take(read(part.value), &mut findings)?),
            Kind::ScheduledAction => Content::ScheduledAction(take(read(part.value), &mut findings)?),
            Kind::Alarm => Content::Alarm(take(read(part.value), &mut findings)?),
        };
        let (revision, grafts) = (known.revision, Vec::new());
        Ok(Definition { origin, content, revision, metadata: None, findings, grafts })
    }

    fn fill(&mut self, part: &mut Part) {
        let values = &self.options.values;
        template::fill_variables(&mut part.value, &values.variables, &mut self.used.variables);
        if part.kind == Kind::TaskDefinition
            && let Some(containers) = containers(&mut part.value)
        {
            template::fill_images(containers, &values.images, &mut self.used.images);
        }
    }

    fn name_family(&self, family: &mut Option<String>, is_resource: bool, findings: &mut Vec<Finding>) {
        let given = self.options.family.as_deref();
        self.name(family, ("family", "--family"), given, is_resource, findings);
    }

    fn name_service(&self, name: &mut Option<String>, is_resource: bool, findings: &mut Vec<Finding>) {
        let given = self.options.service_name.as_deref();
        self.name(name, ("serviceName", "--service-name"), given, is_resource, findings);
    }

    fn name(
        &self,
        name: &mut Option<String>,
        (member, flag): (&str, &str),
        given: Option<&str>,
        is_resource: bool,
        findings: &mut Vec<Finding>,
    ) {
        if name.is_some() {
            return;
        }
        if let Some(given) = given {
            *name = Some(given.to_owned());
            return;
        }
        // The API server takes no custom resource without it, and would not know the file.
        if is_resource {
            let message = format!("A custom resource needs `{member}`.");
            let remedy = format!("Add it, or give it with `{flag} NAME`.");
            return findings.push(Finding::new(Code::MissingMember, member, message).remedy(remedy));
        }
        match of_file(self.name) {
            Some(assumed) => {
                let message = format!("`{member}` is absent; the file's name makes it `{assumed}`.");
                findings.push(
                    Finding::new(Code::NameAssumed, member, message)
                        .remedy(format!("Give the right one with `{flag} NAME` if it is another.")),
                );
                *name = Some(assumed);
            }
            None => {
                let message = format!("`{member}` is absent, and there is no file name to take it from.");
                findings.push(
                    Finding::new(Code::MissingMember, member, message)
                        .remedy(format!("Give it with `{flag} NAME`.")),
                );
            }
        }
    }
}

/// Takes out the count in force, which is the cluster's.
fn scaled_count(spec: &mut EcsServiceSpec) -> Option<Finding> {
    let kubernetes = spec.kubernetes.as_mut()?;
    let count = kubernetes.scaled_count.take()?;
    if *kubernetes == EcsServiceKubernetes::default() {
        spec.kubernetes = None;
    }
    let message = format!("{count} tasks are the count in force, which the cluster keeps; it is left out.");
    let remedy = "Set `desiredCount` to declare another one.";
    Some(Finding::new(Code::NotApplicable, "kubernetes.scaledCount", message).remedy(remedy))
}

/// A file's name without directory and ending, in letters that ECS accepts in a name.
fn of_file(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.split('.').find(|part| !part.is_empty())?;
    let spelled: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .collect();
    let spelled = spelled.trim_matches('-');
    (!spelled.is_empty()).then(|| spelled.to_owned())
}

fn containers(value: &mut Value) -> Option<&mut Value> {
    let map: &mut Map<String, Value> = value.as_object_mut()?;
    map.iter_mut().find(|(name, _)| fold(name) == "containerdefinitions").map(|(_, value)| value)
}

/// Takes a reading apart; what is still open in it is an Error of its own.
fn take<T: Readable>(reading: Reading<T>, findings: &mut Vec<Finding>) -> Result<Box<T>, Vec<Finding>> {
    findings.extend(reading.findings);
    findings.extend(template::check(&reading.normalised));
    match reading.value {
        Some(value) => Ok(Box::new(value)),
        None => {
            debug_assert!(any_error(findings));
            Err(std::mem::take(findings))
        }
    }
}
