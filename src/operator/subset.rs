//! Whether a live object has everything that we want of it. What others added is none of our business.

use serde_json::Value;

use crate::placement::kubernetes::quantity::scale;

/// Lists whose items Kubernetes tells apart by members, by the name of the list.
const KEYED: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ownerReferences", &["uid"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];
/// Keyed lists whose order means something.
const ORDERED: &[&str] = &["initContainers"];
/// Objects whose values are quantities.
const QUANTITIES: &[&str] = &["capacity", "limits", "requests"];
/// Members that are quantities wherever they stand.
const QUANTITY: &[&str] = &["averageValue", "divisor", "sizeLimit", "tolerance"];
/// Booleans whose absence does not mean `false`.
const NOT_FALSE_BY_DEFAULT: &[&str] = &["allowPrivilegeEscalation", "automountServiceAccountToken"];

/// Whether `live` has every member of `desired`, with the same value.
pub(crate) fn is_subset(desired: &Value, live: &Value) -> bool {
    covers("", "", desired, live)
}

/// `member` is the name under which the two values stand, `parent` the name of the object around it.
fn covers(parent: &str, member: &str, desired: &Value, live: &Value) -> bool {
    match (desired, live) {
        (Value::Object(desired), Value::Object(live)) => desired.iter().all(|(name, want)| {
            live.get(name).map_or_else(|| is_omitted(name, want), |have| covers(member, name, want, have))
        }),
        (Value::Array(desired), Value::Array(live)) => list(member, desired, live),
        _ if desired == live => true,
        _ if QUANTITIES.contains(&parent) || QUANTITY.contains(&member) => {
            let both = quantity(desired).zip(quantity(live));
            both.is_some_and(|(desired, live)| desired == live)
        }
        (Value::Number(desired), Value::Number(live)) => desired.as_f64() == live.as_f64(),
        _ => false,
    }
}

/// Whether the server leaves out such a member instead of storing it.
fn is_omitted(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value && !NOT_FALSE_BY_DEFAULT.contains(&name),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.iter().all(|(name, value)| is_omitted(name, value)),
    }
}

fn list(member: &str, desired: &[Value], live: &[Value]) -> bool {
    let Some(key) = key_of(member, desired) else {
        return desired.len() == live.len()
            && desired.iter().zip(live).all(|(want, have)| covers(member, "", want, have));
    };
    let mut after = 0;
    desired.iter().all(|want| {
        let found = live.iter().position(|have| same(key, want, have));
        let Some(at) = found else { return false };
        let in_order = at >= after || !ORDERED.contains(&member);
        after = at;
        in_order && covers(member, "", want, &live[at])
    })
}

fn key_of(member: &str, desired: &[Value]) -> Option<&'static [&'static str]> {
    if member == "ports" {
        let of_container = desired.iter().any(|port| port.get("containerPort").is_some());
        return Some(if of_container { &["containerPort", "protocol"] } else { &["port", "protocol"] });
    }
    KEYED.iter().find(|(name, _)| *name == member).map(|(_, key)| *key)
}

fn same(key: &[&str], a: &Value, b: &Value) -> bool {
    key.iter().all(|member| {
        let of = |item: &Value| match item.get(member) {
            None if *member == "protocol" => Value::from("TCP"),
            value => value.cloned().unwrap_or_default(),
        };
        of(a) == of(b)
    })
}

/// A quantity in billionths, the finest unit that Kubernetes keeps.
fn quantity(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text.find(|c: char| !c.is_ascii_digit() && !".+-".contains(c));
    let (number, suffix) = text.split_at(digits.unwrap_or(text.len()));
    let (factor, divisor) = scale(suffix)?;
    let (factor, divisor) = (i128::try_from(factor).ok()?, i128::try_from(divisor).ok()?);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole = whole.trim_start_matches(['+', '-']);
    let units: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let places = u32::try_from(fraction.len()).ok()?;
    Some(sign * units.checked_mul(factor)? / 10_i128.checked_pow(places)?.checked_mul(divisor)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_that_others_added_do_not_matter() {
        let desired = json!({"spec": {"replicas": 2}});
        assert!(is_subset(&desired, &json!({"spec": {"replicas": 2, "x": 1}, "status": {}})));
        assert!(!is_subset(&desired, &json!({"spec": {"replicas": 3}})));
        assert!(!is_subset(&desired, &json!({"spec": {}})));
    }

    #[test]
    fn lists_are_matched_by_their_merge_keys() {
        let desired = json!({"containers": [{"name": "app", "env": [{"name": "A", "value": "1"}],
            "ports": [{"containerPort": 80}]}]});
        let live = json!({"containers": [{"name": "istio"}, {"name": "app",
            "env": [{"name": "B"}, {"name": "A", "value": "1"}],
            "ports": [{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP"}]}]});
        assert!(is_subset(&desired, &live));
        let changed = json!({"containers": [{"name": "app", "env": [{"name": "A", "value": "2"}],
            "ports": [{"containerPort": 80, "protocol": "TCP"}]}]});
        assert!(!is_subset(&desired, &changed));
    }

    #[test]
    fn other_lists_are_compared_item_by_item() {
        let desired = json!({"command": ["a", "b"]});
        assert!(is_subset(&desired, &json!({"command": ["a", "b"]})));
        assert!(!is_subset(&desired, &json!({"command": ["b", "a"]})));
        assert!(!is_subset(&desired, &json!({"command": ["a", "b", "c"]})));
    }

    #[test]
    fn the_order_of_init_containers_matters() {
        let names = |list: &str, names: [&str; 2]| json!({ list: names.map(|name| json!({ "name": name })) });
        assert!(!is_subset(&names("initContainers", ["a", "b"]), &names("initContainers", ["b", "a"])));
        assert!(is_subset(&names("containers", ["a", "b"]), &names("containers", ["b", "a"])));
    }

    #[test]
    fn quantities_are_compared_as_numbers() {
        let of = |cpu: Value| json!({"resources": {"limits": {"cpu": cpu}}});
        for (a, b) in [
            ("1000m", "1"),
            ("0.5", "500m"),
            ("1Gi", "1024Mi"),
            ("2e3", "2k"),
            ("128M", "128000k"),
            ("5e-1", "500m"),
        ] {
            assert!(is_subset(&of(a.into()), &of(b.into())), "{a} {b}");
        }
        assert!(is_subset(&of(json!(2)), &of(json!("2"))));
        assert!(!is_subset(&of("1".into()), &of("1Gi".into())));
        assert!(is_subset(&json!({"tolerance": "1000m"}), &json!({"tolerance": "1"})));
        assert!(!is_subset(&json!({"tolerance": "100m"}), &json!({"tolerance": "1"})));
        assert!(!is_subset(
            &json!({"env": [{"name": "A", "value": "1000m"}]}),
            &json!({"env": [{"name": "A", "value": "1"}]})
        ));
    }

    #[test]
    fn what_the_server_does_not_store_is_not_missing() {
        let desired =
            json!({"labels": {}, "hostNetwork": false, "minReadySeconds": 0, "args": [], "x": null});
        assert!(is_subset(&desired, &json!({})));
        assert!(!is_subset(&json!({"automountServiceAccountToken": false}), &json!({})));
    }

    #[test]
    fn owner_references_are_told_apart_by_uid() {
        let owned = |uids: &[&str]| json!({"ownerReferences": uids.iter().map(|u| json!({"uid": u})).collect::<Vec<_>>()});
        assert!(is_subset(&owned(&["b"]), &owned(&["a", "b"])));
        assert!(!is_subset(&owned(&["c"]), &owned(&["a", "b"])));
    }
}
