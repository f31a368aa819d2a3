//! What is stored, and the rules by which it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecs_bridge::operator::TimeOfDay;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::admission;
use super::apply::{Managers, Writer};
use super::fields::Shape;
use super::quota;
use super::refusal::Refusal;
use super::resource::{Id, Resource};
use super::webhook::Newcomer;

/// No object has a lower version; clients use some of these for "none".
const FIRST_VERSION: u64 = 1000;

/// An object and the owners of its fields.
#[derive(Clone, Debug)]
struct Stored {
    value: Arc<Value>,
    managers: Managers,
}

/// One entry of the log that watches read.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) id: Id,
    pub(crate) old: Option<Arc<Value>>,
    /// `None` where it was deleted.
    pub(crate) new: Option<Arc<Value>>,
    /// The object as it is sent along: the new one, or the last state of a deleted one.
    pub(crate) sent: Arc<Value>,
}

/// Conditions of a delete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deletion {
    pub(crate) uid: Option<String>,
    pub(crate) version: Option<String>,
    /// `Background` where it says nothing.
    pub(crate) propagation: Option<String>,
}

/// Everything that is stored.
pub(crate) struct Store {
    pub(crate) clock: TimeOfDay,
    objects: BTreeMap<Id, Stored>,
    version: u64,
    made: u64,
    pub(crate) log: Vec<Change>,
    /// Pods that have to be reviewed before they are there.
    pub(crate) newcomers: Vec<Newcomer>,
    /// Versions up to this one can no longer be watched from.
    pub(crate) compacted: u64,
    news: watch::Sender<u64>,
}

impl Store {
    pub(crate) fn new(clock: TimeOfDay) -> Self {
        Self {
            clock,
            objects: BTreeMap::new(),
            version: FIRST_VERSION,
            made: 0,
            log: Vec::new(),
            newcomers: Vec::new(),
            compacted: 0,
            news: watch::Sender::new(FIRST_VERSION),
        }
    }

    /// Tells of every new version.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Forgets the past: who watches from before has to list again.
    pub(crate) fn compact(&mut self) {
        self.compacted = self.version;
    }

    pub(crate) fn get(&self, id: &Id) -> Option<&Arc<Value>> {
        self.objects.get(id).map(|stored| &stored.value)
    }

    fn found(&self, id: &Id) -> Result<&Stored, Refusal> {
        self.objects.get(id).ok_or_else(|| Refusal::not_found(id.plural, &id.name))
    }

    /// The objects of a kind, in a namespace or everywhere, by name.
    pub(crate) fn list(&self, resource: &Resource, namespace: &str) -> Vec<(&Id, &Arc<Value>)> {
        let first = Id::new(resource, namespace, "");
        self.objects
            .range(first..)
            .take_while(|(id, _)| id.group == resource.group && id.plural == resource.plural)
            .filter(|(id, _)| namespace.is_empty() || id.namespace == namespace)
            .map(|(id, stored)| (id, &stored.value))
            .collect()
    }

    /// The objects of a kind everywhere, as they are now, for who changes them one by one.
    pub(crate) fn copies(&self, resource: &Resource) -> Vec<(Id, Arc<Value>)> {
        self.list(resource, "").into_iter().map(|(id, value)| (id.clone(), value.clone())).collect()
    }

