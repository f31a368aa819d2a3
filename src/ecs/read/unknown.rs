//! Members that ECS does not have: what may have been meant.

use super::super::shape::{Shape, Struct};
use crate::finding::{Code, Finding, Path};

/// Says that there is no such member, and which one was probably meant.
pub(super) fn member(name: &str, shape: &Struct, at: &Path<'_>) -> Finding {
    let whose = if shape.own { "`kubernetes`" } else { "ECS" };
    let message = format!("{whose} has no member `{name}` here; it is ignored.");
    let finding = Finding::new(Code::UnknownMember, at.member(name), message);
    if let Some(meant) = nearest(name, shape.members().map(|member| member.name.as_str())) {
        return finding.remedy(format!("Did you mean `{meant}`?"));
    }
    match elsewhere(name, shape) {
        Some(place) => finding.remedy(format!("It is a member of `{place}`: move it there.")),
        None => finding.remedy("Remove it, or correct its spelling."),
    }
}

/// The candidate that differs least from a word, if it differs little.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    candidates
        .map(|candidate| {
            let distance = strsim::osa_distance(&word, &candidate.to_ascii_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len().min(word.len()) / 4).clamp(1, 3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The nearest list or object below this one that has the member.
fn elsewhere(name: &str, shape: &Struct) -> Option<String> {
    shape.members().find_map(|member| match &member.shape {
        Shape::Struct(inner) if inner.member(name).is_some() => Some(member.name.clone()),
        Shape::List(items) => match &**items {
            Shape::Struct(inner) if inner.member(name).is_some() => Some(format!("{}[]", member.name)),
            _ => None,
        },
        _ => None,
    })
}
