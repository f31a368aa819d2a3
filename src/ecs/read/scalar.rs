//! Texts, numbers, words and switches, in all the ways in which they are written.

use std::fmt::Display;

use serde_json::{Number, Value};

use super::super::shape::{Shape, fold};
use super::super::template;
use super::unknown::nearest;
use super::{Context, Walk, wrong_type};
use crate::finding::{Code, Finding, Path};

impl Walk {
    /// Reads a value where a scalar is wanted; whether it is kept.
    pub(super) fn scalar(
        &mut self,
        value: &mut Value,
        shape: &Shape,
        at: &Path<'_>,
        context: Context<'_>,
    ) -> bool {
        match shape {
            Shape::Text => match value {
                Value::String(_) => true,
                Value::Number(_) | Value::Bool(_) => self.take(value, Value::String(value.to_string()), at),
                _ => self.refuse(value, shape, at),
            },
            Shape::Size => match value {
                Value::String(_) => true,
                // The schema takes numbers here, so there is nothing to say.
                Value::Number(number) => {
                    let digits = whole(number).map_or_else(|| number.to_string(), |n| n.to_string());
                    *value = Value::String(digits);
                    true
                }
                _ => self.refuse(value, shape, at),
            },
            Shape::Timestamp => match value {
                Value::String(text) => match text.trim().parse::<f64>().ok().and_then(Number::from_f64) {
                    Some(seconds) => self.take(value, Value::Number(seconds), at),
                    None => true,
                },
                Value::Number(_) => true,
                _ => self.refuse(value, shape, at),
            },
            Shape::Integer { min, max } => self.integer(value, shape, (*min, *max), at),
            Shape::Number => self.number(value, shape, at),
            Shape::Bool => self.switch(value, shape, at),
            Shape::Enum(words) => self.word(value, shape, words, at, context),
            Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Struct(_) => true,
        }
    }

    fn integer(&mut self, value: &mut Value, shape: &Shape, bounds: (i64, i64), at: &Path<'_>) -> bool {
        let number = match value {
            Value::Number(number) => match whole(number) {
                Some(whole) => i128::from(whole),
                None if number.is_u64() => i128::MAX,
                None => return self.refuse(value, shape, at),
            },
            Value::String(text) => match text.trim().parse::<i128>() {
                Ok(number) => number,
                Err(_) => {
                    match text.trim().parse::<f64>().ok().and_then(Number::from_f64).as_ref().and_then(whole)
                    {
                        Some(number) => i128::from(number),
                        None => return self.refuse(value, shape, at),
                    }
                }
            },
            _ => return self.refuse(value, shape, at),
        };
        let Some(legal) = i64::try_from(number).ok().filter(|number| (bounds.0..=bounds.1).contains(number))
        else {
            return self.out_of_range(value, bounds, at);
        };
        if value.as_i64() == Some(legal) {
            return true;
        }
        self.take(value, Value::from(legal), at)
    }

    fn number(&mut self, value: &mut Value, shape: &Shape, at: &Path<'_>) -> bool {
        match value {
            Value::Number(_) => true,
            Value::String(text) => match text.trim().parse::<f64>().ok().and_then(Number::from_f64) {
                Some(number) => self.take(value, Value::Number(number), at),
                None => self.refuse(value, shape, at),
            },
            _ => self.refuse(value, shape, at),
        }
    }

    fn switch(&mut self, value: &mut Value, shape: &Shape, at: &Path<'_>) -> bool {
        match value {
            Value::Bool(_) => true,
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => {
                self.take(value, Value::Bool(true), at)
            }
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => {
                self.take(value, Value::Bool(false), at)
            }
            _ => self.refuse(value, shape, at),
        }
    }

