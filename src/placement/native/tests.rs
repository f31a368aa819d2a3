use proptest::prelude::*;

use super::*;
use crate::placement::membership::{self, Facts};
use crate::placement::query::{self, parse};
use crate::placement::{Operator, Requirement};

const TYPE: &str = "node.kubernetes.io/instance-type";
const STACK: &str = "attribute.ecs-bridge.dev/stack";

fn compiled(expressions: &[&str]) -> (Native, Vec<Note>) {
    let mut native = Native::default();
    let mut notes = Vec::new();
    for expression in expressions {
        notes.extend(native.add(&parse(expression).unwrap(), Rest::Labels));
    }
    (native, notes)
}

fn shown(terms: &[Term]) -> String {
    let one = |r: &Requirement| {
        format!("{} {} {}", r.key, r.operator.as_str(), r.values.join(",")).trim_end().to_owned()
    };
    let term = |term: &Term| term.iter().map(one).collect::<Vec<_>>().join("; ");
    terms.iter().map(term).collect::<Vec<_>>().join(" | ")
}

/// The labels that stand for expressions, in the place of what is hashed.
fn with_members(native: &Native) -> String {
    native.memberships.iter().fold(shown(&native.terms), |text, (key, expression)| {
        text.replace(&format!("{key} In true"), &format!("<{expression}>"))
    })
}

#[test]
fn what_labels_hold_is_said_with_them() {
    for (expression, expected) in [
        ("attribute:ecs.instance-type == t3.micro", format!("{TYPE} In t3.micro")),
        (
            "attribute:ecs.availability-zone in [us-east-1b, 'us-east-1a']",
            "topology.kubernetes.io/zone In us-east-1a,us-east-1b".into(),
        ),
        (
            "attribute:ecs.cpu-architecture equals x86_64 and attribute:stack exists",
            format!("{STACK} Exists; kubernetes.io/arch In amd64"),
        ),
        ("attribute:stack != prod", format!("{STACK} Exists; {STACK} NotIn prod")),
        ("not(attribute:stack == prod)", format!("{STACK} NotIn prod")),
        (
            "attribute:stack !exists or attribute:stack != prod",
            format!("{STACK} Exists; {STACK} NotIn prod | {STACK} DoesNotExist"),
        ),
        ("not(attribute:stack != prod)", format!("{STACK} In prod | {STACK} DoesNotExist")),
        ("attribute:stack == a or attribute:stack == b", format!("{STACK} In a,b")),
        (
            "attribute:stack in [a, b, c] and attribute:stack !in [c, d] and attribute:stack exists",
            format!("{STACK} In a,b"),
        ),
        ("attribute:stack > 3 and attribute:stack <= 8", format!("{STACK} Gt 3; {STACK} Lt 9")),
        (
            "(attribute:stack == a or attribute:ecs.instance-type == b) and attribute:ecs.instance-type in [b, c]",
            format!("{STACK} In a; {TYPE} In b,c | {TYPE} In b"),
        ),
        (
            "attribute:stack exists or attribute:stack !exists and attribute:stack exists",
            format!("{STACK} Exists"),
        ),
        (
            "attribute:ecs.capability.task-eni exists and agentVersion >= 1.50 and agentConnected == true",
            String::new(),
        ),
    ] {
        let (native, notes) = compiled(&[expression]);
        assert_eq!(shown(&native.terms), expected, "{expression}");
        assert!(
            notes.iter().all(|n| matches!(n, Note::NeedsLabel(_) | Note::Assumed(_))),
            "{expression}: {notes:?}"
        );
    }
}

