//! The CustomResourceDefinitions, made from the types of this folder.
//!
//! What the derive gives is changed in three ways, all of them here: structs of the ECS API keep unknown
//! members, explicit null means absent, and the rules that a schema has no word for are added.
//!
//! What an API server (1.36) does with `member: null`: where the schema does not say `nullable`, create and
//! update drop it before validation, but server-side apply refuses it; where it does, null is stored as it
//! is. A member with an `enum` refuses null as soon as it is nullable, even if null is one of the values.
//! `has()` is false for null.

pub mod rules;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps, JSONSchemaPropsOrArray,
    JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt as _;

use super::{CapacityProvider, EcsService, TaskDefinition};

/// Formats that the API server knows and checks; it warns about any other.
const FORMATS: [&str; 4] = ["int32", "int64", "double", "date-time"];

/// Every CustomResourceDefinition of the project, in the order in which they are listed.
#[must_use]
pub fn all() -> Vec<CustomResourceDefinition> {
    let mut crds = vec![TaskDefinition::crd(), EcsService::crd(), CapacityProvider::crd()];
    for crd in &mut crds {
        let kind = crd.spec.names.kind.clone();
        for root in crd.spec.versions.iter_mut().filter_map(schema_of) {
            tidy(root);
            if let Some(spec) = root.properties.as_mut().and_then(|members| members.get_mut("spec")) {
                accept_what_ecs_accepts(spec);
            }
            rules::insert(&kind, root);
        }
    }
    crds
}

/// All of them as one YAML stream, ready for `kubectl apply -f -`.
#[must_use]
pub fn yaml() -> String {
    all().iter().map(document).collect::<Vec<_>>().join("---\n")
}

/// One of them as a YAML document.
#[must_use]
#[expect(clippy::expect_used, reason = "strings, numbers and lists always have a YAML form")]
pub fn document(crd: &CustomResourceDefinition) -> String {
    serde_saphyr::to_string(crd).expect("a CustomResourceDefinition is plain data")
}

/// The name of its file in `crds/`.
#[must_use]
pub fn file_name(crd: &CustomResourceDefinition) -> String {
    format!("{}_{}.yaml", crd.spec.group, crd.spec.names.plural)
}

fn schema_of(version: &mut CustomResourceDefinitionVersion) -> Option<&mut JSONSchemaProps> {
    version.schema.as_mut()?.open_api_v3_schema.as_mut()
}

/// Takes out what means something to Rust only, at every depth.
fn tidy(schema: &mut JSONSchemaProps) {
    // The derive makes every Option nullable, an enum with null among its values.
    schema.nullable = None;
    if let Some(values) = &mut schema.enum_ {
        values.retain(|value| !value.0.is_null());
    }
    // Defaults would be written into what the user applied.
    schema.default = None;
    schema.format.take_if(|format| !FORMATS.contains(&format.as_str()));
    if let Some(text) = &mut schema.description {
        *text = plain(text);
    }
    children(schema).for_each(tidy);
}

/// Lets unknown members through to validation, which knows what was probably meant (without this the API
/// server would drop them in silence), and null for whatever may be absent. What is ours, under `kubernetes`,
/// stays strict.
fn accept_what_ecs_accepts(schema: &mut JSONSchemaProps) {
    let required = schema.required.clone().unwrap_or_default();
    for (name, member) in schema.properties.iter_mut().flatten() {
        if name != "kubernetes" {
            accept_what_ecs_accepts(member);
            member.nullable = (member.enum_.is_none() && !required.contains(name)).then_some(true);
        }
    }
    if schema.properties.is_some() {
        schema.x_kubernetes_preserve_unknown_fields = Some(true);
    }
    if let Some(JSONSchemaPropsOrArray::Schema(element)) = &mut schema.items {
        accept_what_ecs_accepts(element);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(value)) = &mut schema.additional_properties {
        value.nullable = Some(true);
    }
}

/// The schemas directly below this one: members, list elements, map values.
fn children(schema: &mut JSONSchemaProps) -> impl Iterator<Item = &mut JSONSchemaProps> {
    let members = schema.properties.iter_mut().flat_map(|members| members.values_mut());
    let elements = schema.items.iter_mut().flat_map(|items| match items {
        JSONSchemaPropsOrArray::Schema(one) => std::slice::from_mut(&mut **one),
        JSONSchemaPropsOrArray::Schemas(many) => many.as_mut_slice(),
    });
    let values = schema.additional_properties.iter_mut().filter_map(|values| match values {
        JSONSchemaPropsOrBool::Schema(one) => Some(&mut **one),
        JSONSchemaPropsOrBool::Bool(_) => None,
    });
    members.chain(elements).chain(values)
}

/// A doc comment as people read it: paragraphs without line breaks, links without brackets.
fn plain(text: &str) -> String {
    let paragraphs: Vec<_> = text.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
    paragraphs.join("\n\n").replace("[`", "`").replace("`]", "`")
}