    /// Every object.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Id, &Arc<Value>)> {
        self.objects.iter().map(|(id, stored)| (id, &stored.value))
    }

    /// Creates an object; with `dry` only as if.
    pub(crate) fn create(
        &mut self,
        id: &Id,
        mut value: Value,
        writer: &Writer,
        dry: bool,
    ) -> Result<Arc<Value>, Refusal> {
        if self.objects.contains_key(id) {
            return Err(Refusal::new(
                409,
                "AlreadyExists",
                format!("{} {:?} already exists", id.plural, id.name),
            ));
        }
        if let Some(members) = value.as_object_mut()
            && id.resource().status
        {
            members.remove("status");
        }
        let mut managers = Managers::default();
        managers.updated(shape(id), &Value::Null, &value, writer);
        self.insert(id, value, managers, dry)
    }

    fn insert(
        &mut self,
        id: &Id,
        mut value: Value,
        managers: Managers,
        dry: bool,
    ) -> Result<Arc<Value>, Refusal> {
        self.admit_to_namespace(id)?;
        quota::admit(self, id)?;
        let resource = id.resource();
        value["apiVersion"] = resource.api_version().into();
        value["kind"] = resource.kind.into();
        value["metadata"]["name"] = id.name.as_str().into();
        if resource.namespaced {
            value["metadata"]["namespace"] = id.namespace.as_str().into();
        }
        let second = self.clock.now().as_second();
        let created = time_text(second);
        value["metadata"]["creationTimestamp"] = created.into();
        if resource.status {
            value["metadata"]["generation"] = 1.into();
        }
        admission::complete(id, &mut value);
        admission::validate(id, None, &value)?;
        if dry {
            return Ok(Arc::new(value));
        }
        self.made += 1;
        // As random as those of an API server, and the same in each telling.
        let random = crate::dice::Dice::new(self.made).next();
        value["metadata"]["uid"] = format!("{:08x}-0000-4000-8000-{:012}", random >> 32, self.made).into();
        Ok(self.store(id, value, managers))
    }

    fn admit_to_namespace(&self, id: &Id) -> Result<(), Refusal> {
        if id.namespace.is_empty() {
            return Ok(());
        }
        let namespace = Id::new(super::resource::of_kind("Namespace"), "", &id.namespace);
        let found = self.get(&namespace).ok_or_else(|| Refusal::not_found("namespaces", &id.namespace))?;
        if is_deleting(found) {
            let message = format!(
                "unable to create new content in namespace {} because it is being terminated",
                id.namespace
            );
            return Err(Refusal::new(403, "Forbidden", message));
        }
        Ok(())
    }

    /// Writes an object, or with a subresource only that part of it.
    pub(crate) fn update(&mut self, id: &Id, new: Value, writer: &Writer) -> Result<Arc<Value>, Refusal> {
        let Stored { value: old, mut managers } = self.found(id)?.clone();
        preconditions(&old, &new["metadata"])?;
        let new = composed(id, &old, new, writer);
        admission::validate(id, Some(&old), &new)?;
        managers.updated(shape(id), &old, &new, writer);
        Ok(self.replace(id, &old, new, managers))
    }

    /// Server-side apply.
    pub(crate) fn apply(
        &mut self,
        id: &Id,
        applied: &Value,
        writer: &Writer,
        force: bool,
    ) -> Result<Arc<Value>, Refusal> {
        let Some(stored) = self.objects.get(id) else {
            if applied.pointer("/metadata/uid").is_some() {
                let message =
                    "uid mismatch: the provided object specified a uid, and no existing object was found";
                return Err(Refusal::conflict(message));
            }
            let mut managers = Managers::default();
            let mut value = managers.apply(shape(id), &json!({}), applied, writer, force)?;
            if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.remove("resourceVersion");
            }
            return self.insert(id, value, managers, false);
        };
        let Stored { value: old, mut managers } = stored.clone();
        preconditions(&old, &applied["metadata"])?;
        let merged = managers.apply(shape(id), &old, applied, writer, force)?;
        let mut new = composed(id, &old, merged, writer);
        admission::complete(id, &mut new);
        admission::validate(id, Some(&old), &new)?;
        Ok(self.replace(id, &old, new, managers))
    }

    /// Changes an object as a controller of the cluster does.
    pub(crate) fn modify(
        &mut self,
        id: &Id,
        controller: &str,
        subresource: &'static str,
        change: impl FnOnce(&mut Value),
    ) {
        if let Some(stored) = self.objects.get(id) {
            let mut value = stored.value.as_ref().clone();
            change(&mut value);
            self.update(id, value, &Writer::updater(controller, subresource))
                .expect("controllers write what is valid");
        }
    }

    fn replace(&mut self, id: &Id, old: &Arc<Value>, mut new: Value, managers: Managers) -> Arc<Value> {
        let finalized =
            new.pointer("/metadata/finalizers").and_then(Value::as_array).is_none_or(Vec::is_empty);
        if is_deleting(&new) && finalized && !ends_later(id) {
            return self.remove(id, new);
        }
        if **old == new && self.objects.get(id).is_some_and(|stored| stored.managers == managers) {
            return Arc::clone(old);
        }
        if id.resource().status && asks_differently(old, &new) {
            let generation = old.pointer("/metadata/generation").and_then(Value::as_i64).unwrap_or_default();
            new["metadata"]["generation"] = (generation + 1).into();
        }
        self.store(id, new, managers)
    }

    fn store(&mut self, id: &Id, mut value: Value, managers: Managers) -> Arc<Value> {
        self.version += 1;
        value["metadata"]["resourceVersion"] = self.version.to_string().into();
        value["metadata"]["managedFields"] = managers.summary();
        let value = Arc::new(value);
        let stored = Stored { value: Arc::clone(&value), managers };
        let old = self.objects.insert(id.clone(), stored).map(|stored| stored.value);
        self.tell(id, old, Some(Arc::clone(&value)), Arc::clone(&value));
        value
    }

    fn remove(&mut self, id: &Id, mut last: Value) -> Arc<Value> {
        self.version += 1;
        last["metadata"]["resourceVersion"] = self.version.to_string().into();
        let last = Arc::new(last);
        let old = self.objects.remove(id).map(|stored| stored.value);
        self.tell(id, old, None, Arc::clone(&last));
        last
    }

    fn tell(&mut self, id: &Id, old: Option<Arc<Value>>, new: Option<Arc<Value>>, sent: Arc<Value>) {
        self.log.push(Change { version: self.version, id: id.clone(), old, new, sent });
        self.news.send_replace(self.version);
    }

    /// Deletes an object, or begins to.
    pub(crate) fn delete(&mut self, id: &Id, deletion: &Deletion) -> Result<Arc<Value>, Refusal> {
        let old = Arc::clone(&self.found(id)?.value);
        let text = |member: &str| old["metadata"][member].as_str().unwrap_or_default();
        for (wanted, member) in [(&deletion.uid, "uid"), (&deletion.version, "resourceVersion")] {
            if let Some(wanted) = wanted
                && wanted != text(member)
            {
                let message = format!(
                    "Precondition failed: {member} in precondition: {wanted}, {member} in object meta: {}",
                    text(member)
                );
                return Err(Refusal::conflict(message));
            }
        }
        let mut new = old.as_ref().clone();
        match deletion.propagation.as_deref() {
            Some("Orphan") => self.orphan(text("uid")),
            Some("Foreground") => add_finalizer(&mut new, "foregroundDeletion"),
            _ => {}
        }
        if ends_later(id) || new.pointer("/metadata/finalizers").is_some() {
            if !is_deleting(&old) {
                new["metadata"]["deletionTimestamp"] = time_text(self.clock.now().as_second()).into();
                let managers = self.found(id)?.managers.clone();
                return Ok(self.store(id, new, managers));
            }
            return Ok(old);
        }
        Ok(self.remove(id, new))
    }

    /// Ends what was only marked as deleted.
    pub(crate) fn end(&mut self, id: &Id) {
        if let Some(stored) = self.objects.get(id) {
            let last = stored.value.as_ref().clone();
            self.remove(id, last);
        }
    }

    fn orphan(&mut self, uid: &str) {
        for id in self.dependents(uid) {
            self.modify(&id, "garbage-collector", "", |value| release(value, |owner| owner == uid));
        }
    }

    /// What has an owner of this uid.
    pub(crate) fn dependents(&self, uid: &str) -> Vec<Id> {
        let all = self.all().filter(|(_, value)| owners(value).any(|owner| owner == uid));
        all.map(|(id, _)| id.clone()).collect()
    }
}

