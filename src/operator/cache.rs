//! A cache of what a watch says, ahead of the watch where our own writes were answered already.
//!
//! Answers of the API server enter the cache at once ([`Cache::answer`]), so a reconciler always reads its own
//! writes, and the watch event that repeats an answer is no change. Versions are compared as numbers; that they
//! grow with every write is part of the Kubernetes API since 1.35 and has always been so with etcd. No IO here.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, RwLock};

use super::key::Name;
use super::{read_lock, write_lock};

/// A value that a cache can keep, as it is or in a form that needs less memory.
pub(crate) trait Kept: Sized {
    /// What is kept; equal where the values are.
    type Form: Clone + PartialEq + Debug;
    /// The form of a value.
    fn form(value: &Arc<Self>) -> Self::Form;
    /// The value of a form.
    fn of(form: &Self::Form) -> Arc<Self>;
}

/// Keeps values of a type as they are.
macro_rules! kept_as_it_is {
    ($($type:ty),+) => {$(
        impl $crate::operator::cache::Kept for $type {
            type Form = std::sync::Arc<Self>;
            fn form(value: &std::sync::Arc<Self>) -> Self::Form {
                std::sync::Arc::clone(value)
            }
            fn of(form: &Self::Form) -> std::sync::Arc<Self> {
                std::sync::Arc::clone(form)
            }
        }
    )+};
}
pub(crate) use kept_as_it_is;

/// A change of one object, as the cache sees it.
#[derive(Debug)]
pub(crate) struct Change<T> {
    /// Name of the object.
    pub(crate) name: Name,
    /// What was cached.
    pub(crate) old: Option<Arc<T>>,
    /// What is cached now.
    pub(crate) new: Option<Arc<T>>,
}

impl<T> Change<T> {
    /// The old and the new value, where there are such.
    pub(crate) fn both(&self) -> impl Iterator<Item = &Arc<T>> {
        self.old.iter().chain(&self.new)
    }
}

/// Values by name, with an index. `I` is what can be asked for besides names.
#[derive(Debug)]
pub(crate) struct Cache<T: Kept, I> {
    inner: RwLock<Inner<T, I>>,
    indexes: fn(&Name, &T) -> Vec<I>,
}

#[derive(Debug)]
struct Inner<T: Kept, I> {
    entries: HashMap<Name, Entry<T>>,
    index: HashMap<I, BTreeSet<Name>>,
    /// Version up to which everything is known, by scope of the watch (namespace, or empty for all).
    seen: HashMap<String, u64>,
    /// What was answered while a list was on its way, by its scope.
    listing: HashMap<String, HashSet<Name>>,
    /// What was answered and is not in a list that may be older: the watch that begins there tells of it, or of
    /// something later without it having been there. By scope.
    doubtful: HashMap<String, HashSet<Name>>,
}

#[derive(Debug)]
struct Entry<T: Kept> {
    form: T::Form,
    version: u64,
}

impl<T: Kept, I: Clone + Eq + Hash> Cache<T, I> {
    /// An empty cache that looks objects up by what `indexes` says.
    pub(crate) fn new(indexes: fn(&Name, &T) -> Vec<I>) -> Self {
        let inner = Inner {
            entries: HashMap::new(),
            index: HashMap::new(),
            seen: HashMap::new(),
            listing: HashMap::new(),
            doubtful: HashMap::new(),
        };
        Self { inner: RwLock::new(inner), indexes }
    }

    /// The object of this name.
    pub(crate) fn get(&self, name: &Name) -> Option<Arc<T>> {
        self.get_versioned(name).map(|(value, _)| value)
    }

    /// The object of this name and its resource version.
    pub(crate) fn get_versioned(&self, name: &Name) -> Option<(Arc<T>, u64)> {
        let (form, version) = {
            let inner = read_lock(&self.inner);
            let entry = inner.entries.get(name)?;
            (entry.form.clone(), entry.version)
        };
        Some((T::of(&form), version))
    }

