//! Manifests as YAML that every reader takes for what it is.

mod writer;

use std::io;

use serde::Serialize;
use serde::ser::SerializeMap as _;
use serde_json::Value;

/// Writes a value as a YAML document without its `---`.
///
/// Text that YAML 1.1 (which kubectl reads) or 1.2 would take for another type is quoted; text of several lines
/// is written as a block, text of one line is never folded.
///
/// # Errors
///
/// Where the value cannot be written as YAML; our own types always can.
pub(super) fn yaml(value: &impl Serialize) -> io::Result<String> {
    writer::write(value).map_err(io::Error::other)
}

/// A manifest whose members stand in the order that people expect: apiVersion, kind, metadata, the rest by name.
pub(super) struct Ordered<'a>(pub(super) &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const FIRST: [&str; 3] = ["apiVersion", "kind", "metadata"];
        let Value::Object(members) = self.0 else {
            return self.0.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(members.len()))?;
        for name in FIRST {
            if let Some(value) = members.get(name) {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in members.iter().filter(|(name, _)| !FIRST.contains(&name.as_str())) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests;
