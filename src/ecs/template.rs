//! Template expressions: what a pipeline would have filled in before ECS saw the file.
//!
//! Values given on the command line are filled in first; what is left open afterwards is an Error where ECS
//! needs the value, and only worth a word where a shell or an agent may expand it at run time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::finding::{Code, Finding, Path};

/// What the command line fills in.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Variables, for `${NAME}`, `{{ NAME }}`, `<NAME>` and `%NAME%`.
    pub variables: BTreeMap<String, String>,
    /// Images, by container name.
    pub images: BTreeMap<String, String>,
}

/// Which of the [`Values`] were needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Names of variables.
    pub variables: BTreeSet<String>,
    /// Names of containers.
    pub images: BTreeSet<String>,
}

/// The first template expression in a text, as it stands there.
///
/// Recognised: `${X}`, `{{ … }}`, `<NAME>`, `%NAME%`.
#[must_use]
pub fn placeholder(text: &str) -> Option<&str> {
    next(text).map(|found| found.whole)
}

/// The template expression that the byte at `at` belongs to.
#[must_use]
pub fn placeholder_at(text: &str, at: usize) -> Option<&str> {
    let mut offset = 0;
    while let Some(found) = next(text.get(offset..)?) {
        let (start, end) = (offset + found.start, offset + found.start + found.whole.len());
        if (start..end).contains(&at) {
            return Some(found.whole);
        }
        offset = end;
    }
    None
}

/// An expression in a text.
struct Found<'a> {
    start: usize,
    whole: &'a str,
    name: &'a str,
}

/// Opening, closing.
const MARKS: &[(&str, &str)] = &[("${", "}"), ("{{", "}}"), ("<", ">"), ("%", "%")];

fn next(text: &str) -> Option<Found<'_>> {
    if !text.bytes().any(|byte| matches!(byte, b'$' | b'{' | b'<' | b'%')) {
        return None;
    }
    MARKS.iter().filter_map(|(open, close)| find(text, open, close)).min_by_key(|found| found.start)
}

fn find<'a>(text: &'a str, open: &str, close: &str) -> Option<Found<'a>> {
    let mut from = 0;
    while let Some(start) = text[from..].find(open).map(|at| at + from) {
        let inner = start + open.len();
        let length = text[inner..].find(close)?;
        let name = text[inner..inner + length].trim();
        // `$${X}` is how templates spell a literal `${X}`.
        let escaped = open == "${" && text[..start].ends_with('$');
        if !escaped && is_expression(open, name) {
            return Some(Found { start, whole: &text[start..inner + length + close.len()], name });
        }
        from = inner;
    }
    None
}

fn is_expression(open: &str, name: &str) -> bool {
    let mut bytes = name.bytes();
    match open {
        "<" => {
            name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '))
        }
        "%" => {
            name.len() > 1
                && name.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
                && bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        }
        _ => !name.is_empty(),
    }
}

/// Fills in variables; says which of them were needed.
pub fn fill_variables(value: &mut Value, variables: &BTreeMap<String, String>, used: &mut BTreeSet<String>) {
    if variables.is_empty() {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(filled) = filled(text, variables, used) {
                *text = filled;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| fill_variables(item, variables, used)),
        Value::Object(map) => map.values_mut().for_each(|item| fill_variables(item, variables, used)),
        _ => {}
    }
}

/// The text with every known variable filled in; `None` where there is none.
fn filled(text: &str, variables: &BTreeMap<String, String>, used: &mut BTreeSet<String>) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(found) = next(rest) {
        let end = found.start + found.whole.len();
        result.push_str(&rest[..found.start]);
        let name = variable_name(found.name);
        match variables.get(name) {
            Some(value) => {
                result.push_str(value);
                used.insert(name.to_owned());
                changed = true;
            }
            None => result.push_str(found.whole),
        }
        rest = &rest[end..];
    }
    result.push_str(rest);
    changed.then_some(result)
}

/// The variable that an expression asks for: `X`, `X:-default` of a shell, ``must_env `X` `` and ``env `X` `default` ``
/// of ecspresso.
fn variable_name(expression: &str) -> &str {
    let quoted = |rest: &'_ str| rest.trim_start().starts_with(['`', '"', '\'']);
    let call = ["must_env", "env"]
        .iter()
        .find_map(|function| expression.strip_prefix(function).filter(|rest| quoted(rest)));
    match call {
        Some(arguments) => arguments.split(['`', '"', '\'']).nth(1).unwrap_or_default(),
        None => expression.split(":-").next().unwrap_or_default(),
    }
}

/// Sets the images of container definitions; says which of them were needed.
pub fn fill_images(value: &mut Value, images: &BTreeMap<String, String>, used: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| fill_images(item, images, used)),
        Value::Object(map) => {
            let name = map.get("name").or_else(|| map.get("Name")).and_then(Value::as_str);
            if let Some((name, image)) = name.and_then(|name| images.get_key_value(name)) {
                used.insert(name.clone());
                map.retain(|member, _| !member.eq_ignore_ascii_case("image"));
                map.insert("image".to_owned(), Value::from(image.as_str()));
            }
        }
        _ => {}
    }
}

