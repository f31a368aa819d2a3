//! From the bytes of a file to the values in it: encodings, JSON, YAML, limits, and where a path stands.

mod json;
mod line;
mod yaml;

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Number, Value};

use crate::finding::{Code, Finding};
use line::Places;

/// Larger files are refused: ECS itself takes 64 KiB for a task definition, so this is another kind of file.
pub const LARGEST: usize = 4 << 20;
/// Deeper nesting is refused.
pub const DEEPEST: usize = 100;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// One JSON value.
    Json,
    /// Any number of YAML documents.
    Yaml,
}

/// What a file holds.
#[derive(Debug)]
pub struct Parsed<'a> {
    text: Cow<'a, str>,
    syntax: Syntax,
    /// The documents, in order.
    pub documents: Vec<Value>,
    /// What there is to say about the file as a whole: it cannot be read, or says something twice.
    pub findings: Vec<Located>,
}

/// A finding that knows its line already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What is said.
    pub finding: Finding,
    /// The line, from 1.
    pub line: Option<usize>,
}

/// Reads a file; `name` decides between JSON and YAML where its ending says.
#[must_use]
pub fn parse<'a>(name: &str, bytes: &'a [u8]) -> Parsed<'a> {
    let mut parsed =
        Parsed { text: Cow::Borrowed(""), syntax: Syntax::Json, documents: Vec::new(), findings: Vec::new() };
    if bytes.len() > LARGEST {
        let message =
            format!("The file has {} MiB; no ECS definition is larger than 64 KiB.", bytes.len() >> 20);
        parsed.refuse(unreadable(message, "Split an answer of the API into several files."), None);
        return parsed;
    }
    parsed.text = match decode(bytes) {
        Ok(text) => text,
        Err(message) => {
            parsed.refuse(unreadable(message, "Save the file as UTF-8."), None);
            return parsed;
        }
    };
    if parsed.text.trim().is_empty() {
        let remedy = "Check what should have written it; `aws ecs describe-…` prints nothing when it fails.";
        parsed.refuse(unreadable("The file is empty.", remedy), None);
        return parsed;
    }
    parsed.syntax = syntax_of(name, &parsed.text);
    let outcome = match parsed.syntax {
        Syntax::Json => json::parse(&parsed.text),
        Syntax::Yaml => yaml::parse(&parsed.text),
    };
    parsed.documents = outcome.documents;
    parsed.findings = outcome.findings;
    parsed
}

impl Parsed<'_> {
    fn refuse(&mut self, finding: Finding, line: Option<usize>) {
        self.findings.push(Located { finding, line });
    }

    /// The lines on which these paths of a document stand; a path that is not in it gets the line of the nearest
    /// object that is.
    #[must_use]
    pub fn lines<'p>(&self, document: usize, paths: &[&'p str]) -> HashMap<&'p str, usize> {
        if paths.is_empty() {
            return HashMap::new();
        }
        let mut places = Places::of(paths);
        match self.syntax {
            Syntax::Json => json::places(&self.text, &mut places),
            Syntax::Yaml => yaml::places(&self.text, document, &mut places),
        }
        places.lines(paths)
    }
}

/// What a parser made of a text.
struct Outcome {
    documents: Vec<Value>,
    findings: Vec<Located>,
}

/// A number that would not be printed as it is written (`1.10`, `0123`, more digits than fit) stays text: where a
/// text is wanted it must not change, and where a number is wanted it is read from the text.
fn as_written(number: Number, written: &str) -> Value {
    if number.to_string() == written { Value::Number(number) } else { Value::from(written) }
}

fn unreadable(message: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding::new(Code::UnreadableFile, "", message).remedy(remedy)
}

fn syntax_of(name: &str, text: &str) -> Syntax {
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match extension.as_deref() {
        Some("yaml" | "yml") => Syntax::Yaml,
        Some("json") => Syntax::Json,
        _ if text.trim_start().starts_with(['{', '[']) => Syntax::Json,
        _ => Syntax::Yaml,
    }
}

/// UTF-8 with or without a byte order mark, UTF-16 with one (PowerShell's redirection) or recognisable by its
/// zero bytes.
///
/// # Errors
///
/// Where it is none of these.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    const BROKEN_16: &str = "The file looks like UTF-16 and is not valid UTF-16.";
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes).ok_or(BROKEN_16),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes).ok_or(BROKEN_16),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes).ok_or(BROKEN_16),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes).ok_or(BROKEN_16),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| "The file is neither UTF-8 nor UTF-16 text.")
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'static, str>> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(units.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .ok()
        .map(Cow::Owned)
}

#[cfg(test)]
mod tests;