    /// The objects that the index has under `at`, by name.
    pub(crate) fn find(&self, at: &I) -> Vec<(Name, Arc<T>)> {
        let forms: Vec<_> = {
            let inner = read_lock(&self.inner);
            let names = inner.index.get(at).into_iter().flatten();
            names.filter_map(|name| Some((name.clone(), inner.entries.get(name)?.form.clone()))).collect()
        };
        values(forms)
    }

    /// Names of the objects that the index has under `at`.
    pub(crate) fn names_at(&self, at: &I) -> Vec<Name> {
        read_lock(&self.inner).index.get(at).into_iter().flatten().cloned().collect()
    }

    /// Names of all objects.
    pub(crate) fn names(&self) -> Vec<Name> {
        read_lock(&self.inner).entries.keys().cloned().collect()
    }

    /// All objects.
    pub(crate) fn all(&self) -> Vec<(Name, Arc<T>)> {
        let forms: Vec<_> = {
            let inner = read_lock(&self.inner);
            inner.entries.iter().map(|(name, entry)| (name.clone(), entry.form.clone())).collect()
        };
        values(forms)
    }

    /// Visits the objects whose form is of interest, one after the other, so that only one at a time is made of its form.
    pub(crate) fn visit(&self, of_interest: impl Fn(&T::Form) -> bool, mut visit: impl FnMut(&T)) {
        let forms: Vec<T::Form> = {
            let inner = read_lock(&self.inner);
            inner.entries.values().map(|entry| entry.form.clone()).collect()
        };
        forms.iter().filter(|form| of_interest(form)).for_each(|form| visit(&T::of(form)));
    }

    /// Takes over what the watch of `scope` says about an object; `None` where it is gone or of no interest.
    pub(crate) fn watched(
        &self,
        scope: &str,
        name: Name,
        version: u64,
        value: Option<T>,
    ) -> Option<Change<T>> {
        let mut inner = write_lock(&self.inner);
        let seen = inner.seen.entry(scope.to_owned()).or_default();
        *seen = version.max(*seen);
        if inner.entries.get(&name).is_some_and(|entry| entry.version > version) {
            return None;
        }
        self.set(&mut inner, name, version, value)
    }

    /// Takes over what the API server answered to a write of ours, unless the watch has been further already:
    /// then it may have said that the object is gone.
    pub(crate) fn answer(&self, name: Name, version: u64, value: T) -> Option<Change<T>> {
        let mut inner = write_lock(&self.inner);
        let scope =
            if inner.seen.contains_key(&name.namespace) { name.namespace.clone() } else { String::new() };
        let seen = inner.seen.get(&scope).copied().unwrap_or_default();
        let cached = inner.entries.get(&name).map_or(0, |entry| entry.version);
        if version <= seen.max(cached) {
            return None;
        }
        if let Some(answered) = inner.listing.get_mut(&scope) {
            answered.insert(name.clone());
        }
        self.set(&mut inner, name, version, Some(value))
    }

    /// Notes that a list of `scope` has been asked for.
    pub(crate) fn listing(&self, scope: &str) {
        write_lock(&self.inner).listing.insert(scope.to_owned(), HashSet::new());
    }

    /// Takes out what the watch of `scope` would have told of before it told of `version`, had it been there.
    pub(crate) fn settle(&self, scope: &str, version: u64) -> Vec<Change<T>> {
        let mut inner = write_lock(&self.inner);
        let Some(doubtful) = inner.doubtful.get_mut(scope) else {
            return Vec::new();
        };
        let names = std::mem::take(doubtful);
        let (past, ahead): (Vec<Name>, HashSet<Name>) =
            names.into_iter().fold((Vec::new(), HashSet::new()), |(mut past, mut ahead), name| {
                match inner.entries.get(&name).map(|entry| entry.version.cmp(&version)) {
                    Some(Ordering::Less) => past.push(name),
                    Some(Ordering::Greater) => drop(ahead.insert(name)),
                    // It is this very one, or gone.
                    Some(Ordering::Equal) | None => {}
                }
                (past, ahead)
            });
        if ahead.is_empty() {
            inner.doubtful.remove(scope);
        } else {
            inner.doubtful.insert(scope.to_owned(), ahead);
        }
        past.into_iter().filter_map(|name| self.set(&mut inner, name, 0, None)).collect()
    }

