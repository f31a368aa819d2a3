use super::*;
use crate::placement::node::{Effect, MIB, Resources, Taint};
use crate::placement::query;
use crate::placement::selector::Selector;
use crate::placement::task::{Constraint, Field, Port, Protocol, Resource, Strategy, Toleration};
use crate::placement::{Operator, Requirement};

fn node(name: &str, zone: &str, cpu: u32, mebibytes: u32) -> Node {
    Node {
        name: name.into(),
        labels: [("topology.kubernetes.io/zone".to_owned(), zone.to_owned())].into(),
        ready: true,
        allocatable: Resources { cpu, memory: mebibytes * MIB, gpu: 0, pods: 110 },
        ..Node::default()
    }
}

fn engine(nodes: impl IntoIterator<Item = Node>) -> Engine {
    let mut engine = Engine::new(1);
    nodes.into_iter().for_each(|node| engine.set_node(node));
    engine
}

fn demand(cpu: u32, mebibytes: u32) -> Demand {
    Demand { cpu, memory: mebibytes * MIB, ..Demand::default() }
}

fn web() -> Group {
    Group::new("prod", "service:web")
}

fn class(mebibytes: u32, strategies: &[Strategy]) -> Class {
    Class { strategies: strategies.to_vec(), ..Class::new(web(), demand(0, mebibytes)) }
}

fn by_zone() -> Strategy {
    Strategy::Spread(Field::Attribute("ecs.availability-zone".to_owned()))
}

const BY_MEMORY: Strategy = Strategy::Binpack(Resource::Memory);

fn member_of(expression: &str) -> Constraint {
    Constraint::MemberOf(query::parse(expression).unwrap())
}

fn placed(engine: &mut Engine, class: ClassId, times: u128) -> Vec<String> {
    (0..times).filter_map(|uid| engine.place(class, Uid(1000 + uid)).map(|name| name.to_string())).collect()
}

#[test]
fn strategies_decide_one_after_the_other() {
    // The example of the developer guide: spread over zones, then pack by memory.
    let mut engine = engine([node("a1", "a", 0, 1500), node("a2", "a", 0, 4000), node("b1", "b", 0, 3000)]);
    engine.set_task("first", "a1", Some(&web()), &demand(0, 500));
    let class = engine.class(class(500, &[by_zone(), BY_MEMORY]));
    assert_eq!(placed(&mut engine, class, 4), ["b1", "a1", "b1", "a1"]);
}

#[test]
fn a_service_without_strategies_is_spread_over_zones_and_then_instances() {
    let mut engine = engine([node("a1", "a", 0, 9000), node("a2", "a", 0, 9000), node("b1", "b", 0, 9000)]);
    let class = engine.class(class(1, &[]));
    assert_eq!(placed(&mut engine, class, 6), ["a1", "b1", "a2", "b1", "a1", "b1"]);
}

#[test]
fn a_group_sees_its_own_cluster_only() {
    let mut engine = engine([node("a", "a", 0, 9000), node("b", "b", 0, 9000)]);
    engine.set_task("other", "a", Some(&Group::new("test", "service:web")), &demand(0, 1));
    let own = Class { constraints: vec![Constraint::DistinctInstance], ..class(1, &[]) };
    let own = engine.class(own);
    assert_eq!(placed(&mut engine, own, 3), ["a", "b"]);
    let with_web =
        Class { constraints: vec![member_of("task:group == service:web")], ..class(1, &[BY_MEMORY]) };
    let with_web = engine.class(with_web);
    engine.remove_task(Uid(1000));
    assert_eq!(engine.decide(with_web, "next").as_deref(), Some("b"));
}

#[test]
fn equal_nodes_are_taken_in_the_order_in_which_they_became_known() {
    let mut engine = engine([node("b", "z", 0, 100), node("a", "z", 0, 100)]);
    let class = engine.class(class(1, &[BY_MEMORY]));
    assert_eq!(engine.decide(class, "t").as_deref(), Some("b"));
    engine.set_node(node("b", "z", 0, 100));
    assert_eq!(engine.decide(class, "t").as_deref(), Some("b"));
    engine.remove_node("b");
    engine.set_node(node("b", "z", 0, 100));
    assert_eq!(engine.decide(class, "t").as_deref(), Some("a"));
}

