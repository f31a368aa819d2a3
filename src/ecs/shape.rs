//! What a definition may look like, as a tree that is walked beside the definition.
//!
//! Compiled once from the JSON schema of the custom resource types, which has every member, type, range and
//! enumeration of the ECS API: there is no second list of members that could disagree with the types.

use std::sync::LazyLock;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api::ecs::{MetricAlarm, ScalableTarget, ScalingPolicy, ScheduledAction};
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};

/// The shape of a value.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number within these bounds.
    Integer {
        /// Smallest legal value.
        min: i64,
        /// Largest legal value.
        max: i64,
    },
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Task-level `cpu` or `memory`: text, or a number that means the same.
    Size,
    /// Seconds since the epoch, or RFC 3339 text.
    Timestamp,
    /// Anything at all.
    Any,
    /// One of these strings.
    Enum(Vec<String>),
    /// A list.
    List(Box<Self>),
    /// A map from any string.
    Map(Box<Self>),
    /// An object with known members.
    Struct(Struct),
}

/// The members of an object.
#[derive(Debug, Default)]
pub struct Struct {
    /// Sorted by name.
    members: Vec<Member>,
    /// Whether this is one of our own structs (under `kubernetes`): empty values are not taken for absent ones
    /// there.
    pub own: bool,
}

/// One member of a struct.
#[derive(Debug)]
pub struct Member {
    /// The spelling in the API.
    pub name: String,
    /// The spelling without case, `_` and `-`.
    folded: String,
    /// Whether the schema requires it.
    pub required: bool,
    /// The shape of its value.
    pub shape: Shape,
}

impl Struct {
    /// The member with exactly this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members
            .binary_search_by(|member| member.name.as_str().cmp(name))
            .ok()
            .map(|at| &self.members[at])
    }

    /// The member that this name means when case, `_` and `-` do not count.
    #[must_use]
    pub fn member_like(&self, name: &str) -> Option<&Member> {
        let folded = fold(name);
        self.members.iter().find(|member| member.folded == folded)
    }

    /// Every member, by name.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// The members that it cannot do without.
    pub fn required(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.required)
    }
}

impl Shape {
    /// What a reader would call such a value.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer { .. } => "a whole number",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Size => "text such as \"512\"",
            Self::Timestamp => "a point in time",
            Self::Any => "anything",
            Self::Enum(_) => "one of a set of words",
            Self::List(_) => "a list",
            Self::Map(_) if self.is_open() => "an object",
            Self::Map(_) => "a map of names to texts",
            Self::Struct(_) => "an object",
        }
    }

    /// Whether it is an object of which no members are known: what counts is that it is there, be it empty.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Map(values) if matches!(**values, Self::Any))
    }

    fn compile(schema: &Value, own: bool) -> Self {
        let Some(schema) = schema.as_object() else {
            return Self::Any;
        };
        if schema.get("x-kubernetes-int-or-string").is_some() {
            return Self::Size;
        }
        if schema.get("format").and_then(Value::as_str) == Some("timestamp") {
            return Self::Timestamp;
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Self::Enum(values.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            if let Some(alternatives) = schema.get(key).and_then(Value::as_array) {
                return Self::one_of(alternatives, own);
            }
        }
        match kind(schema) {
            Some("string") => Self::Text,
            Some("integer") => integer(schema),
            Some("number") => Self::Number,
            Some("boolean") => Self::Bool,
            Some("array") => {
                Self::List(Box::new(schema.get("items").map_or(Self::Any, |items| Self::compile(items, own))))
            }
            Some("object") => Self::object(schema, own),
            _ => Self::Any,
        }
    }

    fn one_of(alternatives: &[Value], own: bool) -> Self {
        let mut shapes: Vec<Self> = alternatives
            .iter()
            .filter(|schema| schema.get("type").and_then(Value::as_str) != Some("null"))
            .map(|schema| match schema.get("const").and_then(Value::as_str) {
                Some(word) => Self::Enum(vec![word.to_owned()]),
                None => Self::compile(schema, own),
            })
            .collect();
        if shapes.len() == 1 {
            return shapes.remove(0);
        }
        let mut words = Vec::new();
        for shape in shapes {
            match shape {
                Self::Enum(more) => words.extend(more),
                _ => return Self::Any,
            }
        }
        Self::Enum(words)
    }

    fn object(schema: &Map<String, Value>, own: bool) -> Self {
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            let required: Vec<&str> = schema
                .get("required")
                .and_then(Value::as_array)
                .map(|names| names.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            let mut members: Vec<Member> = members
                .iter()
                .map(|(name, schema)| Member {
                    name: name.clone(),
                    folded: fold(name),
                    required: required.contains(&name.as_str()),
                    shape: Self::compile(schema, own || name == "kubernetes"),
                })
                .collect();
            members.sort_by(|a, b| a.name.cmp(&b.name));
            return Self::Struct(Struct { members, own });
        }
        match schema.get("additionalProperties") {
            Some(Value::Object(values)) => {
                Self::Map(Box::new(Self::compile(&Value::Object(values.clone()), own)))
            }
            Some(Value::Bool(true)) => Self::Map(Box::new(Self::Any)),
            _ => Self::Any,
        }
    }
}