    /// Takes over a complete list of `scope`: what it does not have is gone, unless it was answered while the list was
    /// on its way and is newer than all that is in it.
    pub(crate) fn listed(&self, scope: &str, objects: Vec<(Name, u64, Option<T>)>) -> Vec<Change<T>> {
        let listed: HashSet<Name> = objects.iter().map(|(name, ..)| name.clone()).collect();
        let newest = objects.iter().map(|(_, version, _)| *version).max().unwrap_or_default();
        let mut changes: Vec<_> = objects
            .into_iter()
            .filter_map(|(name, version, value)| self.watched(scope, name, version, value))
            .collect();
        let mut inner = write_lock(&self.inner);
        let answered = inner.listing.remove(scope).unwrap_or_default();
        let missing = inner
            .entries
            .iter()
            .filter(|(name, _)| (scope.is_empty() || name.namespace == scope) && !listed.contains(*name));
        let missing: Vec<(Name, u64)> = missing.map(|(name, entry)| (name.clone(), entry.version)).collect();
        let (doubtful, gone): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|(name, version)| *version > newest && answered.contains(name));
        let gone: Vec<Name> = gone.into_iter().map(|(name, _)| name).collect();
        if doubtful.is_empty() {
            inner.doubtful.remove(scope);
        } else {
            inner.doubtful.insert(scope.to_owned(), doubtful.into_iter().map(|(name, _)| name).collect());
        }
        changes.extend(gone.into_iter().filter_map(|name| self.set(&mut inner, name, 0, None)));
        changes
    }

    fn set(&self, inner: &mut Inner<T, I>, name: Name, version: u64, value: Option<T>) -> Option<Change<T>> {
        let new = value.map(Arc::new);
        let form = new.as_ref().map(T::form);
        if let (Some(entry), Some(form)) = (inner.entries.get_mut(&name), &form)
            && entry.form == *form
        {
            entry.version = version;
            return None;
        }
        let old = inner.entries.remove(&name).map(|entry| T::of(&entry.form));
        for at in old.iter().flat_map(|old| (self.indexes)(&name, old)) {
            if let Some(names) = inner.index.get_mut(&at) {
                names.remove(&name);
                if names.is_empty() {
                    inner.index.remove(&at);
                }
            }
        }
        if let (Some(value), Some(form)) = (&new, form) {
            for at in (self.indexes)(&name, value) {
                inner.index.entry(at).or_default().insert(name.clone());
            }
            inner.entries.insert(name.clone(), Entry { form, version });
        }
        (old.is_some() || new.is_some()).then_some(Change { name, old, new })
    }
}

