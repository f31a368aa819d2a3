//! YAML documents.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::line::Places;
use super::{Located, Outcome, as_written, unreadable};
use crate::finding::{Code, Finding};

/// Deeper documents are refused before they use up the stack; definitions have about half of it.
const DEEPEST: usize = 32;

pub(super) fn parse(text: &str) -> Outcome {
    let (documents, error) = match read(text) {
        Ok(documents) => (documents.into_iter().map(|document| value(document, text)).collect(), None),
        Err(error) => (Vec::new(), Some(refused(text, &error))),
    };
    Outcome { documents, findings: error.into_iter().collect() }
}

/// Every document; only `true` and `false` are booleans, as in YAML 1.2.
fn read(text: &str) -> Result<Vec<Spanned<Node>>, serde_saphyr::Error> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! { max_depth: DEEPEST },
    };
    serde_saphyr::from_multiple_with_options(text, options)
}

/// The value of a node, its numbers and booleans as they are written.
fn value(node: Spanned<Node>, text: &str) -> Value {
    let written = || {
        let span = node.defined.span();
        let start = usize::try_from(span.byte_offset()?).ok()?;
        let length = usize::try_from(span.byte_len()?).ok()?;
        let written = text.get(start..start.checked_add(length)?)?.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        (!written.is_empty() && written.chars().all(plain)).then_some(written)
    };
    match node.value {
        Node::Leaf(Value::Number(number)) => match written() {
            Some(written) => as_written(number, written),
            None => Value::Number(number),
        },
        // `True` is a boolean, and another text than `true`.
        Node::Leaf(Value::Bool(switch)) => match written() {
            Some(written) if written != switch.to_string() => Value::from(written),
            _ => Value::Bool(switch),
        },
        Node::Leaf(leaf) => leaf,
        Node::List(items) => items.into_iter().map(|item| value(item, text)).collect(),
        Node::Map(members) => {
            members.into_iter().map(|(name, item)| (name.value, value(item, text))).collect()
        }
    }
}

fn refused(text: &str, error: &serde_saphyr::Error) -> Located {
    let place = error.location();
    let line = place.and_then(|place| usize::try_from(place.line()).ok());
    let said = error.without_snippet().to_string();
    let said = said.lines().next().unwrap_or_default().trim_end_matches('.');
    let column = place.map(|place| format!(", column {}", place.column())).unwrap_or_default();
    let source = line.and_then(|line| text.lines().nth(line.saturating_sub(1)));
    let finding = match source.and_then(crate::ecs::template::placeholder) {
        Some(open) => Finding::new(
            Code::OpenPlaceholder,
            "",
            format!("The template expression `{open}` is still there, and the file is not YAML with it."),
        )
        .remedy(
            "Render the template first, or put the expression in quotes and give its value with `--var`.",
        ),
        None if ["budget breached: Depth", "recursion limit"].iter().any(|deep| said.starts_with(deep)) => {
            unreadable(
                format!("The document is nested more than {DEEPEST} levels deep."),
                "No ECS definition is: check what wrote it.",
            )
        }
        None if said.starts_with("budget breached") => unreadable(
            format!("The file holds more documents, values or aliases than any definition has ({said})."),
            "Split it into several files; write repeated parts out instead of aliases of aliases.",
        ),
        None => unreadable(
            format!(
                "The file is not valid YAML{}{column}: {said}.",
                line.map(|line| format!(": line {line}")).unwrap_or_default()
            ),
            "Correct the line that is named.",
        ),
    };
    Located { finding, line }
}

/// Finds the places of one document of the text.
pub(super) fn places(text: &str, document: usize, places: &mut Places) {
    if let Ok(documents) = read(text)
        && let Some(root) = documents.get(document)
    {
        places.found(line(root));
        visit(&root.value, places);
    }
}

fn line<T>(node: &Spanned<T>) -> usize {
    usize::try_from(node.referenced.line()).unwrap_or_default()
}

fn visit(node: &Node, places: &mut Places) {
    match node {
        Node::Leaf(_) => {}
        Node::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(place) = places.element(index, line(item)) {
                    visit(&item.value, place);
                }
            }
        }
        Node::Map(members) => {
            for (name, item) in members {
                if let Some(place) = places.member(&name.value, line(name)) {
                    visit(&item.value, place);
                }
            }
        }
    }
}

/// A document with its places.
enum Node {
    Leaf(Value),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Node::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Node::Map(members))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Leaf(Value::from(value)))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Leaf(Value::from(value)))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Leaf(Value::from(value)))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Leaf(Value::from(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Leaf(Value::from(value)))
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Leaf(Value::Null))
            }

            fn visit_none<E>(self) -> Result<Node, E> {
                Ok(Node::Leaf(Value::Null))
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
                Node::deserialize(inner)
            }
        }

        deserializer.deserialize_any(Any)
    }
}
