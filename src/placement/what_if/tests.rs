use super::*;
use crate::placement::attribute::ZONE;
use crate::placement::node::MIB;
use crate::placement::task::{Constraint, Resource, Strategy};

fn node(name: &str, zone: &str, memory: u32) -> Node {
    let labels = [(ZONE.to_owned(), zone.to_owned())].into();
    let allocatable = Resources { cpu: 8000, memory: memory * MIB, gpu: 0, pods: 110 };
    Node { name: name.into(), labels, ready: true, allocatable, ..Node::default() }
}

fn nodes() -> Vec<Node> {
    vec![node("a1", "a", 4096), node("a2", "a", 4096), node("b1", "b", 4096)]
}

fn service(name: &str, count: u32, memory: u32) -> Service {
    let group = Group::new("default", &format!("service:{name}"));
    let demand = Demand { cpu: 100, memory: memory * MIB, ..Demand::default() };
    let class = Class::new(group.clone(), demand);
    let child = Child { label: "none".into(), share: Share { base: 0, weight: 1 }, class };
    Service { group, name: name.into(), daemon: false, count, children: vec![child] }
}

fn places(world: &WhatIf, number: usize) -> Vec<String> {
    let (_, tasks) = world.services().nth(number).unwrap();
    tasks.iter().map(|task| format!("{} {}", task.name, task.node)).collect()
}

fn shown(steps: &[Step]) -> Vec<String> {
    let name = |node: &Option<Arc<str>>| node.as_deref().unwrap_or("-").to_owned();
    steps.iter().map(|s| format!("{}*{} {}>{}", s.task, s.tasks, name(&s.from), name(&s.to))).collect()
}

#[test]
fn services_come_one_after_the_other_and_what_runs_already_counts() {
    let mut packed = service("packed", 2, 1024);
    packed.children[0].class.strategies = vec![Strategy::Binpack(Resource::Memory)];
    let web = service("web", 3, 1024);
    let (group, demand) = (web.group.clone(), web.children[0].class.demand.clone());
    let mut world = WhatIf::new(0, nodes(), vec![web, packed], false);
    world.running("web-x", "x", "b1", Some(&group), "none", &demand);
    world.running("other", "y", "a2", None, "", &Demand { memory: 2048 * MIB, ..Demand::default() });
    let steps = world.settle();
    assert!(steps.iter().all(|step| step.why.is_none() && step.tasks == 1));
    assert_eq!(places(&world, 0), ["web-x b1", "web-1 a1", "web-2 a2"]);
    // The fullest node that has room.
    assert_eq!(places(&world, 1), ["packed-1 a2", "packed-2 a1"]);
    assert_eq!(world.room(0), 5);
    assert_eq!(world.room(0), 5, "nothing was placed by asking");
}

#[test]
fn tasks_without_a_node_are_one_step_with_a_reason_and_a_remedy() {
    let mut world = WhatIf::new(0, nodes(), vec![service("big", 5, 3000)], false);
    let steps = world.settle();
    assert_eq!(shown(&steps), ["big-1*1 ->a1", "big-2*1 ->b1", "big-3*1 ->a2", "big-4*2 ->-"]);
    let why = steps[3].why.clone().unwrap();
    assert!(why.to_string().starts_with("0/3 nodes: 3 too little memory"), "{why}");
    assert!(why.remedies()[0].contains("let the task need 1096 MiB at most"), "{:?}", why.remedies());
    assert_eq!(world.room(0), 0);
}

#[test]
fn a_drained_node_gives_its_tasks_to_the_others() {
    let mut one = service("one", 3, 100);
    one.children[0].class.constraints = vec![Constraint::DistinctInstance];
    let mut world = WhatIf::new(0, nodes(), vec![one], true);
    world.running("other", "y", "a1", None, "", &Demand::default());
    assert!(world.settle().iter().all(|step| step.why.is_some()), "explained");
    let (steps, others) = world.drain("a1");
    assert_eq!((shown(&steps), others), (vec!["one-1*1 a1>-".to_owned()], 1));
    assert!(steps[0].why.as_ref().unwrap().remedies()[0].contains("lower desiredCount"));
    let mut world = WhatIf::new(0, nodes(), vec![service("web", 3, 100)], false);
    world.settle();
    assert_eq!(shown(&world.drain("b1").0), ["web-2*1 b1>a1"]);
}

#[test]
fn fewer_tasks_keep_the_balance() {
    let mut world = WhatIf::new(0, nodes(), vec![service("web", 4, 100)], false);
    world.settle();
    let steps = world.scale(0, Some(2));
    assert!(steps.iter().all(|step| step.to.is_none() && step.why.is_none()));
    let zones: Vec<char> = places(&world, 0).iter().map(|place| place.chars().nth(6).unwrap()).collect();
    assert!(zones.contains(&'a') && zones.contains(&'b'), "{zones:?}");
}

#[test]
fn a_daemon_is_on_every_node_and_children_share_by_weight() {
    let mut daemon = service("log", 0, 100);
    daemon.daemon = true;
    let mut split = service("split", 4, 100);
    let second =
        Child { label: "spot".into(), share: Share { base: 0, weight: 3 }, ..split.children[0].clone() };
    split.children.push(second);
    let mut world = WhatIf::new(0, nodes(), vec![daemon, split], false);
    world.settle();
    assert_eq!(places(&world, 0).len(), 3);
    let (_, tasks) = world.services().nth(1).unwrap();
    assert_eq!(tasks.iter().filter(|task| task.child == 1).count(), 3);
}
