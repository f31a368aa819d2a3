//! Container instance attributes, and the node labels that hold them.

use std::collections::BTreeMap;

use super::{Operator, Requirement, Term};

/// Prefix of the node labels that hold custom attributes.
pub const PREFIX: &str = "attribute.ecs-bridge.dev/";
/// Label with the name of a node.
pub const HOSTNAME: &str = "kubernetes.io/hostname";
/// Label with the Availability Zone of a node.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// Label with the CPU architecture of a node.
pub const ARCH: &str = "kubernetes.io/arch";
/// Label with the operating system of a node.
const OS: &str = "kubernetes.io/os";
/// Label with the build of a node's Windows.
const WINDOWS_BUILD: &str = "node.kubernetes.io/windows-build";
/// The attribute that tells versions of Windows apart, as two labels do together.
const OS_FAMILY: &str = "ecs.os-family";
/// A node with a Windows that ECS has no name for.
const WINDOWS: &str = "WINDOWS";
/// Builds of Windows, by ECS's name. No label tells the editions Core and Full apart: all nodes count as Core, as containers
/// of both run there. Source: Microsoft, "Windows Server release information".
const WINDOWS_BUILDS: &[(&str, &str)] = &[
    ("WINDOWS_SERVER_2019_CORE", "10.0.17763"),
    ("WINDOWS_SERVER_2022_CORE", "10.0.20348"),
    ("WINDOWS_SERVER_2025_CORE", "10.0.26100"),
];

/// Attributes of ECS's own whose labels somebody sets: the kubelet, the cloud provider, EKS.
const KNOWN: &[(&str, &str)] = &[
    ("ecs.ami-id", "eks.amazonaws.com/nodegroup-image"),
    ("ecs.availability-zone", ZONE),
    ("ecs.availability-zone-id", "topology.k8s.aws/zone-id"),
    ("ecs.cpu-architecture", ARCH),
    ("ecs.instance-type", "node.kubernetes.io/instance-type"),
    (OS_FAMILY, OS),
    ("ecs.os-type", OS),
];

/// Values that the label spells in another way: attribute, ECS's value, the label's.
const SPELLED: &[(&str, &str, &str)] =
    &[("ecs.cpu-architecture", "x86_64", "amd64"), (OS_FAMILY, "LINUX", "linux")];

/// Prefixes of what agents can do. Every node can, as far as a task needs it.
const CAPABILITIES: &[&str] = &["ecs.capability.", "com.amazonaws.ecs.capability."];
/// Instances outside of AWS: no capability that nodes have.
const EXTERNAL: &str = "ecs.capability.external";

/// Whether it is a capability of the agent that every node is taken to have, without a value.
#[must_use]
pub fn is_assumed(attribute: &str) -> bool {
    attribute != EXTERNAL && CAPABILITIES.iter().any(|prefix| attribute.starts_with(prefix))
}

/// The node label that holds an attribute, or why there is none.
///
/// Some attributes of ECS have well-known labels; any other one, such as `stack`, is expected as
/// `attribute.ecs-bridge.dev/stack`, a `/` in its name as a dot.
pub fn label(attribute: &str) -> Result<String, String> {
    if let Some((_, label)) = KNOWN.iter().find(|(known, _)| *known == attribute) {
        return Ok((*label).to_owned());
    }
    if is_assumed(attribute) {
        return Err(format!("no node label holds {attribute}"));
    }
    let name = attribute.replace(['/', '\\'], ".");
    if is_label_value(&name) && !name.is_empty() {
        Ok(format!("{PREFIX}{name}"))
    } else {
        Err(format!("no label can be named after the attribute {attribute:?}"))
    }
}

/// Whether more than the label of [`label`] decides on the value of an attribute.
#[must_use]
pub fn is_of_several_labels(attribute: &str) -> bool {
    attribute == OS_FAMILY
}

/// What labels have to be where an attribute [of several](is_of_several_labels) has this value; `None` where its one label
/// says it all.
#[must_use]
pub fn several(attribute: &str, value: &str) -> Option<Term> {
    let build = WINDOWS_BUILDS.iter().find(|(name, _)| *name == value);
    if attribute != OS_FAMILY || build.is_none() && value != WINDOWS {
        return None;
    }
    let (operator, builds) = match build {
        Some((_, build)) => (Operator::In, vec![(*build).to_owned()]),
        None => (Operator::NotIn, WINDOWS_BUILDS.iter().map(|(_, build)| (*build).to_owned()).collect()),
    };
    Some(vec![
        Requirement { key: OS.to_owned(), operator: Operator::In, values: vec!["windows".to_owned()] },
        Requirement { key: WINDOWS_BUILD.to_owned(), operator, values: builds },
    ])
}