#[test]
fn a_restarted_engine_has_the_same_order() {
    let mut old = node("old", "z", 0, 100);
    old.registered = jiff::Timestamp::from_second(1).ok();
    let mut young = node("first-by-name", "z", 0, 100);
    young.registered = jiff::Timestamp::from_second(2).ok();
    let engine = Engine::with_nodes(1, [young, old]);
    let names: Vec<_> = engine.nodes().map(|node| node.name.to_string()).collect();
    assert_eq!(names, ["old", "first-by-name"]);
}

#[test]
fn many_nodes_at_once_are_as_if_the_oldest_had_come_first() {
    let mut engine = engine([]);
    let pack = engine.class(class(50, &[by_zone(), BY_MEMORY]));
    let of_b = Class {
        constraints: vec![member_of("attribute:ecs.availability-zone == b")],
        ..class(50, &[BY_MEMORY])
    };
    let of_b = engine.class(of_b);
    engine.set_task("t", "b", Some(&web()), &demand(0, 60));
    let mark = engine.mark();
    let long =
        |number: u32, zone: &str| node(&format!("a-name-with-a-long-beginning-{number}"), zone, 0, 100);
    let old = node("old", "a", 0, 100);
    let mut young = node("again", "b", 0, 100);
    young.registered = jiff::Timestamp::from_second(2).ok();
    // The one of two that comes last is what counts.
    engine.set_nodes([
        young,
        node("b", "b", 0, 200),
        long(2, "b"),
        old,
        long(1, "a"),
        node("b", "a", 0, 100),
    ]);
    let names: Vec<_> = engine.nodes().map(|node| node.name.to_string()).collect();
    let [first, second] = [1, 2].map(|number| format!("a-name-with-a-long-beginning-{number}"));
    assert_eq!(names, [&*first, &*second, "b", "old", "again"]);
    assert_eq!(engine.free("b").map(|free| free.memory), Some(40 * MIB), "its task has waited for it");
    assert_eq!(engine.decide(of_b, "u").as_deref(), Some(&*second));
    // In zone a is a task already; where both have as many, what is fuller is filled up.
    assert_eq!(placed(&mut engine, pack, 4), [&*second, &*second, &*first, &*first]);
    engine.undo(&mark);
    assert_eq!((engine.nodes().count(), engine.decide(pack, "u")), (0, None));
}

#[test]
fn an_explanation_holds_until_something_changes() {
    let mut engine = engine([node("a", "a", 0, 10)]);
    let class = engine.class(class(50, &[]));
    let text = |engine: &mut Engine, uid: &str| engine.explain(class, uid).to_string();
    let first = text(&mut engine, "t");
    assert_eq!(
        (first.as_str(), text(&mut engine, "u")),
        ("0/1 nodes: 1 too little memory (needs 50 MiB, most free 10 on a)", first.clone())
    );
    engine.set_task("x", "a", None, &demand(0, 5));
    assert!(text(&mut engine, "t").contains("most free 5 on a"));
    engine.set_node(node("a", "a", 0, 100));
    assert_eq!(text(&mut engine, "t"), "a, of 1/1 nodes that can take it");
}

#[test]
fn a_task_may_be_known_before_its_node() {
    let mut engine = engine([]);
    engine.set_task("t", "a", Some(&web()), &demand(0, 60));
    engine.set_node(node("a", "z", 0, 100));
    let class = engine.class(class(50, &[]));
    assert_eq!(engine.decide(class, "u"), None);
    engine.remove_node("a");
    engine.set_node(node("a", "z", 0, 100));
    assert_eq!(engine.decide(class, "u"), None);
    assert_eq!(engine.node_of("t").as_deref(), Some("a"));
    engine.remove_task("t");
    assert_eq!(engine.decide(class, "u").as_deref(), Some("a"));
}

