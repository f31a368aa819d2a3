//! Takes a JSON value for what it means, the way ECS's own front ends and the people who write for them do.
//!
//! Null and empty mean absent, numbers come as text and text as numbers, members and words come in other cases.
//! What can only be meant one way is read that way and said; what cannot be meant is refused; everything is said
//! at once, each with its path. The same function reads files and custom resources, so it does no IO.

mod scalar;
pub(crate) mod unknown;

use serde_json::{Map, Value};

use super::output_only;
use super::shape::{Member, Readable, Shape, Struct};
use crate::finding::{Code, Finding, Path, any_error};

/// What became of a value.
#[derive(Clone, Debug)]
pub struct Reading<T> {
    /// The value. Members that could not be read are absent from it, with an Error among the findings; `None`
    /// only with an Error.
    pub value: Option<T>,
    /// The value as JSON, every member spelled as the API spells it.
    pub normalised: Value,
    /// Everything there is to say about it.
    pub findings: Vec<Finding>,
}

/// Reads a value as a `T`.
#[must_use]
pub fn read<T: Readable>(mut value: Value) -> Reading<T> {
    let mut walk = Walk::default();
    match (&mut value, T::shape()) {
        (Value::Object(map), Shape::Struct(shape)) => {
            // What the root itself lacks is the caller's to say: a file's name or an option may supply it.
            walk.members(map, shape, &Path::ROOT, true);
        }
        (found, shape) => {
            let found = scalar::describe(found);
            walk.findings.push(wrong_type(&Path::ROOT, &found, shape));
            return Reading { value: None, normalised: value, findings: walk.findings };
        }
    }
    let read = match T::deserialize(&value) {
        Ok(read) => Some(read),
        Err(error) => {
            let message = format!("The definition cannot be read: {error}.");
            walk.findings.push(
                Finding::new(Code::WrongType, Path::ROOT, message)
                    .remedy("Compare the member that is named with the ECS API reference."),
            );
            None
        }
    };
    Reading { value: read, normalised: value, findings: walk.findings }
}

/// Where a value stands: decides whether an empty one means anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Member,
    Element,
    Entry,
}

/// What a value is walked with.
#[derive(Clone, Copy)]
struct Context<'a> {
    /// The nearest member name above the value.
    name: &'a str,
    place: Place,
    /// Whether the value belongs to one of our own structs.
    own: bool,
    /// Whether it is a member that ECS requires.
    required: bool,
}

#[derive(Default)]
struct Walk {
    findings: Vec<Finding>,
}