#[test]
fn what_they_do_not_hold_is_a_membership() {
    let small = "attribute:ecs.instance-type =~ t3.*";
    for (expression, expected) in [
        (small.to_owned(), format!("<{small}>")),
        (format!("not({small})"), format!("<not({small})>")),
        (
            "ec2InstanceId == i-1 or attribute:stack == a".into(),
            format!("{STACK} In a | <ec2InstanceId == i-1>"),
        ),
        ("registeredAt < 2018-02-13".into(), "<registeredAt < 2018-02-13T00:00:00Z>".into()),
        ("attribute:stack > b".into(), "<attribute:stack > b>".into()),
        ("attribute:stack > 7.5".into(), "<attribute:stack > 7.5>".into()),
        (
            "attribute:ecs.os-family != WINDOWS_SERVER_2022_CORE".into(),
            "<attribute:ecs.os-family != WINDOWS_SERVER_2022_CORE>".into(),
        ),
        ("attribute:stack >= 0".into(), "<attribute:stack >= 0>".into()),
        ("not(attribute:stack > 3)".into(), "<not(attribute:stack > 3)>".into()),
    ] {
        let (native, notes) = compiled(&[&expression]);
        assert_eq!(with_members(&native), expected, "{expression}");
        assert!(notes.iter().any(|note| matches!(note, Note::Membership(..))), "{notes:?}");
    }
    let mut native = Native::default();
    let notes = native.add(&parse(&format!("{small} and attribute:stack == a")).unwrap(), Rest::Operator);
    assert_eq!(shown(&native.terms), format!("{STACK} In a"));
    assert_eq!(notes, [Note::Held(small.into()), Note::NeedsLabel(STACK.into())]);
}

#[test]
fn a_version_of_windows_is_the_build_of_its_nodes() {
    let windows = "kubernetes.io/os In windows; node.kubernetes.io/windows-build";
    for (test, expected) in [
        ("== LINUX", "kubernetes.io/os In linux".to_owned()),
        ("== WINDOWS_SERVER_2019_CORE", format!("{windows} In 10.0.17763")),
        ("== WINDOWS_SERVER_2022_CORE", format!("{windows} In 10.0.20348")),
        ("== WINDOWS_SERVER_2025_CORE", format!("{windows} In 10.0.26100")),
        (
            "in [WINDOWS_SERVER_2022_CORE, LINUX, WINDOWS_SERVER_2025_CORE]",
            format!("kubernetes.io/os In linux | {windows} In 10.0.20348,10.0.26100"),
        ),
        ("== WINDOWS", format!("{windows} NotIn 10.0.17763,10.0.20348,10.0.26100")),
    ] {
        let (native, notes) = compiled(&[&format!("attribute:ecs.os-family {test}")]);
        assert_eq!((shown(&native.terms), notes), (expected, vec![]), "{test}");
    }
    let (_, notes) = compiled(&["attribute:ecs.os-family in [LINUX, WINDOWS_SERVER_2022_FULL]"]);
    assert!(matches!(notes.as_slice(), [Note::NoNode(why)] if why.contains("CORE")), "{notes:?}");
}

#[test]
fn constraints_have_to_be_met_together() {
    let (native, _) = compiled(&[
        "attribute:stack in [a, b] or attribute:ecs.instance-type == x",
        "attribute:stack in [b, c]",
    ]);
    assert_eq!(shown(&native.terms), format!("{STACK} In b | {STACK} In b,c; {TYPE} In x"));
    let (native, notes) = compiled(&["attribute:stack == a", "attribute:stack == b"]);
    assert_eq!(notes.last(), Some(&Note::Unsatisfiable("attribute:stack == b".into())));
    assert_eq!(shown(&native.terms), format!("{STACK} In a"));
    for never in
        ["agentConnected == false", "agentVersion < 1.14.5", "attribute:ecs.cpu-architecture == amd64"]
    {
        let (_, notes) = compiled(&[never]);
        assert!(matches!(notes.last(), Some(Note::Unsatisfiable(_))), "{never}: {notes:?}");
    }
}