#[test]
fn what_does_not_fit_is_explained_on_one_line() {
    let mut full = node("ip-1", "a", 4000, 1536);
    full.labels.insert("attribute.ecs-bridge.dev/gpu".to_owned(), "yes".to_owned());
    let mut nodes = vec![full, node("ip-2", "a", 4000, 1024), node("ip-3", "b", 4000, 8192)];
    nodes.push(Node { unschedulable: true, ..node("ip-4", "b", 4000, 8192) });
    nodes.push(Node { ready: false, ..node("ip-5", "b", 4000, 8192) });
    let taint = Taint { key: "team".to_owned(), value: "ml".to_owned(), effect: Effect::NoSchedule };
    nodes.push(Node { taints: vec![taint], ..node("ip-6", "b", 4000, 8192) });
    let mut engine = engine(nodes);
    let expression = "attribute:ecs.availability-zone in [a, b] and attribute:gpu exists";
    let class = Class { constraints: vec![member_of(expression)], ..class(2048, &[]) };
    let class = engine.class(class);
    assert_eq!(
        engine.explain(class, "t").to_string(),
        "0/6 nodes: 2 too little memory (needs 2048 MiB, most free 1536 on ip-1), 1 not memberOf attribute:gpu exists \
         (term 2 of 2), 1 cordoned, 1 not ready, 1 with taint team=ml:NoSchedule that is not tolerated"
    );
}

#[test]
fn what_fits_is_explained_by_strategies() {
    let mut engine = engine([
        node("a1", "a", 0, 1500),
        node("a2", "a", 0, 4000),
        node("b1", "b", 0, 3000),
        node("b2", "b", 0, 4000),
        node("b3", "b", 0, 3000),
        node("c1", "c", 0, 100),
    ]);
    engine.set_task("first", "a1", Some(&web()), &demand(0, 500));
    let class = engine.class(class(500, &[by_zone(), BY_MEMORY]));
    assert_eq!(
        engine.explain(class, "t").to_string(),
        "b1, of 5/6 nodes that can take it: 2 after spread attribute:ecs.availability-zone (the next has 1 task, the \
         chosen one 0), 1 too little memory (needs 500 MiB, most free 100 on c1), 1 after binpack memory (the next has \
         4000 MiB left, the chosen one 3000), 1 equal, and known for a shorter time"
    );
}

#[test]
fn every_rule_has_a_reason_of_its_own() {
    let web_port = Port { number: 80, protocol: Protocol::Tcp };
    let requirement =
        Requirement { key: "tier".to_owned(), operator: Operator::In, values: vec!["web".to_owned()] };
    let with = |change: &dyn Fn(&mut Class)| {
        let mut class = class(1, &[]);
        change(&mut class);
        class
    };
    for (class, reason) in [
        (with(&|class| class.demand.cpu = 2000), "1 too little CPU (needs 2000m, most free 1000m on a)"),
        (with(&|class| class.demand.gpu = 1), "1 too few GPUs (needs 1, most free 0 on a)"),
        (with(&|class| class.demand.ports = vec![web_port]), "1 with port 80/tcp in use"),
        (
            with(&|class| class.selectors = vec![Selector::all(vec![requirement.clone()])]),
            "1 not selected by the pod (tier In [web])",
        ),
        (
            with(&|class| class.constraints = vec![Constraint::DistinctInstance]),
            "1 with a task of service:web (distinctInstance)",
        ),
        (
            with(&|class| class.constraints = vec![member_of("not(task:group == service:web)")]),
            "1 not memberOf not(task:group == service:web)",
        ),
    ] {
        let mut engine = engine([node("a", "z", 1000, 100)]);
        engine.set_task("t", "a", Some(&web()), &Demand { ports: vec![web_port], ..demand(0, 1) });
        let id = engine.class(class);
        assert_eq!(engine.decide(id, "u"), None);
        assert_eq!(engine.explain(id, "u").to_string(), format!("0/1 nodes: {reason}"));
    }
    let mut closed = engine([node("a", "z", 1000, 100)]);
    closed.set_task("t", "a", None, &Demand { apart: vec![web()], ..demand(0, 1) });
    let id = closed.class(class(1, &[]));
    assert_eq!(closed.decide(id, "u"), None);
    assert_eq!(closed.explain(id, "u").to_string(), "0/1 nodes: 1 with a task that keeps service:web off");
    let mut engine =
        engine([Node { allocatable: Resources { pods: 0, ..Resources::default() }, ..node("a", "z", 0, 0) }]);
    let id = engine.class(self::class(0, &[]));
    assert_eq!(engine.explain(id, "u").to_string(), "0/1 nodes: 1 without room for another pod");
}