/// Values of forms, made while nobody waits for the lock.
fn values<T: Kept>(forms: Vec<(Name, T::Form)>) -> Vec<(Name, Arc<T>)> {
    forms.into_iter().map(|(name, form)| (name, T::of(&form))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Letters = Cache<String, char>;

    kept_as_it_is!(String);

    fn cache() -> Letters {
        Cache::new(|_, text| text.chars().collect())
    }

    fn name() -> Name {
        Name::new("shop", "web")
    }

    fn value(cache: &Letters) -> Option<String> {
        cache.get(&name()).map(|value| value.to_string())
    }

    #[test]
    fn answers_are_read_before_the_watch_repeats_them() {
        let cache = cache();
        cache.watched("", name(), 5, Some("old".into()));
        assert!(cache.answer(name(), 8, "new".into()).is_some());
        assert!(cache.watched("", name(), 6, Some("older".into())).is_none());
        assert_eq!(value(&cache).as_deref(), Some("new"));
        assert!(cache.watched("", name(), 8, Some("new".into())).is_none());
        assert!(cache.watched("", name(), 9, Some("newer".into())).is_some());
    }

    #[test]
    fn an_answer_that_the_watch_has_overtaken_brings_nothing_back() {
        let cache = cache();
        cache.watched("", name(), 8, Some("new".into()));
        cache.watched("", name(), 9, None);
        assert!(cache.answer(name(), 8, "new".into()).is_none());
        assert_eq!(value(&cache), None);
    }

    #[test]
    fn a_delete_of_an_earlier_object_does_not_remove_a_later_one() {
        let cache = cache();
        cache.watched("", name(), 5, Some("first".into()));
        cache.answer(name(), 9, "second".into());
        assert!(cache.watched("", name(), 7, None).is_none());
        assert_eq!(value(&cache).as_deref(), Some("second"));
    }

    #[test]
    fn a_list_says_what_is_gone_in_its_scope() {
        let cache = cache();
        cache.watched("shop", name(), 5, Some("a".into()));
        cache.watched("other", Name::new("other", "web"), 5, Some("b".into()));
        let changes = cache.listed("shop", vec![(Name::new("shop", "api"), 6, Some("c".into()))]);
        assert_eq!(changes.len(), 2);
        assert_eq!(value(&cache), None);
        assert_eq!(cache.names().len(), 2);
    }

    #[test]
    fn a_list_that_is_older_than_an_answer_does_not_take_it_back() {
        let cache = cache();
        cache.listed("", vec![(Name::new("shop", "api"), 5, Some("a".into()))]);
        cache.listing("");
        cache.answer(name(), 7, "new".into());
        assert!(cache.listed("", vec![(Name::new("shop", "api"), 5, Some("a".into()))]).is_empty());
        assert_eq!(value(&cache).as_deref(), Some("new"));
        assert!(cache.settle("", 6).is_empty());
        assert!(cache.settle("", 7).is_empty());
        assert!(cache.settle("", 9).is_empty(), "the watch has told of it");
        assert_eq!(value(&cache).as_deref(), Some("new"));
    }

    #[test]
    fn an_answer_that_a_newer_list_does_not_have_is_gone() {
        let cache = cache();
        cache.listing("");
        cache.answer(name(), 7, "new".into());
        assert_eq!(cache.listed("", vec![(Name::new("shop", "api"), 8, Some("a".into()))]).len(), 2);
        assert_eq!(value(&cache), None);
        // Nothing in the list says how new it is: the watch does.
        cache.listing("");
        cache.answer(name(), 10, "again".into());
        cache.listed("", vec![(Name::new("shop", "api"), 8, Some("a".into()))]);
        assert_eq!(cache.settle("", 12).len(), 1);
        assert_eq!(value(&cache), None);
    }

    #[test]
    fn the_index_follows_the_values() {
        let cache = cache();
        cache.watched("", name(), 1, Some("ab".into()));
        assert_eq!(cache.find(&'a').len(), 1);
        cache.watched("", name(), 2, Some("bc".into()));
        assert_eq!((cache.find(&'a').len(), cache.find(&'c').len()), (0, 1));
        cache.watched("", name(), 3, None);
        assert_eq!((cache.find(&'c').len(), cache.all().len()), (0, 0));
    }

    #[test]
    fn only_what_is_of_interest_is_visited() {
        let cache = cache();
        cache.watched("", name(), 1, Some("ab".into()));
        cache.watched("", Name::new("shop", "api"), 2, Some("bc".into()));
        let mut visited = Vec::new();
        cache.visit(|form| form.contains('a'), |text| visited.push(text.clone()));
        assert_eq!(visited, ["ab"]);
    }

    #[test]
    fn the_same_value_again_is_no_change() {
        let cache = cache();
        assert!(cache.watched("", name(), 1, Some("a".into())).is_some());
        assert!(cache.watched("", name(), 2, Some("a".into())).is_none());
        assert_eq!(cache.get_versioned(&name()).map(|(_, version)| version), Some(2));
    }
}