#[test]
fn more_alternatives_than_a_pod_should_ask_for_are_one_membership() {
    let pair = |i: usize| format!("(attribute:a{i} == x or attribute:b{i} == y)");
    let all = |n: usize| (0..n).map(pair).collect::<Vec<_>>().join(" and ");
    let (native, notes) = compiled(&[&all(6)]);
    assert_eq!(native.terms.len(), 64);
    assert!(!notes.iter().any(|note| matches!(note, Note::TooLarge(_))));
    let (native, notes) = compiled(&[&all(7)]);
    assert_eq!((native.terms.len(), native.memberships.len()), (64, 1));
    assert!(notes.contains(&Note::TooLarge(parse(&pair(6)).unwrap().to_string())), "{notes:?}");
    let one =
        format!("not({})", (0..40).map(|i| format!("attribute:a{i} != x")).collect::<Vec<_>>().join(" or "));
    let (native, _) = compiled(&[&one]);
    assert_eq!((native.terms.len(), native.memberships.len()), (64, 1));
    let many: Vec<String> = (0..60).map(|i| format!("attribute:a{i} == x")).collect();
    let (native, notes) = compiled(&[&many.join(" and ")]);
    assert_eq!((native.terms.len(), native.terms[0].len(), native.memberships.len()), (1, 23, 1));
    assert!(!notes.iter().any(|note| matches!(note, Note::NotApplied(_))));
}

/// The longest expressions of these shapes that ECS takes.
fn longest(separator: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = part(0);
    for i in 1.. {
        let next = format!("{text}{separator}{}", part(i));
        if next.len() > query::MAX_LENGTH {
            break;
        }
        text = next;
    }
    text
}

#[test]
fn the_largest_constraints_cost_a_bounded_number_of_steps() {
    let pair = |i: usize| format!("(attribute:a{i}==x or attribute:b{i}==y)");
    let shapes = [
        longest(" and ", pair),
        longest(" or ", |i| format!("attribute:a{i}==x")),
        longest(" or ", |i| format!("attribute:a=={i}")),
        longest(" or ", |i| format!("(attribute:a{i}==x and attribute:b!={i})")),
        longest(" and ", |i| format!("attribute:a{i}!=x")),
        longest(" and ", |_| "(attribute:a==x or attribute:b==y)".to_owned()),
        longest(" or ", |i| {
            format!("({})", (0..5).map(|j| pair(10 * i + j)).collect::<Vec<_>>().join(" and "))
        }),
        longest(" and ", |i| format!("(attribute:a in [{i},x] or attribute:b in [{i},y])")),
        format!("not({})", longest(" or ", |i| format!("attribute:{i}!=x"))),
    ];
    for shape in &shapes {
        assert!(shape.len() > 1_900, "{shape}");
        let expression = query::read(shape).unwrap();
        let mut native = Native::default();
        let mut steps = 0;
        for _ in 0..10 {
            let mut work = Work::default();
            native.add_counted(&expression, Rest::Labels, &mut work);
            steps += work.steps;
        }
        assert!(steps < 1_100_000, "{steps} steps for ten of {shape}");
        assert!(native.terms.len() <= 64);
    }
}

#[test]
fn the_largest_constraints_together_cost_a_bounded_number_of_steps() {
    let all: Vec<String> = (0..10)
        .map(|k| longest(" and ", |i| format!("(attribute:a{k}x{i}==x or attribute:b{k}x{i}==y)")))
        .collect();
    let mut native = Native::default();
    let mut steps = 0;
    for text in &all {
        let mut work = Work::default();
        native.add_counted(&parse(text).unwrap(), Rest::Labels, &mut work);
        steps += work.steps;
    }
    assert!(steps < 300_000, "{steps}");
    assert_eq!(native.memberships.len(), 10, "what has no room is a label");
}

