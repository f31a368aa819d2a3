//! Values of one label or attribute, by node, as small numbers.

use std::sync::Arc;

use crate::placement::attribute;
use crate::placement::node::Node;
use crate::placement::table::grow;
use crate::placement::uid::Map;

/// Values of one label or attribute.
#[derive(Clone, Debug)]
pub(in crate::placement) struct Column {
    source: Source,
    /// The number of each node's value.
    pub(in crate::placement) codes: Vec<u32>,
    values: Vec<Arc<str>>,
    numbers: Map<Arc<str>, u32>,
}

#[derive(Clone, Debug)]
enum Source {
    /// Number 0 is the empty value, which nodes without the attribute have as well. With the label that it stands in, if it
    /// is one.
    Attribute(String, Option<String>),
    /// Number 0 is no value.
    Label(String),
}

impl Column {
    fn new(source: Source) -> Self {
        Self { source, codes: Vec::new(), values: vec!["".into()], numbers: Map::default() }
    }

    pub(super) fn of_attribute(name: &str) -> Self {
        let label = attribute::label(name).ok().filter(|_| !attribute::is_of_several_labels(name));
        let mut column = Self::new(Source::Attribute(name.to_owned(), label));
        column.numbers.insert("".into(), 0);
        column
    }

    pub(super) fn of_label(key: &str) -> Self {
        Self::new(Source::Label(key.to_owned()))
    }

    /// The name of the attribute, or the key of the label.
    pub(in crate::placement) fn key(&self) -> &str {
        match &self.source {
            Source::Attribute(name, _) => name,
            Source::Label(key) => key,
        }
    }

    /// All values, by number.
    pub(in crate::placement) fn values(&self) -> &[Arc<str>] {
        &self.values
    }

    /// Reads the values of all nodes.
    pub(super) fn read(&mut self, nodes: &[Option<Arc<Node>>]) {
        let codes = nodes.iter().map(|node| node.as_ref().map_or(0, |node| self.code(node))).collect();
        self.codes = codes;
    }

    /// Gives a node this number; what it had before.
    pub(super) fn set(&mut self, slot: usize, code: u32) -> u32 {
        grow(&mut self.codes, slot + 1);
        std::mem::replace(&mut self.codes[slot], code)
    }

    /// The number of a node's value.
    pub(super) fn code(&mut self, node: &Node) -> u32 {
        let value = match &self.source {
            Source::Attribute(name, Some(label)) => {
                attribute::at(&node.labels, name, label).unwrap_or_default()
            }
            Source::Attribute(name, None) => attribute::of(&node.labels, name).unwrap_or_default(),
            Source::Label(key) => match node.labels.get(key) {
                Some(value) => value,
                None => return 0,
            },
        };
        if let Some(&number) = self.numbers.get(value) {
            return number;
        }
        let number = super::number(self.values.len());
        let value: Arc<str> = value.into();
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    pub(super) fn bytes(&self) -> usize {
        self.codes.capacity() * 4 + self.values.iter().map(|value| 2 * value.len() + 64).sum::<usize>()
    }
}
