use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// An instance as a test writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) attributes: BTreeMap<String, String>,
    id: Option<String>,
    version: Option<String>,
    registered: Option<Timestamp>,
    pub(crate) groups: Vec<String>,
}

impl Instance for Sample {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
    fn instance_id(&self) -> Option<&str> {
        self.id.as_deref()
    }
    fn agent_version(&self) -> Option<&str> {
        self.version.as_deref()
    }
    fn registered_at(&self) -> Option<Timestamp> {
        self.registered
    }
    fn running_tasks(&self) -> i64 {
        self.groups.len().try_into().unwrap()
    }
    fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str)
    }
}

fn sample() -> Sample {
    let attributes = [
        ("ecs.instance-type", "t2.small"),
        ("ecs.availability-zone", "us-east-1a"),
        ("stack", "prod"),
        ("cores", "8"),
        ("threads", "16"),
        ("release", "7.6"),
        ("gpu", ""),
    ];
    Sample {
        attributes: attributes.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        id: Some("i-abcd1234".into()),
        version: Some("1.14.5".into()),
        registered: Some("2018-06-18T22:28:28Z".parse().unwrap()),
        groups: vec!["service:production".into(), "service:web".into()],
    }
}

fn selects(expression: &str) -> bool {
    parse(expression).unwrap_or_else(|e| panic!("{expression}: {e}\n{}", e.caret())).evaluate(&sample())
}

#[test]
fn documented_expressions_select_what_the_documentation_says() {
    for (expression, expected) in [
        ("attribute:ecs.instance-type == t2.small", true),
        ("attribute:ecs.instance-type =~ t2.*", true),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", true),
        ("attribute:ecs.availability-zone not_in [us-east-1d]", true),
        ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", false),
        (
            "(attribute:ecs.instance-type =~ g3.* or attribute:ecs.instance-type =~ t2.*) and \
             attribute:ecs.availability-zone == us-east-1a",
            true,
        ),
        ("task:group == service:production", true),
        ("not(task:group == database)", true),
        ("task:group == service:none or task:group == service:web", true),
        ("runningTasksCount == 1", false),
        ("runningTasksCount < 3 && agentConnected == true", true),
        ("agentVersion < 1.14.5", false),
        ("agentVersion < 1.100.0", true),
        ("agentVersion greater_than_equal 1.14.5", true),
        ("registeredAt < 2018-02-13", false),
        ("registeredAt >= 2018-06-18T22:28:28+00:00", true),
        ("registeredAt > 2018-06-18T22:28:28", false),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", true),
        ("attribute:stack exists", true),
        ("attribute:ecs.capability.external !exists", true),
        ("attribute:stack != prod", false),
        ("!(attribute:stack == prod)", false),
        ("attribute:ecs.ami-id !~ ami-0bad.*", false),
        ("attribute:stack in [prod] and not(task:group == family:batch)", true),
        ("attribute:gpu exists", true),
    ] {
        assert_eq!(selects(expression), expected, "{expression}");
    }
}

#[test]
fn all_that_asks_for_a_value_is_false_without_one() {
    for test in ["== a", "!= a", "> 1", "< 1", ">= 1", "<= 1", "in [a]", "!in [a]", "=~ .*", "!~ a", "exists"]
    {
        assert!(!selects(&format!("attribute:none {test}")), "{test}");
        assert!(selects(&format!("not(attribute:none {test})")), "not {test}");
    }
    assert!(selects("attribute:none !exists"));
    let nobody = Sample::default();
    for test in ["ec2InstanceId != i-1", "registeredAt != 2018-01-01", "task:group == a", "task:group =~ .*"]
    {
        assert!(!parse(test).unwrap().evaluate(&nobody), "{test}");
    }
    assert!(parse("task:group != a and task:group !in [a] and task:group !~ a").unwrap().evaluate(&nobody));
}

#[test]
fn a_node_without_an_agent_counts_as_newer_than_any() {
    let node = Sample::default();
    for (expression, expected) in
        [("agentVersion >= 1.68.0", true), ("agentVersion < 9999", false), ("agentVersion != 1", true)]
    {
        assert_eq!(parse(expression).unwrap().evaluate(&node), expected, "{expression}");
    }
}