#[test]
fn other_tasks_are_affinity_to_their_pods() {
    let groups = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    let (native, notes) = compiled(&[
        "task:group == service:a or task:group in [service:b]",
        "not(task:group == service:c) and task:group !in [d]",
    ]);
    assert_eq!(native.near, [groups(&["service:a", "service:b"])]);
    assert_eq!(native.apart, groups(&["service:c", "d"]));
    assert_eq!(
        notes,
        [
            Note::BothWays("not(task:group == service:c)".into()),
            Note::NeedsPodLabel("ecs-bridge.dev/task-group".into(), "d".into()),
            Note::BothWays("task:group !in [d]".into()),
        ]
    );
    assert_eq!(
        pod_label("service:Web_1"),
        ("ecs-bridge.dev/service", crate::model::name::label("Web_1", 40))
    );
    for mixed in [
        "task:group == service:a or attribute:stack == b",
        "task:group =~ service:.*",
        "not(task:group == service:a and task:group == service:b)",
        "task:group == service:a or task:group == b",
        "task:group in [service:a, b]",
        "(task:group == service:a and attribute:stack == b) or attribute:stack == c",
    ] {
        let (native, notes) = compiled(&[mixed]);
        assert!(matches!(notes.last(), Some(Note::NotExpressible(..))), "{mixed}: {notes:?}");
        assert_eq!(native, Native::default(), "{mixed}");
        let notes = Native::default().add(&parse(mixed).unwrap(), Rest::Operator);
        assert!(matches!(notes.as_slice(), [Note::Held(_)]), "{mixed}: {notes:?}");
    }
}

#[test]
fn what_changes_with_every_task_is_left_out_and_told() {
    let (native, notes) = compiled(&["attribute:stack == a and runningTasksCount < 3"]);
    assert_eq!(shown(&native.terms), format!("{STACK} In a"));
    assert_eq!(notes.last(), Some(&Note::NotApplied("runningTasksCount < 3".into())));
}

/// kube-scheduler's required node affinity, from its documentation: terms are alternatives, an alternative without
/// requirements matches nothing, `Gt` and `Lt` compare whole numbers, `NotIn` matches without the label.
fn scheduler_selects(terms: &[Term], labels: &BTreeMap<String, String>) -> bool {
    if terms == [Vec::new()] {
        // Nothing is asked for: the pod has no affinity.
        return true;
    }
    let meets = |r: &Requirement| {
        let value = labels.get(&r.key);
        let number = |text: &String| text.parse::<i64>().ok();
        let compares = |is: fn(i64, i64) -> bool| {
            let pair = value.and_then(number).zip(r.values.first().and_then(number));
            pair.is_some_and(|(own, asked)| is(own, asked))
        };
        match r.operator {
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::In => value.is_some_and(|value| r.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !r.values.contains(value)),
            Operator::Gt => compares(|own, asked| own > asked),
            Operator::Lt => compares(|own, asked| own < asked),
        }
    };
    terms.iter().any(|term| !term.is_empty() && term.iter().all(meets))
}

/// What the API server asks of a requirement.
fn is_legal(r: &Requirement) -> bool {
    let count = match r.operator {
        Operator::Exists | Operator::DoesNotExist => r.values.is_empty(),
        Operator::In | Operator::NotIn => !r.values.is_empty(),
        Operator::Gt | Operator::Lt => r.values.len() == 1,
    };
    use crate::placement::attribute::{is_label_key, is_label_value};
    count && is_label_key(&r.key) && r.values.iter().all(|value| is_label_value(value))
}

/// Nodes and expressions that speak of the same few things.
fn node() -> impl Strategy<Value = Facts> {
    let label = |key: &str, values: &'static [&'static str]| {
        let key = key.to_owned();
        prop::option::of(prop::sample::select(values))
            .prop_map(move |value| value.map(|v| (key.clone(), v.to_owned())))
    };
    let labels = (
        label(TYPE, &["t3.micro", "t3.large", "m5.large"]),
        label("kubernetes.io/arch", &["amd64", "arm64"]),
        label("kubernetes.io/os", &["linux", "windows"]),
        label("node.kubernetes.io/windows-build", &["10.0.17763", "10.0.20348", "10.0.14393"]),
        label(STACK, &["prod", "test", "", "7", "08", "12", "a_b"]),
        label("attribute.ecs-bridge.dev/a.b", &["x", "3", "-"]),
    );
    (labels, prop::option::of("i-[ab]"), prop::option::of(0..4i64)).prop_map(
        |((a, b, c, d, e, f), instance_id, day)| Facts {
            labels: [a, b, c, d, e, f].into_iter().flatten().collect(),
            instance_id,
            registered: day.map(|day| jiff::Timestamp::from_second(day * 86_400).unwrap()),
        },
    )
}

