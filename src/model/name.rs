//! Names: what ECS calls a thing, and how Kubernetes can spell it.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Longest `metadata.name` of a custom resource: leaves room for `-<provider>` within [`CHILD`].
pub const RESOURCE: usize = 40;
/// Longest name of a child object: leaves room for what controllers append to pod names.
pub const CHILD: usize = 52;
/// Longest container name (DNS label).
pub const CONTAINER: usize = 63;
/// Longest port name (IANA service name).
pub const PORT: usize = 15;
/// Longest volume name: `<pod>-<volume>` has to stay a legal claim name.
pub const VOLUME: usize = 40;

/// Spells an ECS name as a DNS label of at most `max` characters.
///
/// Lower case, everything but `[a-z0-9-]` becomes `-`, dashes at the ends go, `x` goes before a digit at the
/// start. Where that changed anything, or the name is too long, eight hex digits of the original's SHA-256 are
/// appended, so that two originals never meet unless their hashes do. A name that already is such a label is kept.
///
/// ```
/// use ecs_bridge::model::name::label;
/// assert_eq!(label("web", 40), "web");
/// assert_eq!(label("log_router", 40), "log-router-c7fb45d8");
/// ```
#[must_use]
pub fn label(original: &str, max: usize) -> String {
    if original.len() <= max && is_label(original) {
        return original.to_owned();
    }
    let spelled: String = original
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => c,
            _ => '-',
        })
        .collect();
    let stem = spelled.trim_matches('-');
    // A Service name has to start with a letter, and one rule for all names is easier to remember.
    if is_label(stem) { hashed(stem, original, max) } else { hashed(&format!("x{stem}"), original, max) }
}

/// Joins two labels to a child's name of at most [`CHILD`] characters; cut with a hash over both originals.
#[must_use]
pub fn child(owner: &str, part: &str) -> String {
    let joined = format!("{owner}-{part}");
    if joined.len() <= CHILD { joined } else { hashed(&joined, &joined, CHILD) }
}

/// `metadata.name` of the CapacityProvider object of an ECS provider. The two predefined providers have plain
/// names, because labels and child names show them.
#[must_use]
pub fn provider(original: &str) -> String {
    match original {
        "FARGATE" => super::service::FARGATE.to_owned(),
        "FARGATE_SPOT" => super::service::FARGATE_SPOT.to_owned(),
        _ => label(original, RESOURCE),
    }
}

/// The namespace of an ECS cluster that has no EcsCluster object; takes a name or an ARN.
#[must_use]
pub fn namespace(cluster: &str) -> String {
    let name = cluster.rsplit_once('/').map_or(cluster, |(_, name)| name);
    label(name, CONTAINER)
}

/// Spells the name of a port mapping as an IANA service name: at most 15 characters, no two dashes in a row.
#[must_use]
pub fn port(original: &str) -> String {
    let spelled = label(original, PORT);
    if !spelled.contains("--") {
        return spelled;
    }
    let mut stem = String::new();
    for c in spelled.chars() {
        if c != '-' || !stem.ends_with('-') {
            stem.push(c);
        }
    }
    hashed(&stem, original, PORT)
}

/// Spells a text as the name part of an annotation's key: up to 63 letters, digits, `-`, `_` and `.`, the first
/// and the last a letter or a digit. What already is one is kept, else a hash of the original is appended.
#[must_use]
pub fn key(original: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    if original.len() <= CONTAINER && original.chars().all(legal) && ends(original) {
        return original.to_owned();
    }
    let spelled: String = original.chars().map(|c| if legal(c) { c } else { '-' }).collect();
    let stem = spelled.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if stem.is_empty() { hash(original, 8) } else { hashed(stem, original, CONTAINER) }
}

/// Whether this is a DNS label that starts with a letter.
#[must_use]
pub fn is_label(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.ends_with('-')
}

/// Whether a namespace can be called so: a DNS label, which may start with a digit.
#[must_use]
pub fn is_namespace(name: &str) -> bool {
    (1..=CONTAINER).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether this is the value of a label that says something.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    key(text) == text
}

/// Whether this is a DNS subdomain, which is what most objects may be called.
#[must_use]
pub fn is_subdomain(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// Whether ECS accepts this as name of a family, service, cluster, container or volume.
#[must_use]
pub fn is_ecs_name(name: &str) -> bool {
    (1..=255).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The first `digits` hex digits of the SHA-256 of `data`.
#[must_use]
pub fn hash(data: impl AsRef<[u8]>, digits: usize) -> String {
    let sum = Sha256::digest(data);
    let mut hex: String = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect();
    hex.truncate(digits);
    hex
}

/// The hash of a JSON value, whatever the order of its members: recorded hashes have to outlive a change of the
/// map that JSON is kept in.
#[must_use]
pub fn hash_json(value: &Value, digits: usize) -> String {
    let mut text = String::new();
    canonical(value, &mut text);
    hash(text, digits)
}

fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            text.push('{');
            for name in names {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                canonical(&members[name], text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(elements) => {
            text.push('[');
            for element in elements {
                canonical(element, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

fn hashed(stem: &str, original: &str, max: usize) -> String {
    let kept: String = stem.chars().take(max.saturating_sub(9)).collect();
    format!("{}-{}", kept.trim_end_matches('-'), hash(original, 8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings() {
        for (original, spelled) in
            [("web", "web"), ("Web", "web-"), ("1st", "x1st-"), ("log_router", "log-router-"), ("___", "x-")]
        {
            let label = label(original, RESOURCE);
            let hash = label.strip_prefix(spelled);
            let length = if original == spelled { 0 } else { 8 };
            assert_eq!(hash.map(str::len), Some(length), "{original}: {label}");
        }
        assert_eq!(port("http"), "http");
        assert!(port("web-8080-tcp") == "web-8080-tcp" && port("web--x").starts_with("web-x-"));
        assert_eq!(provider("FARGATE_SPOT"), "fargate-spot");
        assert_eq!(namespace("arn:aws:ecs:eu-west-1:123456789012:cluster/shop"), "shop");
    }

    proptest! {
        #[test]
        fn labels_are_legal_and_kept_where_they_are(original in "[A-Za-z0-9_-]{1,255}", max in 15usize..=63) {
            let spelled = label(&original, max);
            prop_assert!(is_label(&spelled) && spelled.len() <= max, "{}", spelled);
            prop_assert_eq!(label(&spelled, max), spelled.clone());
            prop_assert_eq!(spelled == original, is_label(&original) && original.len() <= max);
        }

        #[test]
        fn port_names_are_legal(original in "[a-z0-9_][a-z0-9_-]{0,63}") {
            let spelled = port(&original);
            prop_assert!(is_label(&spelled) && spelled.len() <= PORT && !spelled.contains("--"), "{}", spelled);
        }
    }
}
