//! From a path in a document to the line on which it stands.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::super::shape::fold;
use crate::finding::Path;

/// The places of a document that some paths are about: they themselves and what encloses them, since a path that
/// is not there gets the line of the nearest enclosing place. The spelling of a member may differ in case.
pub(super) struct Places {
    /// What to look for, without case. What encloses something wanted is wanted too.
    wanted: HashSet<String>,
    exact: HashMap<String, usize>,
    folded: HashMap<String, usize>,
    /// The path under consideration.
    spelled: String,
}

impl Places {
    /// Nothing found yet.
    pub(super) fn of(paths: &[&str]) -> Self {
        let wanted = paths.iter().flat_map(|path| ancestors(path)).map(fold).collect();
        Self { wanted, exact: HashMap::new(), folded: HashMap::new(), spelled: String::new() }
    }

    /// Takes down where a place stands; whether something within it is worth looking at. Of a member that stands
    /// twice, the last one counts.
    pub(super) fn at(&mut self, path: &Path<'_>, line: usize) -> bool {
        self.spelled.clear();
        // Writing to a text cannot fail.
        let _ = write!(self.spelled, "{path}");
        let folded = fold(&self.spelled);
        if !self.wanted.contains(&folded) {
            return false;
        }
        self.exact.insert(self.spelled.clone(), line);
        self.folded.insert(folded, line);
        true
    }

    /// The lines of the paths, as far as they are known.
    pub(super) fn lines<'p>(&self, paths: &[&'p str]) -> HashMap<&'p str, usize> {
        let line = |path: &str| {
            let nearest = || ancestors(path).find_map(|path| self.folded.get(&fold(path)));
            self.exact.get(path).or_else(nearest).copied()
        };
        paths.iter().filter_map(|&path| Some((path, line(path)?))).collect()
    }
}

/// The path itself, then what encloses it, up to the document.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        if path.is_empty() {
            return None;
        }
        Some(&path[..path.rfind(['.', '[']).unwrap_or(0)])
    })
}
