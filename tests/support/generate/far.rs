//! Members that nothing else refers to, made from their shape alone.

use ecs_bridge::ecs::shape::Shape;
use serde_json::{Value, json};

use super::{Dice, Members};

/// Members whose text or number ECS checks, by the end of their path.
const KNOWN: &[(&str, &[&str])] = &[
    ("TargetValue", &["50", "75.5", "1000"]),
    ("httpCode", &["200-299", "200"]),
    ("grpcCode", &["0", "0-99"]),
    ("healthCheckPath", &["/", "/health"]),
    (
        "issuerCertificateAuthority.awsPcaAuthorityArn",
        &["arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/x"],
    ),
    ("stepPercent", &["10", "33.3"]),
    ("canaryPercent", &["5", "12.5"]),
];

/// A value of a shape; `path` is where it stands.
pub(super) fn value(shape: &Shape, path: &str, dice: &mut Dice) -> Value {
    let known = KNOWN.iter().find(|(end, _)| path.ends_with(end));
    if let Some((_, values)) = known {
        let text = dice.pick(values);
        return match shape {
            Shape::Text => json!(text),
            _ => serde_json::from_str(text).expect("a number"),
        };
    }
    match shape {
        Shape::Text | Shape::Size => text(path, dice),
        Shape::Timestamp => json!("2030-01-01T00:00:00Z"),
        Shape::Any => json!({"any": dice.word()}),
        Shape::Bool => json!(dice.flip()),
        Shape::Enum(words) => {
            let at = dice.below(words.len());
            json!(words[at])
        }
        Shape::Integer { min, max } => {
            let low = (*min).max(1);
            json!(dice.between(low, (*max).min(low + 50)))
        }
        Shape::Number => json!(f64::from(u32::try_from(dice.below(1000)).expect("small")) / 4.0),
        Shape::List(items) => {
            let first = value(items, path, dice);
            let second = value(items, path, dice);
            if first == second || dice.flip() { json!([first]) } else { json!([first, second]) }
        }
        Shape::Map(values) => {
            json!({"key": value(values, path, dice), "other key": value(values, path, dice)})
        }
        Shape::Struct(shape) => {
            let mut members = Members::new();
            for member in shape.members() {
                if member.required || dice.flip() {
                    let inner = value(&member.shape, &format!("{path}.{}", member.name), dice);
                    members.insert(member.name.clone(), inner);
                }
            }
            in_order(&mut members);
            if members.is_empty() {
                // An empty object would count as absent.
                let first = shape.members().next().expect("a member");
                let inner = value(&first.shape, &format!("{path}.{}", first.name), dice);
                members.insert(first.name.clone(), inner);
            }
            Value::Object(members)
        }
    }
}

/// The shape of a member, by its path (`a.b`, through lists).
pub(super) fn shape<'s>(root: &'s Shape, path: &str) -> &'s Shape {
    path.split('.').fold(root, |mut shape, name| {
        while let Shape::List(items) = shape {
            shape = items;
        }
        let Shape::Struct(members) = shape else { panic!("{path}: no object") };
        &members.member(name).unwrap_or_else(|| panic!("{path}: no member")).shape
    })
}

/// Bounds: the lesser is `min`.
fn in_order(members: &mut Members) {
    for (low, high) in [("min", "max"), ("MetricIntervalLowerBound", "MetricIntervalUpperBound")] {
        let (Some(a), Some(b)) = (members.get(low).cloned(), members.get(high).cloned()) else { continue };
        if a.as_f64() > b.as_f64() {
            members.insert(low.into(), b);
            members.insert(high.into(), a);
        } else if a == b {
            members.remove(high);
        }
    }
}

fn text(path: &str, dice: &mut Dice) -> Value {
    let name = path.rsplit('.').next().unwrap_or_default();
    let lower = name.to_lowercase();
    json!(if lower.contains("role") {
        dice.role()
    } else if lower.contains("targetgroup") {
        dice.target_group()
    } else if lower.ends_with("arn") || lower.contains("rule") || lower.contains("kms") {
        let word = dice.word();
        dice.arn("elasticloadbalancing", &format!("listener-rule/app/{word}/1/2/3"))
    } else if lower.contains("subnet") {
        dice.id("subnet-")
    } else if lower.contains("securitygroup") {
        dice.id("sg-")
    } else {
        dice.word()
    })
}
