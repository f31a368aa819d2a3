//! From a path in a document to the line on which it stands.

use std::collections::HashMap;

use super::super::shape::fold;

/// The places of a document, in reading order: each path with its line.
pub(super) type Places = Vec<(String, usize)>;

/// Finds the lines of some paths. The spelling of a member may differ in case; a path that is not there gets the
/// line of the nearest enclosing place.
pub(super) fn resolve<'p>(places: Places, paths: &[&'p str]) -> HashMap<&'p str, usize> {
    let mut exact: HashMap<String, usize> = HashMap::with_capacity(places.len());
    for (path, line) in places {
        // Of a member that stands twice, the last one counts.
        exact.insert(path, line);
    }
    let mut folded: Option<HashMap<String, usize>> = None;
    let mut lines = HashMap::new();
    for &path in paths {
        let line = exact.get(path).copied().or_else(|| {
            let folded =
                folded.get_or_insert_with(|| exact.iter().map(|(path, line)| (fold(path), *line)).collect());
            ancestors(path).find_map(|path| folded.get(&fold(path)).copied())
        });
        if let Some(line) = line {
            lines.insert(path, line);
        }
    }
    lines
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