fn expression() -> impl Strategy<Value = String> {
    let attribute = prop::sample::select(
        &[
            "ecs.instance-type",
            "ecs.cpu-architecture",
            "ecs.os-family",
            "ecs.os-type",
            "stack",
            "a/b",
            "ecs.capability.x",
            "ecs.capability.external",
            "-",
            "none",
        ][..],
    );
    let value = prop::sample::select(
        &[
            "t3.micro",
            "m5.large",
            "x86_64",
            "amd64",
            "arm64",
            "LINUX",
            "linux",
            "WINDOWS",
            "WINDOWS_SERVER_2019_CORE",
            "WINDOWS_SERVER_2022_CORE",
            "WINDOWS_SERVER_2022_FULL",
            "7.5",
            "prod",
            "x",
            "7",
            "8",
            "0",
            "-3",
            "'a b'",
            "''",
            "9223372036854775807",
        ][..],
    );
    let operator = prop::sample::select(&["==", "!=", ">", ">=", "<", "<="][..]);
    let list = prop::collection::vec(value.clone(), 1..4).prop_map(|all| all.join(", "));
    let one = prop_oneof![
        4 => (attribute.clone(), operator.clone(), value).prop_map(|(a, o, v)| format!("attribute:{a} {o} {v}")),
        2 => (attribute.clone(), any::<bool>(), list).prop_map(|(a, not, l)| format!("attribute:{a} {}in [{l}]", if not { "!" } else { "" })),
        1 => (attribute.clone(), any::<bool>()).prop_map(|(a, not)| format!("attribute:{a} {}exists", if not { "!" } else { "" })),
        1 => (attribute, any::<bool>(), prop::sample::select(&["t3.*", "'.*(o|6).*'", "[0-9]*"][..]))
            .prop_map(|(a, not, p)| format!("attribute:{a} {} {p}", if not { "!~" } else { "=~" })),
        1 => any::<bool>().prop_map(|not| format!("ec2InstanceId {}in [i-a]", if not { "!" } else { "" })),
        1 => operator.prop_map(|o| format!("registeredAt {o} 1970-01-03")),
        1 => Just("agentVersion > 1.2".to_owned()),
    ];
    one.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(|all| format!("({})", all.join(" and "))),
            prop::collection::vec(inner.clone(), 2..5).prop_map(|all| format!("({})", all.join(" or "))),
            inner.prop_map(|one| format!("not({one})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn affinity_selects_exactly_what_evaluation_selects(
        texts in prop::collection::vec(expression(), 1..3),
        nodes in prop::collection::vec(node(), 1..12),
    ) {
        let expressions: Vec<_> = texts.iter().map(|text| query::read(text).unwrap()).collect();
        let mut native = Native::default();
        let notes: Vec<_> = expressions.iter().flat_map(|e| native.add(e, Rest::Labels)).collect();
        prop_assert!(!notes.iter().any(|n| matches!(n, Note::NotApplied(_) | Note::NotExpressible(..) | Note::Held(_))));
        prop_assert!(native.terms.iter().flatten().all(is_legal), "{}", shown(&native.terms));
        prop_assert!(native.terms.len() <= 64 && native.terms.iter().all(|term| term.len() <= 32));
        let annotations = serde_json::json!({ "metadata": { "annotations": native.memberships } });
        let mut asked = BTreeMap::new();
        membership::asked([&annotations].into_iter(), &mut asked);
        let unsatisfiable = notes.iter().any(|note| matches!(note, Note::Unsatisfiable(_)));
        for mut node in nodes {
            for (key, value) in membership::changes(&node, &asked, true) {
                node.labels.insert(key, value.unwrap().to_owned());
            }
            let expected = expressions.iter().all(|e| e.evaluate(&node));
            if unsatisfiable {
                prop_assert!(!expected, "{texts:?} selects {node:?}");
            } else {
                let found = scheduler_selects(&native.terms, &node.labels);
                prop_assert_eq!(found, expected, "{:?}\n{}\n{:?}", texts, shown(&native.terms), node);
            }
        }
    }
}