impl Walk {
    /// Reads the members of an object; the names of those that stand there and cannot be read.
    fn members<'s>(
        &mut self,
        map: &mut Map<String, Value>,
        shape: &'s Struct,
        at: &Path<'_>,
        root: bool,
    ) -> Vec<&'s str> {
        let mut refused = Vec::new();
        let mut respelled = Vec::new();
        map.retain(|name, value| {
            if let Some(member) = shape.member(name) {
                return !value.is_null()
                    && self.member(value, member, &at.member(name), shape.own, &mut refused);
            }
            if value.is_null() && (shape.member_like(name).is_some() || (root && output_only::contains(name)))
            {
                return false;
            }
            if root && output_only::contains(name) {
                self.findings.push(Finding::new(
                    Code::OutputOnlyMember,
                    at.member(name),
                    format!("`{name}` only occurs in answers of the ECS API; it is ignored."),
                ));
                return false;
            }
            if let Some(member) = shape.member_like(name) {
                respelled.push((name.clone(), member));
                return true;
            }
            self.findings.push(unknown::member(name, shape, at));
            false
        });
        for (spelled, member) in respelled {
            let Some(mut value) = map.remove(&spelled) else {
                continue;
            };
            let here = at.member(&spelled);
            if map.contains_key(&member.name) {
                let message =
                    format!("`{spelled}` and `{}` are the same member; `{spelled}` is ignored.", member.name);
                self.findings.push(
                    Finding::new(Code::DuplicateMember, here, message).remedy("Remove one of the two."),
                );
                continue;
            }
            let message = format!("`{spelled}` was read as `{}`.", member.name);
            self.findings.push(Finding::new(Code::ReadAs, here, message));
            if self.member(&mut value, member, &here, shape.own, &mut refused) {
                map.insert(member.name.clone(), value);
            }
        }
        if shape.own {
            self.missing(map, shape, at, &refused);
        }
        refused
    }

    /// Whether the member is kept; one that is not because of an Error is noted as refused.
    fn member<'s>(
        &mut self,
        value: &mut Value,
        member: &'s Member,
        at: &Path<'_>,
        own: bool,
        refused: &mut Vec<&'s str>,
    ) -> bool {
        let said = self.findings.len();
        let context = Context { name: &member.name, place: Place::Member, own, required: member.required };
        let kept = self.value(value, &member.shape, at, context);
        if !kept && any_error(&self.findings[said..]) {
            refused.push(&member.name);
        }
        kept
    }

    /// Says which required members are absent. What stands there and cannot be read has been said already.
    fn missing(&mut self, map: &mut Map<String, Value>, shape: &Struct, at: &Path<'_>, refused: &[&str]) {
        for member in shape.required().filter(|member| !map.contains_key(&member.name)) {
            if !refused.contains(&member.name.as_str()) {
                let message = format!("`{}` is required here.", member.name);
                self.findings.push(
                    Finding::new(Code::MissingMember, at.member(&member.name), message)
                        .remedy("Add it, or remove the object that needs it."),
                );
            }
        }
        if shape.own {
            for member in shape.required() {
                map.entry(member.name.clone()).or_insert_with(|| placeholder(&member.shape));
            }
        }
    }

    /// Whether the value is kept.
    fn value(&mut self, value: &mut Value, shape: &Shape, at: &Path<'_>, context: Context<'_>) -> bool {
        if matches!(shape, Shape::Any) {
            return true;
        }
        if is_empty(value) && !context.own {
            if !means_something(value, shape, context) {
                return false;
            }
            if let (Shape::Struct(shape), Value::Object(map)) = (shape, value) {
                self.missing(map, shape, at, &[]);
            }
            return true;
        }
        match (shape, &mut *value) {
            (Shape::Struct(shape), Value::Object(map)) => {
                let refused = self.members(map, shape, at, false);
                let kept = !map.is_empty() || context.own || empty_object_is_kept(shape, context);
                if kept && !shape.own {
                    self.missing(map, shape, at, &refused);
                }
                kept
            }
            (Shape::Map(values), Value::Object(map)) => {
                let context = Context { place: Place::Entry, required: false, ..context };
                map.retain(|key, value| {
                    !value.is_null() && self.value(value, values, &at.member(key), context)
                });
                context.own || !map.is_empty() || shape.is_open()
            }
            (Shape::List(items), Value::Array(list)) => {
                self.elements(list, items, at, context);
                context.own || !list.is_empty()
            }
            (Shape::List(items), single) if self.meant_as_list(single, items, at, context) => {
                *value = Value::Array(vec![value.take()]);
                self.value(value, shape, at, context)
            }
            (Shape::Struct(_) | Shape::Map(_) | Shape::List(_), found) => {
                let found = scalar::describe(found);
                self.findings.push(wrong_type(at, &found, shape));
                false
            }
            (_, found) => self.scalar(found, shape, at, context),
        }
    }

    fn elements(&mut self, list: &mut Vec<Value>, items: &Shape, at: &Path<'_>, context: Context<'_>) {
        let context = Context { place: Place::Element, required: false, ..context };
        let mut index = 0;
        list.retain_mut(|item| {
            let here = at.index(index);
            index += 1;
            if item.is_null() {
                self.findings.push(Finding::new(Code::ReadAs, here, "A null in a list was read as nothing."));
                return false;
            }
            let said = self.findings.len();
            let blank = is_blank_object(item, items) && !context.own;
            if blank {
                *item = Value::Object(Map::new());
            }
            let kept = self.value(item, items, &here, context);
            if blank && self.findings.len() == said {
                let message = "Nothing stands here; it was read as an object without members.";
                self.findings.push(
                    Finding::new(Code::ReadAs, here, message).remedy("Remove the element, or fill it in."),
                );
            }
            if !kept && !context.own && matches!(items, Shape::Struct(_)) {
                // The elements after it keep their index, which later findings name.
                *item = Value::Object(Map::new());
                return true;
            }
            kept
        });
    }

    /// Whether a single value where a list is wanted can only mean a list of it. A command as one text can mean
    /// two things (a program's name, or a line for a shell), so it is refused.
    fn meant_as_list(&mut self, single: &Value, items: &Shape, at: &Path<'_>, context: Context<'_>) -> bool {
        let meant = match (items, single) {
            (Shape::Struct(shape), Value::Object(map)) => {
                map.keys().any(|name| shape.member(name).is_some())
                    && map.keys().all(|name| shape.member(name).or_else(|| shape.member_like(name)).is_some())
            }
            (Shape::Enum(_) | Shape::Integer { .. }, Value::String(_) | Value::Number(_)) => true,
            (Shape::Text, Value::String(_)) => !is_command(context.name),
            _ => false,
        };
        if meant {
            let message = "A single value was read as a list of one.";
            self.findings.push(Finding::new(Code::ReadAs, at, message));
        }
        meant
    }
}

