//! Server-side apply, with a body that arrives as it was meant.

use std::fmt::Write as _;

use kube::api::{Api, Patch, PatchParams};
use kube::core::{DynamicObject, Request};
use serde_json::Value;

/// Applies an object.
///
/// The API server reads the body of an apply as YAML, whatever it looks like. In YAML some characters that JSON
/// allows in texts are refused (DEL and the C1 controls) and others are line breaks (U+0085, U+2028, U+2029), which
/// would silently become spaces: they are sent as escapes, which both languages share.
///
/// # Errors
///
/// Whatever the API server or the way there says.
pub async fn apply(
    api: &Api<DynamicObject>,
    name: &str,
    params: &PatchParams,
    body: &Value,
) -> kube::Result<DynamicObject> {
    let request = Request::new(api.resource_url()).patch(name, params, &Patch::Apply(body));
    let request = request.map_err(kube::Error::BuildRequest)?.map(escape);
    api.clone().into_client().request(request).await
}

/// Spells what YAML does not take as it stands; outside of texts a JSON document has none of it.
fn escape(body: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return error.into_bytes(),
    };
    if !text.contains(is_special) {
        return text.into_bytes();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_special(c) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.into_bytes()
}

fn is_special(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_the_same_in_json_and_in_yaml() {
        let value = json!({"a": "\u{7f}\u{85}\u{2028}\u{feff}\u{9f}", "b": "日本語 👩‍🚀 \t\n\"\\"});
        let body = String::from_utf8(escape(value.to_string().into_bytes())).unwrap();
        assert!(body.contains(r"\u007f\u0085\u2028\ufeff\u009f") && body.contains("日本語 👩‍🚀"), "{body}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap(), value);
        let read: serde_json::Value = serde_saphyr::from_str(&body).unwrap();
        assert_eq!(read, value);
    }
}
