//! Server-side apply and the upkeep of field owners.

use serde_json::{Value, json};

use super::fields::{Fields, Path, Shape, Step};
use super::refusal::Refusal;

/// Who writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Writer {
    /// The field manager.
    pub(crate) manager: String,
    /// Whether it applies; other writes are updates.
    pub(crate) applies: bool,
    /// The subresource that it writes, empty for the object itself.
    pub(crate) subresource: &'static str,
}

impl Writer {
    /// Who writes by anything but apply.
    pub(crate) fn updater(manager: &str, subresource: &'static str) -> Self {
        Self { manager: manager.to_owned(), applies: false, subresource }
    }
}

/// A writer and what it owns.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owned {
    writer: Writer,
    fields: Fields,
}

/// The owners of an object's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Managers(Vec<Owned>);

impl Managers {
    /// `metadata.managedFields`, without the fields.
    pub(crate) fn summary(&self) -> Value {
        let entry = |owned: &Owned| {
            let mut entry = json!({
                "manager": owned.writer.manager,
                "operation": if owned.writer.applies { "Apply" } else { "Update" },
            });
            if !owned.writer.subresource.is_empty() {
                entry["subresource"] = owned.writer.subresource.into();
            }
            entry
        };
        self.0.iter().map(entry).collect()
    }

    fn of(&mut self, writer: &Writer) -> &mut Fields {
        let found = self.0.iter().position(|owned| owned.writer == *writer);
        let index = found.unwrap_or_else(|| {
            self.0.push(Owned { writer: writer.clone(), fields: Fields::new() });
            self.0.len() - 1
        });
        &mut self.0[index].fields
    }

    fn tidy(&mut self) {
        self.0.retain(|owned| !owned.fields.is_empty());
    }

    /// Takes note of a write that was no apply: what it changed is the writer's alone.
    pub(crate) fn updated(&mut self, shape: Shape, old: &Value, new: &Value, writer: &Writer) {
        let (before, after) = (shape.fields(old), shape.fields(new));
        let changed: Fields =
            after.iter().filter(|path| shape.at(old, path) != shape.at(new, path)).cloned().collect();
        // An item whose inside changed keeps its owners.
        let changed: Fields =
            changed.into_iter().filter(|path| !is_item(path) || !before.contains(path)).collect();
        for owned in &mut self.0 {
            owned
                .fields
                .retain(|path| after.contains(path) && (owned.writer == *writer || !changed.contains(path)));
        }
        if !changed.is_empty() {
            self.of(writer).extend(changed);
        }
        self.tidy();
    }

    /// Applies a manifest: the object as it is then.
    pub(crate) fn apply(
        &mut self,
        shape: Shape,
        live: &Value,
        applied: &Value,
        writer: &Writer,
        force: bool,
    ) -> Result<Value, Refusal> {
        let wanted = shape.fields(applied);
        let contested = |path: &Path| {
            wanted.contains(path)
                && !is_item(path)
                && shape.at(live, path).is_some()
                && shape.at(live, path) != shape.at(applied, path)
        };
        for owned in self.0.iter_mut().filter(|owned| owned.writer != *writer) {
            if !force && owned.fields.iter().any(contested) {
                let manager = &owned.writer.manager;
                let message = format!("Apply failed with 1 conflict: conflict with {manager:?}");
                return Err(Refusal::conflict(message));
            }
            owned.fields.retain(|path| !contested(path));
        }
        let mut merged = live.clone();
        shape.merge(&mut merged, applied);
        let before = std::mem::replace(self.of(writer), wanted.clone());
        let mut gone: Vec<&Path> = before
            .iter()
            .filter(|path| !wanted.contains(*path) && shape.at(applied, path).is_none())
            .collect();
        // Whole items first: a part of one may be its key.
        gone.sort_by_key(|path| path.len());
        for path in gone {
            let others = self.0.iter().filter(|owned| owned.writer != *writer);
            let kept = others.flat_map(|owned| &owned.fields).any(|other| other.starts_with(path));
            if !kept {
                shape.remove(&mut merged, path);
            }
        }
        self.tidy();
        Ok(merged)
    }
}

fn is_item(path: &Path) -> bool {
    matches!(path.last(), Some(Step::Item(_)))
}