fn kind(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

fn integer(schema: &Map<String, Value>) -> Shape {
    let bound = |key: &str, otherwise: i64| {
        schema
            .get(key)
            .and_then(|bound| bound.as_i64().or_else(|| bound.as_f64().map(|bound| bound as i64)))
            .unwrap_or(otherwise)
    };
    let (low, high) = match schema.get("format").and_then(Value::as_str) {
        Some("int64") => (i64::MIN, i64::MAX),
        _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    Shape::Integer { min: bound("minimum", low), max: bound("maximum", high) }
}

/// A name without case, `_` and `-`.
#[must_use]
pub fn fold(name: &str) -> String {
    let mut folded = name.to_ascii_lowercase();
    folded.retain(|c| !matches!(c, '_' | '-'));
    folded
}

/// A type that can be read tolerantly.
pub trait Readable: DeserializeOwned + JsonSchema {
    /// The shape of the type.
    fn shape() -> &'static Shape;
}

macro_rules! readable {
    ($($name:ty),+ $(,)?) => {
        $(impl Readable for $name {
            fn shape() -> &'static Shape {
                static SHAPE: LazyLock<Shape> = LazyLock::new(|| compiled::<$name>(false));
                &SHAPE
            }
        })+
    };
}

/// The shape of what `kubernetes.podTemplate` holds.
#[must_use]
pub fn pod_template() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| compiled::<PodTemplateSpec>(true));
    &SHAPE
}

fn compiled<T: JsonSchema>(own: bool) -> Shape {
    // Without transforms for other readers of the schema, which take most of the time.
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<T>();
    Shape::compile(schema.as_value(), own)
}

readable!(
    TaskDefinitionSpec,
    EcsServiceSpec,
    CapacityProviderSpec,
    ScalableTarget,
    ScalingPolicy,
    ScheduledAction,
    MetricAlarm,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(shape: &'a Shape, name: &str) -> &'a Shape {
        match shape {
            Shape::Struct(members) => &members.member(name).unwrap_or_else(|| panic!("{name}")).shape,
            Shape::List(items) => member(items, name),
            other => panic!("{other:?} has no members"),
        }
    }

    #[test]
    fn every_kind_of_member_is_recognised() {
        let task = TaskDefinitionSpec::shape();
        let containers = member(task, "containerDefinitions");
        assert!(matches!(member(task, "family"), Shape::Text));
        assert!(matches!(member(task, "cpu"), Shape::Size));
        assert!(
            matches!(member(task, "networkMode"), Shape::Enum(words) if words.contains(&"awsvpc".to_owned()))
        );
        assert!(matches!(member(containers, "essential"), Shape::Bool));
        assert!(matches!(member(containers, "memory"), Shape::Integer { max: 2_147_483_647, .. }));
        assert!(
            matches!(member(containers, "command"), Shape::List(items) if matches!(**items, Shape::Text))
        );
        assert!(matches!(member(containers, "dockerLabels"), Shape::Map(_)));
        let service = EcsServiceSpec::shape();
        assert!(matches!(member(member(service, "kubernetes"), "podTemplate"), Shape::Any));
        assert!(matches!(member(ScheduledAction::shape(), "StartTime"), Shape::Timestamp));
    }

    #[test]
    fn what_is_required_and_what_is_ours_is_known() {
        let Shape::Struct(gateway) = member(member(EcsServiceSpec::shape(), "kubernetes"), "gateway") else {
            panic!("a struct");
        };
        assert!(gateway.own && gateway.member("name").is_some_and(|name| name.required));
        let Shape::Struct(root) = EcsServiceSpec::shape() else {
            panic!("a struct");
        };
        assert!(!root.own);
        let required: Vec<&str> = root.required().map(|member| member.name.as_str()).collect();
        assert_eq!(required, ["serviceName"]);
    }
}