/// The finding for an expression that was left in a place where ECS needs the value.
#[must_use]
pub fn open(at: &Path<'_>, expression: &str) -> Finding {
    let message = format!("The template expression `{expression}` is still there; ECS needs the value.");
    let variable = next(expression).map_or("", |found| variable_name(found.name));
    let simple = !variable.is_empty()
        && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    Finding::new(Code::OpenPlaceholder, at, message).remedy(if simple {
        format!("Fill it in first, or give the value: `--var {variable}=VALUE`.")
    } else {
        "Render the template with the tool it belongs to first.".to_owned()
    })
}

/// The expressions of a text that are still open.
fn all(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let found = next(rest)?;
        rest = &rest[found.start + found.whole.len()..];
        Some(found.whole)
    })
}

/// What is still open in a definition that has been filled in and read.
#[must_use]
pub fn check(value: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    look(value, &Path::ROOT, "", false, &mut findings);
    findings
}

fn look(value: &Value, at: &Path<'_>, member: &str, free: bool, findings: &mut Vec<Finding>) {
    match value {
        Value::String(text) => look_at(text, at, member, free, findings),
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                look(item, &at.index(index), member, free, findings);
            }
        }
        Value::Object(map) => {
            // `environment[].value` is free, `secrets[].valueFrom` and `environmentFiles[].value` are not.
            let variable = member == "environment";
            for (name, item) in map {
                let here = at.member(name);
                if let (true, "value", Some(text)) = (variable, name.as_str(), item.as_str()) {
                    let variable = map.get("name").and_then(Value::as_str).unwrap_or_default();
                    findings.extend(kept(text, &here, Some(variable)));
                } else {
                    look(item, &here, name, free || is_free(name), findings);
                }
            }
        }
        _ => {}
    }
}

/// Members whose text is for a shell, a log driver or an agent.
fn is_free(member: &str) -> bool {
    matches!(
        member,
        "command" | "entryPoint" | "dockerLabels" | "options" | "driverOpts" | "labels" | "podTemplate"
    )
}

fn look_at(text: &str, at: &Path<'_>, member: &str, free: bool, findings: &mut Vec<Finding>) {
    if free {
        findings.extend(kept(text, at, None));
        return;
    }
    // `attribute:x < 5 and attribute:y > 3` compares.
    let comparison = member == "expression" || member == "Expression";
    let before = findings.len();
    let left = all(text).filter(|whole| !(comparison && whole.starts_with('<')));
    findings.extend(left.map(|whole| with_image(open(at, whole), member)));
    if findings.len() > before {
        return;
    }
    if member == "image" && is_shouted(text) {
        let message = format!("The image `{text}` looks like a placeholder: images have no upper case.");
        findings.push(with_image(Finding::new(Code::OpenPlaceholder, at, message), member));
    }
    if let Some(account) = account_of(text) {
        let message = format!("`{account}` is not an account number; it looks like a placeholder.");
        findings.push(
            Finding::new(Code::PlaceholderAccount, at, message)
                .remedy("Put the twelve digits of the AWS account there."),
        );
    }
}

/// An image can be given as a whole.
fn with_image(finding: Finding, member: &str) -> Finding {
    if member == "image" {
        finding.remedy("Give the image: `--image CONTAINER=REFERENCE`; or fill the file in first.")
    } else {
        finding
    }
}

/// What a shell or an agent may expand, or may not: the reader knows.
/// Of a variable the name is shown, because its value may be a secret.
fn kept(text: &str, at: &Path<'_>, variable: Option<&str>) -> Option<Finding> {
    let open = all(text).find(|whole| whole.starts_with(['$', '{']))?;
    let what = variable.map_or_else(|| format!("`{open}`"), |name| format!("The value of {name}"));
    let message = format!("{what} is kept as it is: a shell or an agent may expand it at run time.");
    let remedy = "If it was meant for your pipeline, give the value: `--var NAME=VALUE`.";
    Some(Finding::new(Code::PlaceholderKept, at, message).remedy(remedy))
}

/// `REPLACED_BY_CI`, `IMAGE_URI`: a repository is never written in capitals.
fn is_shouted(image: &str) -> bool {
    image.bytes().any(|byte| byte.is_ascii_uppercase())
        && image.bytes().all(|byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b':')
        })
}

/// The account of an ARN, where it cannot be one.
fn account_of(text: &str) -> Option<&str> {
    let account = text.strip_prefix("arn:")?.split(':').nth(3)?;
    let legal = account.is_empty()
        || account == "aws"
        || (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    (!legal).then_some(account)
}

#[cfg(test)]
mod tests;
