//! Container instance attributes, and the node labels that hold them.

use std::collections::BTreeMap;

/// Prefix of the node labels that hold custom attributes.
pub const PREFIX: &str = "attribute.ecs-bridge.dev/";
/// Label with the name of a node.
pub const HOSTNAME: &str = "kubernetes.io/hostname";
/// Label with the Availability Zone of a node.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// Label with the CPU architecture of a node.
pub const ARCH: &str = "kubernetes.io/arch";

/// The node label that holds an attribute, or why there is none.
///
/// Built-in attributes have the well-known labels that every kubelet or cloud provider sets; a custom attribute
/// `stack` is expected as `attribute.ecs-bridge.dev/stack`.
pub fn label(attribute: &str) -> Result<String, String> {
    let known = match attribute {
        "ecs.availability-zone" => Some(ZONE),
        "ecs.instance-type" => Some("node.kubernetes.io/instance-type"),
        "ecs.os-type" => Some("kubernetes.io/os"),
        "ecs.cpu-architecture" => Some(ARCH),
        _ => None,
    };
    if let Some(label) = known {
        return Ok(label.to_owned());
    }
    if attribute.starts_with("ecs.") || attribute.starts_with("com.amazonaws.ecs.") {
        return Err(format!("no node label holds {attribute}"));
    }
    if is_label_value(attribute) && !attribute.is_empty() {
        Ok(format!("{PREFIX}{attribute}"))
    } else {
        Err(format!("no label can be named after the attribute {attribute:?}"))
    }
}

/// An attribute's value as the label has it, or why no label can have it.
pub fn value(attribute: &str, value: &str) -> Result<String, String> {
    let value = match (attribute, value) {
        ("ecs.cpu-architecture", "x86_64") => "amd64",
        _ => value,
    };
    if is_label_value(value) {
        Ok(value.to_owned())
    } else {
        Err(format!("no label can have the value {value:?}"))
    }
}

/// Whether this is a legal label value, which also is what a label key may have after its prefix.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let edge = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_alphanumeric());
    text.len() <= 63 && text.bytes().all(inner) && edge(text.bytes().next()) && edge(text.bytes().last())
}

/// Whether this is a legal label key: a name, optionally after a DNS subdomain and a slash.
#[must_use]
pub fn is_label_key(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    let subdomain = |p: &str| {
        p.len() <= 253
            && p.split('.').all(|part| {
                !part.is_empty()
                    && !part.starts_with('-')
                    && !part.ends_with('-')
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            })
    };
    !name.is_empty() && is_label_value(name) && prefix.is_none_or(subdomain)
}

/// The value of an attribute of a node with these labels; `None` where it has no such attribute.
///
/// What agents of ECS can do, any node can: an `ecs.capability` is there, without a value, but for that of instances
/// outside of EC2.
#[must_use]
pub fn of<'a>(labels: &'a BTreeMap<String, String>, attribute: &str) -> Option<&'a str> {
    if let Some(capability) =
        attribute.strip_prefix("com.amazonaws.").unwrap_or(attribute).strip_prefix("ecs.capability.")
    {
        return (capability != "external").then_some("");
    }
    let value = labels.get(&label(attribute).ok()?)?;
    Some(match (attribute, value.as_str()) {
        ("ecs.cpu-architecture", "amd64") => "x86_64",
        (_, value) => value,
    })
}