fn shape(id: &Id) -> Shape {
    Shape { custom: id.resource().custom }
}

/// Seconds as Kubernetes writes times.
pub(crate) fn time_text(second: i64) -> String {
    jiff::Timestamp::from_second(second).expect("a time of a simulation").to_string()
}

pub(crate) fn is_deleting(value: &Value) -> bool {
    value.pointer("/metadata/deletionTimestamp").is_some()
}

/// Kinds that somebody else ends after they were marked as deleted.
fn ends_later(id: &Id) -> bool {
    id.group.is_empty() && matches!(id.plural, "pods" | "namespaces")
}

/// UIDs of the owners of an object.
pub(crate) fn owners(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|owner| owner["uid"].as_str())
}

/// Takes the references to some owners out of an object.
pub(crate) fn release(value: &mut Value, of: impl Fn(&str) -> bool) {
    let Some(metadata) = value["metadata"].as_object_mut() else { return };
    if let Some(Value::Array(owners)) = metadata.get_mut("ownerReferences") {
        owners.retain(|owner| !owner["uid"].as_str().is_some_and(&of));
        if owners.is_empty() {
            metadata.remove("ownerReferences");
        }
    }
}

fn add_finalizer(value: &mut Value, name: &str) {
    let list = value["metadata"].as_object_mut().map(|m| m.entry("finalizers").or_insert_with(|| json!([])));
    if let Some(list) = list.and_then(Value::as_array_mut)
        && !list.contains(&name.into())
    {
        list.push(name.into());
    }
}

/// What a write says of the object that it is about has to hold.
fn preconditions(old: &Value, metadata: &Value) -> Result<(), Refusal> {
    let differs = |member: &str| {
        let wanted = metadata[member].as_str().filter(|text| !text.is_empty());
        wanted.is_some_and(|wanted| Some(wanted) != old["metadata"][member].as_str())
    };
    if differs("resourceVersion") {
        let message =
            "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Refusal::conflict(message));
    }
    // To a patch a UID is a member like any other.
    if differs("uid") { Err(Refusal::immutable("metadata.uid")) } else { Ok(()) }
}

/// The object after a write of one of its parts.
fn composed(id: &Id, old: &Value, mut new: Value, writer: &Writer) -> Value {
    if writer.subresource == "status" {
        let mut composed = old.clone();
        match new.get_mut("status") {
            Some(status) => composed["status"] = status.take(),
            None => drop(composed.as_object_mut().and_then(|members| members.remove("status"))),
        }
        return composed;
    }
    if id.resource().status {
        match old.get("status") {
            Some(status) => new["status"] = status.clone(),
            None => drop(new.as_object_mut().and_then(|members| members.remove("status"))),
        }
    }
    let kept = [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "generation",
        "managedFields",
    ];
    for member in kept {
        match old["metadata"].get(member) {
            Some(value) => new["metadata"][member] = value.clone(),
            None => drop(new["metadata"].as_object_mut().and_then(|metadata| metadata.remove(member))),
        }
    }
    new["apiVersion"] = old["apiVersion"].clone();
    new["kind"] = old["kind"].clone();
    new
}

/// Whether anything differs besides metadata and status.
fn asks_differently(old: &Value, new: &Value) -> bool {
    let asked = |value: &Value| -> Vec<(String, Value)> {
        let members = value.as_object().into_iter().flatten();
        let asked = members.filter(|(name, _)| !matches!(name.as_str(), "metadata" | "status"));
        asked.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    asked(old) != asked(new)
}