#[test]
fn a_pattern_matches_the_whole_value_whatever_its_parentheses() {
    for (pattern, expected) in [
        ("t2", false),
        ("t2.*", true),
        ("'t(2|3)\\..*'", true),
        ("'(t|t2).small'", true),
        ("'t|t2.small'", true),
        ("'small|t2'", false),
        ("t[23].[a-z]{5,5}", true),
        ("(?i)T2.*", false),
        ("'(?x) t2 .* # small ones'", true),
        ("'(?x) t3 .* # small ones'", false),
    ] {
        let quoted = if pattern.starts_with('(') { format!("'{pattern}'") } else { pattern.to_owned() };
        let found = selects(&format!("attribute:ecs.instance-type =~ {quoted}"));
        assert_eq!(found, expected || pattern.starts_with("(?i)"), "{pattern}");
    }
}

#[test]
fn numbers_compare_as_numbers_and_texts_as_texts() {
    for (expression, expected) in [
        ("attribute:cores > 16", false),
        ("attribute:cores <= 8", true),
        ("attribute:cores > 7.5", true),
        ("attribute:threads > 7.5", true),
        ("attribute:threads <= 7.5", false),
        ("attribute:release > 7.50", true),
        ("attribute:release < 16.0", true),
        ("attribute:release > 7", false),
        ("attribute:stack > 7.5", false),
        ("attribute:stack < 7.5", false),
        ("attribute:threads > 1.2.3", true),
        ("attribute:stack > 5", false),
        ("attribute:stack < 5", false),
        ("attribute:stack > prob", true),
        ("attribute:cores == 08", false),
    ] {
        assert_eq!(selects(expression), expected, "{expression}");
    }
}

#[test]
fn and_binds_closer_than_or_and_signs_need_no_space() {
    let same = |a: &str, b: &str| assert_eq!(parse(a).unwrap(), parse(b).unwrap(), "{a}");
    same(
        "attribute:a==b||attribute:c==d&&attribute:e==f",
        "attribute:a == b or (attribute:c == d and attribute:e == f)",
    );
    same("!attribute:a==b", "not(attribute:a equals b)");
    same("(attribute:a in[b])and(attribute:c not_exists)", "attribute:a IN ['b'] AND attribute:c !exists");
    same("((attribute:a == \"it's\"))", "attribute:a == \"it's\"");
    assert_ne!(parse("attribute:a == b").unwrap(), parse("attribute:a == B").unwrap());
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    for (expression, position, message) in [
        ("", 0, "is missing"),
        ("attribute:a = b", 12, "equality is \"==\""),
        ("attribute:a", 11, "an operator"),
        ("attribute: == b", 10, "the name of an attribute"),
        ("attributes:a == b", 0, "a subject (attribute:NAME"),
        ("attribute:a == b attribute:c == d", 17, "\"and\", \"or\" or the end"),
        ("attribute:a == b)", 16, "\"and\", \"or\" or the end"),
        ("(attribute:a == b", 17, "\")\" is missing"),
        ("attribute:a == 'b", 15, "a quote is not closed"),
        ("attribute:a in b", 15, "a list such as [a, b]"),
        ("attribute:a in [b, ]", 19, "a value"),
        ("attribute:a in [b c]", 18, "\",\" or \"]\""),
        ("attribute:a =~ (b|c)", 15, "in quotes"),
        ("attribute:a =~ 'b(?!c)'", 15, "look-ahead is not supported"),
        ("attribute:a =~ 'b++'", 15, "possessive"),
        ("attribute:a =~ '(b)\\1'", 15, "back-references"),
        ("attribute:a =~ '[a-z--b]'", 15, "-- in a character class"),
        ("attribute:a =~ '[a~~b]'", 15, "~~ in a character class"),
        ("attribute:a =~ '[[:alpha:]]'", 15, "[: in a character class"),
        ("attribute:a =~ 'b)|(c'", 15, "unopened group"),
        ("attribute:a =~ '((a{999}){999}){999}'", 15, "repeats too much"),
        ("agentVersion in [1]", 13, "cannot be compared by \"in\""),
        ("agentConnected > true", 15, "cannot be compared"),
        ("agentVersion > new", 15, "not a version"),
        ("runningTasksCount < few", 20, "not a whole number"),
        ("registeredAt < yesterday", 15, "not a time"),
        ("ec2InstanceId exists", 14, "cannot be compared by \"exists\""),
        ("attribute:ä == b", 10, "the name of an attribute"),
        ("attribute:a == ä or b", 20, "a subject"),
    ] {
        let error = parse(expression).expect_err(expression);
        assert_eq!(error.position, position, "{expression}: {error}");
        assert!(error.message.contains(message), "{expression}: {error}");
    }
    let error = parse("attribute:a = b").unwrap_err();
    assert_eq!(error.caret(), "attribute:a = b\n            ^");
    let error = parse(&format!("{} = b and {}", "attribute:a".repeat(9), "x".repeat(99))).unwrap_err();
    let caret = error.caret();
    let lines: Vec<&str> = caret.lines().collect();
    assert_eq!(lines[0].chars().nth(lines[1].chars().count() - 1), Some(':'), "{caret}");
    assert!(lines[0].chars().count() < 90, "{caret}");
}

