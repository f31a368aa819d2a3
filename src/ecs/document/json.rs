//! JSON documents: values, members that stand twice, what is wrong with what is not JSON, and places.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::line::Places;
use super::{DEEPEST, Located, Outcome, as_written, unreadable};
use crate::ecs::template;
use crate::finding::{Code, Finding, Path};

pub(super) fn parse(text: &str) -> Outcome {
    let doubles = RefCell::new(Vec::new());
    let numbers = Numbers { text, at: Cell::new(0) };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { at: &Path::ROOT, depth: 0, doubles: &doubles, numbers: &numbers };
    let read = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    let findings = doubles.into_inner();
    match read {
        Ok(value) => Outcome { documents: vec![value], findings: with_lines(text, &findings) },
        Err(error) => Outcome { documents: Vec::new(), findings: vec![refused(text, &error)] },
    }
}

fn with_lines(text: &str, findings: &[Finding]) -> Vec<Located> {
    if findings.is_empty() {
        return Vec::new();
    }
    let paths: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    let mut found = Places::of(&paths);
    places(text, &mut found);
    let lines = found.lines(&paths);
    findings
        .iter()
        .map(|finding| Located { finding: finding.clone(), line: lines.get(finding.path.as_str()).copied() })
        .collect()
}

/// The numbers of a text as they are written, in order; only those of valid JSON are asked for.
struct Numbers<'t> {
    text: &'t str,
    at: Cell<usize>,
}

impl Numbers<'_> {
    /// The next number: itself if it is written as it would be printed, else its text.
    fn next(&self, number: Number) -> Value {
        let bytes = self.text.as_bytes();
        let mut at = self.at.get();
        let mut quoted = false;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => quoted = !quoted,
                b'\\' if quoted => at += 1,
                b'-' | b'0'..=b'9' if !quoted => break,
                _ => {}
            }
            at += 1;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        let digits = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let written = &rest[..rest.find(|c| !digits(c)).unwrap_or(rest.len())];
        self.at.set(at + written.len());
        as_written(number, written)
    }
}

/// Builds a value as serde_json would, with numbers as they are written, and notes the members that stand twice.
#[derive(Clone, Copy)]
struct Seed<'a> {
    at: &'a Path<'a>,
    depth: usize,
    doubles: &'a RefCell<Vec<Finding>>,
    numbers: &'a Numbers<'a>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

const TOO_DEEP: &str = "nested too deep";

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(self.numbers.next(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(self.numbers.next(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, |number| self.numbers.next(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        if self.depth >= DEEPEST {
            return Err(A::Error::custom(TOO_DEEP));
        }
        let mut items = Vec::new();
        loop {
            let at = self.at.index(items.len());
            let inner = Seed { at: &at, depth: self.depth + 1, ..self };
            match list.next_element_seed(inner)? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        if self.depth >= DEEPEST {
            return Err(A::Error::custom(TOO_DEEP));
        }
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = {
                let at = self.at.member(&name);
                if map.contains_key(&name) {
                    let message = format!("`{name}` stands twice in one object; the last one counts.");
                    self.doubles.borrow_mut().push(
                        Finding::new(Code::DuplicateMember, at, message).remedy("Remove one of the two."),
                    );
                }
                members.next_value_seed(Seed { at: &at, depth: self.depth + 1, ..self })?
            };
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

fn refused(text: &str, error: &serde_json::Error) -> Located {
    let line = error.line();
    let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let located = |finding| Located { finding, line: Some(line) };
    if error.to_string().starts_with(TOO_DEEP) {
        let message = format!("The document is nested more than {DEEPEST} levels deep.");
        return located(unreadable(message, "No ECS definition is: check what wrote it."));
    }
    if let Some(open) = template::placeholder_at(source, error.column().saturating_sub(1)) {
        let message = format!("The template expression `{open}` is not JSON.");
        let remedy =
            "Render the template first, or put the expression in quotes and give its value with `--var`.";
        return located(Finding::new(Code::OpenPlaceholder, "", message).remedy(remedy));
    }
    let place = format!("line {line}, column {}", error.column());
    let (message, remedy) = if error.is_eof() {
        ("The file ends in the middle of the JSON".to_owned(), "It was cut off: write it again, whole.")
    } else {
        explain(text, source, error)
    };
    located(unreadable(format!("{message} ({place})."), remedy))
}

/// The usual mistakes, in words of the person who made them.
fn explain(text: &str, source: &str, error: &serde_json::Error) -> (String, &'static str) {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let before = before(text, error);
    match said {
        "expected `,` or `}`" | "expected `,` or `]`" => {
            ("A comma is missing before this".to_owned(), "Put a comma after the value before it.")
        }
        "trailing comma" => (
            "There is a comma after the last element, which JSON does not allow".to_owned(),
            "Remove the comma.",
        ),
        "trailing characters" => (
            "Something stands after the end of the JSON".to_owned(),
            "Keep one JSON value per file, or put several in one list.",
        ),
        _ if source.trim_start().starts_with("//") || source.contains("/*") || source.contains(" //") => {
            ("JSON has no comments".to_owned(), "Remove the comment.")
        }
        "key must be a string" if before.ends_with(',') => (
            "There is a comma after the last member, which JSON does not allow".to_owned(),
            "Remove the comma.",
        ),
        "key must be a string" => {
            ("A member name is not in double quotes".to_owned(), "Put it in double quotes.")
        }
        "expected value" if source.contains('\'') => {
            ("A text is in single quotes".to_owned(), "Put it in double quotes.")
        }
        _ => (format!("The file is not valid JSON: {said}"), "Correct the place that is named."),
    }
}

/// The text before the place of an error, without white space at its end.
fn before<'a>(text: &'a str, error: &serde_json::Error) -> &'a str {
    let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let end = start + error.column().saturating_sub(1);
    text.get(..end).unwrap_or_default().trim_end()
}

/// Finds the places of the text, which is valid JSON.
pub(super) fn places(text: &str, places: &mut Places) {
    let mut scan = Scan { bytes: text.as_bytes(), text, at: 0, line: 1 };
    scan.blank();
    places.found(scan.line);
    scan.value(Some(places));
}

/// A scanner that knows lines; the text has been parsed before, so it does not complain.
struct Scan<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Scan<'t> {
    fn blank(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | b',' | b':' => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    /// The text between the quotes, escapes as they stand.
    fn string(&mut self) -> &'t str {
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let inner = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        inner
    }

    /// Passes a value; `place` is what is wanted of it.
    fn value(&mut self, place: Option<&mut Places>) {
        self.blank();
        let mut place = place.filter(|place| !place.is_leaf());
        match self.bytes.get(self.at) {
            Some(b'{') => {
                self.at += 1;
                loop {
                    self.blank();
                    if self.bytes.get(self.at) != Some(&b'"') {
                        break;
                    }
                    let line = self.line;
                    let name = self.string();
                    self.value(place.as_mut().and_then(|place| place.member(name, line)));
                }
                self.at += 1;
            }
            Some(b'[') => {
                self.at += 1;
                for index in 0.. {
                    self.blank();
                    if matches!(self.bytes.get(self.at), None | Some(b']')) {
                        break;
                    }
                    let line = self.line;
                    self.value(place.as_mut().and_then(|place| place.element(index, line)));
                }
                self.at += 1;
            }
            Some(b'"') => {
                self.string();
            }
            _ => {
                while let Some(byte) = self.bytes.get(self.at) {
                    if matches!(byte, b',' | b'}' | b']' | b'\n' | b' ' | b'\r' | b'\t') {
                        break;
                    }
                    self.at += 1;
                }
            }
        }
    }
}
