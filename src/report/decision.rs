//! What a reviewer has to decide: findings of all definitions, each matter once.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Definition, Found, is_of_the_run};
use crate::finding::{Code, Finding, Severity};
use crate::ledger::{self, Root};

/// What a finding asks of a reader, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    /// Nothing is made until the definition is changed.
    Refused,
    /// The workload runs without it.
    Lossy,
    /// The workload runs, nearly as on ECS.
    Approximate,
    /// Something has to be there before the workload is.
    Prepare,
    /// Nothing to decide: it means nothing here.
    NotApplicable,
    /// How the input was read.
    Reading,
}

impl Group {
    /// Every group, most urgent first.
    pub const ALL: [Self; 6] =
        [Self::Refused, Self::Lossy, Self::Approximate, Self::Prepare, Self::NotApplicable, Self::Reading];

    /// The group of a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let is = |codes: &[Code]| codes.iter().any(|code| code.as_str() == finding.code);
        match finding.severity {
            _ if is_of_the_run(finding) => Self::Reading,
            Severity::Error => Self::Refused,
            _ if is(PREPARE) => Self::Prepare,
            _ if is(READING) => Self::Reading,
            Severity::Warning => Self::Lossy,
            Severity::Info if is(NOT_APPLICABLE) => Self::NotApplicable,
            Severity::Info => Self::Approximate,
        }
    }
}

/// Findings that say what has to exist first.
const PREPARE: &[Code] = &[
    Code::AliasNeedsDnsRewrite,
    Code::AttributeNeedsLabel,
    Code::CapacityProviderNeedsLabel,
    Code::CapacityProviderNotFound,
    Code::GmsaNeedsCredentialSpec,
    Code::NetworkDeniedByPolicy,
    Code::NotGranted,
    Code::PodIdentityAssociationRequired,
    Code::SecretToFill,
    Code::SecurityGroupsNeedRules,
    Code::TargetGroupNeedsAccess,
    Code::TrustPolicyChangeRequired,
    Code::UnsafeSysctl,
    Code::VolumeSecretRequired,
];

/// Findings that say that a member means nothing here.
const NOT_APPLICABLE: &[Code] =
    &[Code::ExecuteCommandReplaced, Code::ExecutionRoleNotUsed, Code::NotApplicable, Code::SubnetsNotApplied];

/// Findings that say how the input was read.
const READING: &[Code] = &[
    Code::ClusterMismatch,
    Code::DuplicateMember,
    Code::FileSkipped,
    Code::FollowsFamily,
    Code::InactiveOnEcs,
    Code::NameAssumed,
    Code::NameChanged,
    Code::OutputOnlyMember,
    Code::PlaceholderAccount,
    Code::PlaceholderKept,
    Code::ReadAs,
    Code::RevisionMismatch,
    Code::ServiceAssumed,
    Code::ServiceNotFound,
    Code::Superseded,
    Code::UnusedOption,
];

/// One matter, wherever it occurs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What it asks of a reader.
    pub group: Group,
    /// What it has to do with: the title of the ledger's table.
    pub theme: &'static str,
    /// The finding's code.
    pub code: String,
    /// What the code means.
    pub about: String,
    /// What is said, each once, with where.
    pub said: Vec<Said>,
    /// What to do, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
}

/// A message and its places.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// What is the case.
    pub message: String,
    /// Where.
    pub places: Vec<Place>,
}

/// A place in a definition or file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The definition (`service web`), or the file where it holds none.
    #[serde(rename = "in")]
    pub subject: String,
    /// The member.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
}

/// Who may reach the tasks comes first within its group.
type Key = (Group, bool, &'static str, String);

pub(super) fn decisions(definitions: &[Definition], other: &[Found]) -> Vec<Decision> {
    let mut decisions: BTreeMap<Key, Decision> = BTreeMap::new();
    for definition in definitions {
        let root = Root::ALL.iter().copied().find(|root| root.kind() == definition.kind);
        for found in &definition.findings {
            add(&mut decisions, root, definition.shown(), &found.finding);
        }
    }
    for found in other {
        add(&mut decisions, None, found.file.clone(), &found.finding);
    }
    decisions.into_values().collect()
}

fn add(decisions: &mut BTreeMap<Key, Decision>, root: Option<Root>, subject: String, finding: &Finding) {
    let group = Group::of(finding);
    let row = root.filter(|_| !finding.path.is_empty()).and_then(|root| ledger::row(root, &finding.path));
    let theme = row.map_or("The file", |row| row.theme);
    let decision = decisions
        .entry((group, theme != "Network", theme, finding.code.to_string()))
        .or_insert_with(|| Decision {
            group,
            theme,
            code: finding.code.to_string(),
            about: Code::ALL
                .iter()
                .find(|code| code.as_str() == finding.code)
                .map_or_else(String::new, |code| code.about().to_owned()),
            said: Vec::new(),
            remedies: Vec::new(),
        });
    if !finding.remedy.is_empty() && !decision.remedies.contains(&finding.remedy) {
        decision.remedies.push(finding.remedy.clone());
    }
    let place = Place { subject, path: finding.path.clone() };
    match decision.said.iter_mut().find(|said| said.message == finding.message) {
        Some(said) => said.places.push(place),
        None => decision.said.push(Said { message: finding.message.clone(), places: vec![place] }),
    }
}