#[test]
fn length_and_depth_have_limits_and_the_stack_is_not_one() {
    for nested in ["(", "!", "not ", "!(", "(attribute:a == b or ", "(attribute:a == b and !("] {
        let error = read(&nested.repeat(100_000)).unwrap_err();
        assert!(error.message.contains("lie in each other"), "{nested}: {error}");
        assert!(parse(&nested.repeat(MAX_LENGTH / nested.len())).is_err(), "{nested}");
    }
    let long = format!("attribute:a == {}", "b".repeat(MAX_LENGTH - 15));
    assert!(parse(&long).is_ok());
    assert_eq!(parse(&format!("{long}b")).unwrap_err().position, MAX_LENGTH);
    assert!(read(&format!("{long}b")).is_ok());
    let deep = format!("{}attribute:a == b", "!".repeat(MAX_DEPTH));
    assert!(read(&read(&deep).unwrap().to_string()).is_ok());
    assert!(parse(&format!("!{deep}")).is_err());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.:-]{1,6}", "[ -&(-~]{0,6}", "[a-z']{1,4}"]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let attribute = prop_oneof![
        Just("ecs.instance-type".to_owned()),
        Just("stack".to_owned()),
        "[a-z]{1,3}(\\.[a-z]{1,2})?"
    ];
    let relation = prop_oneof![
        Just(Relation::Equal),
        Just(Relation::NotEqual),
        Just(Relation::Greater),
        Just(Relation::GreaterEqual),
        Just(Relation::Less),
        Just(Relation::LessEqual),
    ];
    let pattern =
        prop_oneof!["[a-z]{1,3}\\.\\*", "\\([a-z]\\|[a-z]{1,2}\\)\\+", "\\[a-z\\]\\{1,3\\}", "[a-z' ]{0,4}"];
    let test = prop_oneof![
        (relation.clone(), text()).prop_map(|(r, v)| Test::Relation(r, Value::Text(v))),
        (relation.clone(), 0..20i64).prop_map(|(r, v)| Test::Relation(r, Value::Text(v.to_string()))),
        (any::<bool>(), prop::collection::vec(text(), 1..4))
            .prop_map(|(not, values)| Test::Among { not, values }),
        (any::<bool>(), pattern)
            .prop_map(|(not, text)| Test::Matches { not, pattern: Pattern::new(&text).unwrap() }),
        any::<bool>().prop_map(|not| Test::Exists { not }),
    ];
    let typed = prop_oneof![
        (-3..9i64).prop_map(|n| (Subject::RunningTasksCount, Value::Number(n))),
        "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}"
            .prop_map(|v| (Subject::AgentVersion, Value::Version(Version::parse(&v).unwrap()))),
        (-1_000_000_000..4_000_000_000i64)
            .prop_map(|s| (Subject::RegisteredAt, Value::Time(Timestamp::from_second(s).unwrap()))),
    ];
    prop_oneof![
        4 => (attribute, test).prop_map(|(name, test)| Comparison { subject: Subject::Attribute(name), test }),
        1 => (relation, typed).prop_map(|(relation, (subject, value))| Comparison {
            subject,
            test: Test::Relation(relation, value),
        }),
        1 => (any::<bool>(), prop::collection::vec("service:[a-c]", 1..3))
            .prop_map(|(not, values)| Comparison { subject: Subject::TaskGroup, test: Test::Among { not, values } }),
    ]
}

/// Any expression but those that nobody can write.
pub(crate) fn expression() -> impl Strategy<Value = Expression> {
    comparison().prop_map(Expression::Comparison).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|one| Expression::Not(Box::new(one))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_expression(x in expression()) {
        let printed = x.to_string();
        prop_assert_eq!(read(&printed).map_err(|e| format!("{printed}: {e}")), Ok(x));
    }

    #[test]
    fn no_text_panics_and_every_error_points_into_it(
        text in prop_oneof![
            ".{0,80}",
            "(attribute:|task:group|[a-z.]{1,3}| |==|!=|!|in|\\[|\\]|,|'|\"|not|and|or|\\(|\\)|=~|\\*|\\+|\\\\|é){0,30}",
        ]
    ) {
        match parse(&text) {
            Ok(x) => prop_assert_eq!(read(&x.to_string()), Ok(x)),
            Err(error) => {
                prop_assert!(error.position <= text.chars().count());
                prop_assert!(error.caret().ends_with('^'));
            }
        }
    }
}