    fn word(
        &mut self,
        value: &mut Value,
        shape: &Shape,
        words: &[String],
        at: &Path<'_>,
        context: Context<'_>,
    ) -> bool {
        let Value::String(text) = value else {
            return self.refuse(value, shape, at);
        };
        if words.iter().any(|word| word == text) {
            return true;
        }
        let folded = fold(text.trim());
        if let Some(word) = words.iter().find(|word| fold(word) == folded) {
            return self.take(value, Value::from(word.as_str()), at);
        }
        if template::placeholder(text).is_some() {
            return self.refuse(value, shape, at);
        }
        if context.name == "networkMode" && folded == "default" {
            let message = "`default` was read as no network mode: the platform's own, `bridge` on Linux.";
            self.findings.push(Finding::new(Code::ReadAs, at, message));
            return false;
        }
        if context.name == "protocol" && words.iter().any(|word| word == "tcp") {
            let message = format!("`{text}` was read as `tcp`: ECS takes every protocol but udp for tcp.");
            self.findings.push(Finding::new(Code::ReadAs, at, message));
            *value = Value::from("tcp");
            return true;
        }
        let message = format!("{} is not a value that ECS has here.", describe(value));
        let legal = format!("Legal values: {}.", words.join(", "));
        let meant = match value.as_str().and_then(|text| nearest(text, words.iter().map(String::as_str))) {
            Some(word) => format!("Did you mean `{word}`? {legal}"),
            None => legal,
        };
        self.findings.push(Finding::new(Code::InvalidValue, at, message).remedy(meant));
        false
    }

    fn take(&mut self, value: &mut Value, meant: Value, at: &Path<'_>) -> bool {
        let message = if is_value_of_variable(at) {
            "The value was read as text.".to_owned()
        } else {
            format!("{} was read as {}.", describe(value), literal(&meant))
        };
        self.findings.push(Finding::new(Code::ReadAs, at, message));
        *value = meant;
        true
    }

    fn refuse(&mut self, value: &Value, shape: &Shape, at: &Path<'_>) -> bool {
        let open = value.as_str().and_then(template::placeholder);
        self.findings.push(match open {
            Some(open) => template::open(at, open),
            None => wrong_type(at, &describe(value), shape),
        });
        false
    }

    fn out_of_range(&mut self, value: &Value, (min, max): (i64, i64), at: &Path<'_>) -> bool {
        let message = format!("{} is out of range.", describe(value));
        let remedy = format!("Use a whole number from {min} to {max}.");
        self.findings.push(Finding::new(Code::InvalidValue, at, message).remedy(remedy));
        false
    }
}

/// Whether this is the value of a variable: it may be a secret, and is not repeated.
fn is_value_of_variable(at: &Path<'_>) -> bool {
    let path = at.to_string();
    path.ends_with("].value") && path.contains("environment[")
}

/// A number that has no fraction and fits.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let number = number.as_f64()?;
        // 2^53: every whole number up to it has a spelling of its own.
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

/// Names what was found, short enough for a message.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "Null".to_owned(),
        Value::Bool(_) => literal(value),
        Value::Number(_) => format!("The number {}", literal(value)),
        Value::String(_) => format!("The text {}", literal(value)),
        Value::Array(_) => "A list".to_owned(),
        Value::Object(map) => match map.keys().next() {
            Some(name) if map.len() == 1 && is_intrinsic(name) => {
                format!("The CloudFormation function `{name}`")
            }
            _ => "An object".to_owned(),
        },
    }
}

fn is_intrinsic(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

fn literal(value: &impl Display) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST - 3).collect();
    format!("`{start}...`")
}

/// How the wanted kind of value is written.
pub(super) fn how_to_write(wanted: &Shape, found: &str) -> String {
    if found.contains("CloudFormation") {
        return "Import the resolved definition: `aws ecs describe-task-definition` or `describe-services` prints it."
            .to_owned();
    }
    match wanted {
        Shape::Text | Shape::Size => "Write it as text in quotes.",
        Shape::Integer { .. } => "Write digits without quotes, for example 512.",
        Shape::Number => "Write a number without quotes, for example 0.5.",
        Shape::Bool => "Write true or false, without quotes.",
        Shape::Timestamp => "Write it as 2026-01-31T12:00:00Z.",
        Shape::Enum(words) => return format!("Legal values: {}.", words.join(", ")),
        Shape::List(items) => match &**items {
            Shape::Text => "Write a list of texts, one per word: [\"first\", \"second\"].",
            _ => "Put it in square brackets, as a list of objects.",
        },
        Shape::Map(_) if wanted.is_open() => "Write an object: {}.",
        Shape::Map(_) => "Write an object of texts: {\"name\": \"value\"}.",
        Shape::Struct(_) | Shape::Any => "Write an object in braces, with the members that ECS has here.",
    }
    .to_owned()
}
