//! The report as SARIF 2.1.0, which code review tools show beside the lines.

use serde_json::{Map, Value, json};

use super::{Found, Report};
use crate::finding::{Code, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A SARIF log of every finding, with the codes as its rules.
#[must_use]
pub fn sarif(report: &Report) -> Value {
    let named = report
        .definitions
        .iter()
        .flat_map(|definition| definition.findings.iter().map(|found| (Some(definition.shown()), found)));
    let results: Vec<Value> =
        named.chain(report.other.iter().map(|found| (None, found))).map(result).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().copied().map(rule).collect::<Vec<_>>(),
            }},
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.about() },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    if !code.remedy().is_empty() {
        rule["help"] = json!({ "text": code.remedy() });
    }
    rule
}

fn result((subject, found): (Option<String>, &Found)) -> Value {
    let finding = &found.finding;
    let text = [finding.message.as_str(), &finding.remedy].join(" ");
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": text.trim_end() },
    });
    if let Some(index) = Code::ALL.iter().position(|code| code.as_str() == finding.code) {
        result["ruleIndex"] = json!(index);
    }
    let mut location = Map::new();
    if !found.file.is_empty() {
        let mut physical = json!({ "artifactLocation": { "uri": uri(&found.file) } });
        if let Some(line) = found.line {
            physical["region"] = json!({ "startLine": line });
        }
        location.insert("physicalLocation".to_owned(), physical);
    }
    let place: Vec<String> = subject.into_iter().chain([finding.path.clone()]).collect();
    let place = place.join(" ");
    if !place.trim().is_empty() {
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": place.trim() }]));
    }
    if !location.is_empty() {
        result["locations"] = json!([location]);
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a relative reference: what a URI does not take is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
