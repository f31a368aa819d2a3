//! From a path in a document to the line on which it stands.

use std::collections::HashMap;

/// The places of a document that some paths are about, as a tree that is walked beside the document: nothing else
/// of the document is looked at, and no path is spelled.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Where it stands, and whether its name is spelled as in the path.
    found: Option<(usize, bool)>,
    inner: Vec<(Step, Self)>,
}

/// One step of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(usize),
}

impl Places {
    /// The places of some paths, not found yet.
    pub(super) fn of(paths: &[&str]) -> Self {
        let mut root = Self::default();
        for path in paths {
            let mut place = &mut root;
            for step in steps(path) {
                let known = place.inner.iter().position(|(other, _)| *other == step);
                let at = known.unwrap_or_else(|| {
                    place.inner.push((step, Self::default()));
                    place.inner.len() - 1
                });
                place = &mut place.inner[at].1;
            }
        }
        root
    }

    /// Takes down where the place stands.
    pub(super) fn found(&mut self, line: usize) {
        self.found = Some((line, true));
    }

    /// Takes down where a member stands. Its spelling may differ in case; of a member that stands twice, the last
    /// one counts.
    pub(super) fn member(&mut self, name: &str, line: usize) -> Option<&mut Self> {
        let bracketed;
        let name = if name.contains(['.', '[', ']']) {
            bracketed = format!("{name:?}");
            &bracketed
        } else {
            name
        };
        let (exact, at) = self
            .inner
            .iter()
            .enumerate()
            .filter_map(|(at, (step, _))| match step {
                Step::Member(wanted) if wanted == name => Some((true, at)),
                Step::Member(wanted) if is_like(wanted, name) => Some((false, at)),
                _ => None,
            })
            .max()?;
        let place = &mut self.inner[at].1;
        if exact || place.found.is_none_or(|(_, exact)| !exact) {
            place.found = Some((line, exact));
        }
        Some(place)
    }

    /// Takes down where an element of a list stands.
    pub(super) fn element(&mut self, index: usize, line: usize) -> Option<&mut Self> {
        let (_, place) = self.inner.iter_mut().find(|(step, _)| *step == Step::Index(index))?;
        place.found(line);
        Some(place)
    }

    /// Whether nothing within the place is wanted.
    pub(super) const fn is_leaf(&self) -> bool {
        self.inner.is_empty()
    }

    /// The lines of the paths; a path that is not there gets the line of the nearest place that encloses it.
    pub(super) fn lines<'p>(&self, paths: &[&'p str]) -> HashMap<&'p str, usize> {
        paths.iter().filter_map(|&path| Some((path, self.line(path)?))).collect()
    }

    fn line(&self, path: &str) -> Option<usize> {
        let mut place = self;
        let mut line = self.found;
        for step in steps(path) {
            place = &place.inner.iter().find(|(other, _)| *other == step)?.1;
            line = place.found.or(line);
        }
        line.map(|(line, _)| line)
    }
}

/// Takes `a[0].b` apart; a name that holds a dot or a bracket stands as `["a.b"]`.
fn steps(path: &str) -> impl Iterator<Item = Step> {
    let mut rest = path;
    std::iter::from_fn(move || {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix("[\"") {
            let length = inner.find("\"]").unwrap_or(inner.len());
            let end = (length + 2).min(inner.len());
            // The name with its quotes, as a member with such a name is compared.
            let name = rest[1..].get(..length + 2).unwrap_or(&rest[1..]);
            rest = &inner[end..];
            return Some(Step::Member(name.to_owned()));
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']').unwrap_or((inner, ""));
            rest = after;
            return index.parse().ok().map(Step::Index);
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after;
        (!name.is_empty()).then(|| Step::Member(name.to_owned()))
    })
}

/// Whether two names are the same when case, `_` and `-` do not count.
fn is_like(one: &str, other: &str) -> bool {
    let folded = |name: &'_ str| {
        let bytes = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        bytes.map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    // Nearly every name differs in its first letter.
    let first = |name: &str| name.bytes().next().map(|byte| byte.to_ascii_lowercase());
    (first(one) == first(other) || one.starts_with(['_', '-']) || other.starts_with(['_', '-']))
        && folded(one) == folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_as_they_are_spelled() {
        let member = |name: &str| Step::Member(name.to_owned());
        let taken: Vec<Step> = steps("containers[10].dockerLabels[\"a.b\"].c").collect();
        let expected =
            [member("containers"), Step::Index(10), member("dockerLabels"), member("\"a.b\""), member("c")];
        assert_eq!(taken, expected);
        assert_eq!(steps("").count(), 0);
    }

    #[test]
    fn a_member_spelled_as_in_the_path_is_preferred() {
        let mut places = Places::of(&["cpu", "Memory"]);
        for (name, line) in [("CPU", 1), ("cpu", 2), ("c-p-u", 3), ("memory", 4), ("other", 5)] {
            places.member(name, line);
        }
        assert_eq!(places.lines(&["cpu", "Memory"]), HashMap::from([("cpu", 2), ("Memory", 4)]));
    }

    #[test]
    fn a_path_that_is_not_there_gets_the_line_of_what_encloses_it() {
        let mut places = Places::of(&["list[1].gone.deep"]);
        places.found(1);
        let list = places.member("list", 2).expect("wanted");
        assert!(list.element(0, 3).is_none());
        list.element(1, 4);
        assert_eq!(places.lines(&["list[1].gone.deep"]), HashMap::from([("list[1].gone.deep", 4)]));
    }
}