#[test]
fn an_attribute_of_two_labels_is_read_from_both() {
    let windows = |name: &str, build: &str| {
        let mut node = node(name, "a", 0, 100);
        node.labels.insert("kubernetes.io/os".to_owned(), "windows".to_owned());
        node.labels.insert("node.kubernetes.io/windows-build".to_owned(), build.to_owned());
        node
    };
    let mut engine = engine([windows("2019", "10.0.17763"), windows("2022", "10.0.20348")]);
    let expression = "attribute:ecs.os-family == WINDOWS_SERVER_2022_CORE";
    let of = Class { constraints: vec![member_of(expression)], ..class(1, &[]) };
    let of = engine.class(of);
    assert_eq!(engine.decide(of, "t").as_deref(), Some("2022"));
    engine.set_node(windows("2022", "10.0.17763"));
    assert_eq!(engine.decide(of, "t"), None);
}

#[test]
fn what_was_tried_can_be_taken_back() {
    let mut engine = engine([node("a", "z", 0, 100), node("b", "z", 0, 100)]);
    let class = engine.class(class(60, &[BY_MEMORY]));
    assert_eq!(placed(&mut engine, class, 1), ["a"]);
    let mark = engine.mark();
    engine.remove_node("a");
    engine.set_node(node("c", "z", 0, 100));
    assert_eq!(placed(&mut engine, class, 3), ["b", "c"]);
    engine.undo(&mark);
    assert_eq!(engine.nodes().map(|node| node.name.to_string()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(engine.decide(class, "next").as_deref(), Some("b"));
    assert_eq!(engine.free("a").map(|free| free.memory), Some(40 * MIB));
    let mark = engine.mark();
    engine.place(class, "kept");
    engine.keep(&mark);
    assert_eq!(engine.node_of("kept").as_deref(), Some("b"));
}

#[test]
fn scaling_in_keeps_the_intent_of_the_strategies() {
    let mut engine = engine([node("a", "a", 0, 1000), node("b", "b", 0, 1000), node("b2", "b", 0, 1000)]);
    for (uid, node, mebibytes) in [(1, "a", 900), (2, "b", 100), (3, "b2", 100), (4, "b2", 300)] {
        engine.set_task(Uid(uid), node, Some(&web()), &demand(0, mebibytes));
    }
    let spread = engine.class(class(1, &[]));
    assert!(matches!(engine.stop(spread, |_| true), Some(Uid(3 | 4))));
    assert_eq!(engine.stop(spread, |uid| uid == Uid(1)), Some(Uid(1)));
    // b has 900 MiB left: without its task it is empty.
    let pack = engine.class(class(1, &[BY_MEMORY]));
    assert!(matches!(engine.stop(pack, |_| true), Some(Uid(1 | 2))));
    engine.set_node(Node { unschedulable: true, ..node("b2", "b", 0, 1000) });
    assert_eq!(engine.stop(pack, |_| true), Some(Uid(4)));
    assert_eq!(engine.stop(pack, |_| false), None);
}

#[test]
fn a_large_group_is_scaled_in_to_nothing_evenly() {
    // Whoever walks the group for each of its tasks does not come to the end of this.
    let zones = ["a", "b", "c"];
    let mut engine = engine((0..900).map(|i| node(&format!("n{i}"), zones[i % 3], 0, 1000)));
    for i in 0..1800 {
        engine.set_task(Uid(i), &format!("n{}", i % 900), Some(&web()), &demand(0, 1));
    }
    let class = engine.class(class(1, &[]));
    let mut left = [600_usize; 3];
    while let Some(uid) = engine.stop(class, |_| true) {
        left[usize::try_from(uid.0).unwrap() % 3] -= 1;
        assert!(engine.remove_task(uid));
        assert!(left.iter().max().unwrap() - left.iter().min().unwrap() <= 1, "{left:?}");
    }
    assert_eq!(left, [0; 3]);
}

#[test]
fn a_daemon_has_one_task_on_every_instance_that_its_constraints_select() {
    let mut engine = engine([node("a", "a", 0, 1000), node("b", "b", 0, 1000), node("full", "a", 0, 1)]);
    engine.set_node(Node { unschedulable: true, ..node("cordoned", "a", 0, 1000) });
    let mut class = class(10, &[]);
    class.constraints.push(member_of("attribute:ecs.availability-zone == a"));
    let id = engine.class(class.clone());
    engine.set_task("on-b", "b", Some(&web()), &demand(0, 10));
    let Daemon { start, stop, short } = engine.daemon(id);
    assert_eq!((start, stop), (vec!["a".into()], vec!["on-b".into()]));
    let short: Vec<String> = short.iter().map(|(node, why)| format!("{node}: {why}")).collect();
    assert_eq!(short, ["full: too little memory (needs 10 MiB, most free 1 on full)"]);
    class.tolerations.push(Toleration { key: None, value: None, effect: None });
    let id = engine.class(class);
    engine.set_task("on-a", "a", Some(&web()), &demand(0, 10));
    assert_eq!(engine.daemon(id).start, ["cordoned".into()]);
}

#[test]
fn indexes_stay_within_their_budget() {
    let mut engine = engine((0..500).map(|i| node(&format!("n{i}"), "a", 1000, 1000 + i)));
    engine.set_mode(Mode::Index);
    engine.set_budget(6_000);
    // A draw needs to know all nodes that are equal.
    let strategies = [BY_MEMORY, Strategy::Random];
    let classes: Vec<_> = (1..9).map(|i| engine.class(class(i, &strategies))).collect();
    for uid in 0..100 {
        engine.place(classes[uid % classes.len()], Uid(uid as u128));
    }
    let memory = engine.memory();
    assert!((1..3).contains(&memory.indexed), "{memory:?}");
    engine.set_budget(0);
    assert_eq!(engine.memory().indexed, 0);
    assert!(engine.place(classes[0], "more").is_some());
}

#[test]
fn classes_that_nobody_asks_for_make_way_and_decisions_stay_the_same() {
    let nodes = || (0..300).map(|i| node(&format!("n{i:03}"), ["a", "b"][i as usize % 2], 1000, 500 + i));
    let (mut bounded, mut all) = (engine(nodes()), engine(nodes()));
    bounded.set_most_classes(3);
    for engine in [&mut bounded, &mut all] {
        engine.set_mode(Mode::Index);
    }
    for turn in 0..60 {
        // One that is asked for again and again, and those of deployments that are over soon.
        for mebibytes in [7, 10 + turn, 10 + turn / 2] {
            let strategies = [[BY_MEMORY, by_zone()], [by_zone(), BY_MEMORY]][turn as usize % 2].clone();
            let class = class(mebibytes, &strategies[..usize::from(mebibytes > 7) + 1]);
            let (few, many) = (bounded.class(class.clone()), all.class(class));
            let uid = Uid(u128::from(turn) * 1000 + u128::from(mebibytes));
            assert_eq!(bounded.place(few, uid), all.place(many, uid));
        }
        let kept = bounded.class(class(7, &[BY_MEMORY]));
        assert_eq!(bounded.class_of(kept).demand, demand(0, 7));
    }
    assert_eq!(bounded.classes.len(), 3);
    assert!(all.classes.len() > 60, "{}", all.classes.len());
    assert_eq!(bounded.known.values().map(Vec::len).sum::<usize>(), 3);
    let indexes = bounded.classes.iter().filter_map(|class| class.index.as_ref());
    assert_eq!(bounded.taken, indexes.map(Index::bytes).sum::<usize>());
}

#[test]
fn slots_of_nodes_that_left_are_given_back() {
    let mut engine = engine([]);
    let class = engine.class(class(1, &[]));
    for i in 0..2_000 {
        engine.set_node(node(&format!("n{i}"), "a", 1000, 1000));
        assert_eq!(engine.place(class, Uid(i)).as_deref(), Some(&*format!("n{i}")));
        engine.remove_node(&format!("n{i}"));
    }
    assert!(engine.table.slots() < 200, "{}", engine.table.slots());
}
