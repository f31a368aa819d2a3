//! YAML documents.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::line::Places;
use super::{DEEPEST, Located, Outcome, unreadable};
use crate::finding::{Code, Finding};

pub(super) fn parse(text: &str) -> Outcome {
    let (documents, error) = match serde_saphyr::from_multiple::<Value>(text) {
        Ok(documents) => (documents, None),
        Err(error) => (Vec::new(), Some(refused(text, &error))),
    };
    let too_deep = documents.iter().any(|document| depth(document) > DEEPEST);
    if too_deep {
        let finding = unreadable(
            format!("The document is nested more than {DEEPEST} levels deep."),
            "No ECS definition is: check what wrote it.",
        );
        return Outcome { documents: Vec::new(), findings: vec![Located { finding, line: None }] };
    }
    Outcome { documents, findings: error.into_iter().collect() }
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

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Finds the places of one document of the text.
pub(super) fn places(text: &str, document: usize, places: &mut Places) {
    if let Ok(documents) = serde_saphyr::from_multiple::<Spanned<Node>>(text)
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
        Node::Leaf => {}
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

/// The skeleton of a document: names and lines.
enum Node {
    Leaf,
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

            fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_str<E>(self, _: &str) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_none<E>(self) -> Result<Node, E> {
                Ok(Node::Leaf)
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
                IgnoredAny::deserialize(inner).map(|_| Node::Leaf)
            }
        }

        deserializer.deserialize_any(Any)
    }
}