fn is_command(name: &str) -> bool {
    matches!(name, "command" | "entryPoint")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether an empty text or list stands where an object is wanted.
fn is_blank_object(value: &Value, wanted: &Shape) -> bool {
    is_empty(value) && !value.is_object() && matches!(wanted, Shape::Struct(_))
}

/// Whether an empty value says something that its absence does not: an environment variable that is set to
/// nothing, an empty argument, a volume that asks for an empty directory of the host.
fn means_something(value: &Value, shape: &Shape, context: Context<'_>) -> bool {
    match (shape, value, context.place) {
        (Shape::Text, Value::String(_), Place::Entry) => true,
        (Shape::Text, Value::String(_), Place::Element) => is_command(context.name),
        (Shape::Text, Value::String(_), Place::Member) => matches!(context.name, "value" | "Value"),
        (Shape::Struct(shape), Value::Object(_), _) => empty_object_is_kept(shape, context),
        (Shape::Map(_), Value::Object(_), _) => shape.is_open(),
        _ => false,
    }
}

/// An element keeps its index; a volume's `host` asks for an empty directory; a required object that requires
/// nothing itself is complete.
fn empty_object_is_kept(shape: &Struct, context: Context<'_>) -> bool {
    context.place == Place::Element
        || context.name == "host"
        || (context.required && shape.required().next().is_none())
}

/// Stands in for a required member that is missing, so that the rest can still be looked at.
fn placeholder(shape: &Shape) -> Value {
    match shape {
        Shape::Integer { min, max } => Value::from(0.clamp(*min, *max)),
        Shape::Number => Value::from(0),
        Shape::Bool => Value::Bool(false),
        Shape::Enum(words) => words.first().map_or(Value::Null, |word| Value::from(word.as_str())),
        Shape::List(_) => Value::Array(Vec::new()),
        Shape::Map(_) | Shape::Struct(_) => Value::Object(Map::new()),
        Shape::Text | Shape::Size | Shape::Timestamp | Shape::Any => Value::String(String::new()),
    }
}

fn wrong_type(at: &Path<'_>, found: &str, wanted: &Shape) -> Finding {
    let message = format!("{found} stands here; ECS wants {}.", wanted.noun());
    Finding::new(Code::WrongType, at, message).remedy(scalar::how_to_write(wanted, found))
}

#[cfg(test)]
mod tests;