fn os_family(labels: &BTreeMap<String, String>) -> Option<&str> {
    let os = labels.get(OS)?;
    Some(match os.as_str() {
        "linux" => "LINUX",
        "windows" => {
            let known = labels
                .get(WINDOWS_BUILD)
                .and_then(|build| WINDOWS_BUILDS.iter().find(|(_, known)| known == build));
            known.map_or(WINDOWS, |(name, _)| name)
        }
        other => other,
    })
}

/// An attribute's value as the label has it, or why no label has it.
pub fn value(attribute: &str, value: &str) -> Result<String, String> {
    if attribute == OS_FAMILY && value.to_ascii_uppercase().starts_with(WINDOWS) {
        return Err(format!(
            "nodes tell versions of Windows from each other by their build, not Core from Full, and none is known for \
             {value:?}; known are {}",
            WINDOWS_BUILDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        ));
    }
    if let Some((.., spelled)) = SPELLED.iter().find(|(of, ours, _)| *of == attribute && *ours == value) {
        return Ok((*spelled).to_owned());
    }
    if SPELLED.iter().any(|(of, _, label)| *of == attribute && *label == value) {
        return Err(format!("no node has {attribute} with the value {value:?}"));
    }
    Ok(spelled(value))
}

/// A value as a label can have it: what labels do not take becomes `_`, at its ends nothing, and no more than 63
/// characters are kept. What a label can have stays as it is.
#[must_use]
pub fn spelled(value: &str) -> String {
    if is_label_value(value) {
        return value.to_owned();
    }
    let legal = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
    let text: String = value.chars().map(legal).collect();
    let edge = |c: char| !c.is_ascii_alphanumeric();
    let text = text.trim_matches(edge);
    text.get(..63).unwrap_or(text).trim_end_matches(edge).to_owned()
}

/// The value of an attribute on a node with these labels; empty for what only is there or is not.
#[must_use]
pub fn of<'a>(labels: &'a BTreeMap<String, String>, attribute: &str) -> Option<&'a str> {
    if is_assumed(attribute) {
        return Some("");
    }
    if attribute == OS_FAMILY {
        return os_family(labels);
    }
    at(labels, attribute, &label(attribute).ok()?)
}

/// The same of an attribute whose value stands in this [`label`] alone.
#[must_use]
pub(super) fn at<'a>(labels: &'a BTreeMap<String, String>, attribute: &str, label: &str) -> Option<&'a str> {
    let value = labels.get(label)?;
    let spelled = SPELLED.iter().find(|(of, _, known)| *of == attribute && known == value);
    Some(spelled.map_or(value, |(_, ours, _)| ours))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_from_labels_in_ecs_own_words() {
        let labels: BTreeMap<String, String> = [
            (ARCH, "amd64"),
            (OS, "linux"),
            (ZONE, "us-east-1a"),
            ("attribute.ecs-bridge.dev/team.role", "db"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
        for (attribute, expected) in [
            ("ecs.cpu-architecture", Some("x86_64")),
            ("ecs.os-family", Some("LINUX")),
            ("ecs.os-type", Some("linux")),
            ("ecs.availability-zone", Some("us-east-1a")),
            ("team/role", Some("db")),
            ("ecs.capability.task-eni", Some("")),
            ("com.amazonaws.ecs.capability.ecr-auth", Some("")),
            ("ecs.capability.external", None),
            ("stack", None),
            ("-", None),
        ] {
            assert_eq!(of(&labels, attribute), expected, "{attribute}");
        }
    }

    #[test]
    fn the_os_family_of_windows_is_that_of_its_build() {
        for (os, build, expected) in [
            ("linux", "", "LINUX"),
            ("windows", "10.0.17763", "WINDOWS_SERVER_2019_CORE"),
            ("windows", "10.0.20348", "WINDOWS_SERVER_2022_CORE"),
            ("windows", "10.0.26100", "WINDOWS_SERVER_2025_CORE"),
            ("windows", "10.0.1", "WINDOWS"),
            ("plan9", "10.0.20348", "plan9"),
        ] {
            let labels = [(OS, os), (WINDOWS_BUILD, build)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            assert_eq!(of(&labels.into(), "ecs.os-family"), Some(expected));
        }
        assert_eq!(of(&BTreeMap::new(), "ecs.os-family"), None);
    }

    #[test]
    fn a_value_and_its_label_are_each_others_only_spelling() {
        for (attribute, ours, expected) in [
            ("ecs.cpu-architecture", "x86_64", Some("amd64")),
            ("ecs.cpu-architecture", "amd64", None),
            ("ecs.cpu-architecture", "arm64", Some("arm64")),
            ("ecs.os-family", "LINUX", Some("linux")),
            ("stack", "amd64", Some("amd64")),
            ("stack", "a b", Some("a_b")),
            ("stack", "/srv/data:x@", Some("srv_data_x")),
            ("stack", "//", Some("")),
            ("stack", "", Some("")),
        ] {
            assert_eq!(value(attribute, ours).ok().as_deref(), expected, "{attribute} {ours}");
        }
    }
}
