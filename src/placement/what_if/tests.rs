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
    let child = Child { label: "none".into(), share: Share { base: 0, weight: 1 }, elsewhere: false, class };
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
    let steps = world.scale(0, 2);
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

fn daemon(name: &str, memory: u32) -> Service {
    Service { daemon: true, ..service(name, 0, memory) }
}

#[test]
fn daemons_have_their_room_before_all_others_and_say_where_they_have_none() {
    // The service comes first and would take all of it.
    let mut world = WhatIf::new(0, nodes(), vec![service("web", 5, 2000), daemon("log", 200)], false);
    world.running("other", "y", "b1", None, "", &Demand { memory: 4000 * MIB, ..Demand::default() });
    let steps = world.settle();
    assert_eq!(places(&world, 1), ["log-1 a1", "log-2 a2"]);
    assert_eq!((world.desired(1), places(&world, 0).len()), (3, 2));
    let short = steps.iter().find(|step| step.only.is_some()).unwrap();
    assert_eq!((short.service, short.only.as_deref()), (1, Some("b1")));
    let why = short.why.as_ref().unwrap().to_string();
    assert_eq!(why, "0/1 nodes: 1 too little memory (needs 200 MiB, most free 96 on b1)");
}

#[test]
fn a_daemon_leaves_nodes_that_it_does_not_select_and_goes_with_its_node() {
    let mut log = daemon("log", 100);
    let expression = crate::placement::query::parse("attribute:ecs.availability-zone == a").unwrap();
    log.children[0].class.constraints = vec![Constraint::MemberOf(expression)];
    let (group, demand) = (log.group.clone(), log.children[0].class.demand.clone());
    let mut world = WhatIf::new(0, nodes(), vec![log], false);
    world.running("log-x", "x", "b1", Some(&group), "none", &demand);
    assert_eq!(shown(&world.settle()), ["log-x*1 b1>-", "log-1*1 ->a1", "log-2*1 ->a2"]);
    assert_eq!(world.desired(0), 2);
    assert_eq!(shown(&world.drain("a1").0), ["log-1*1 a1>-"]);
    assert_eq!(world.desired(0), 1);
}

#[test]
fn what_scaling_in_frees_is_a_daemons_first() {
    let mut world = WhatIf::new(0, nodes(), vec![daemon("log", 200), service("web", 3, 4000)], false);
    let (group, demand) = {
        let (service, _) = world.services().nth(1).unwrap();
        (service.group.clone(), service.children[0].class.demand.clone())
    };
    for (uid, node) in [("x", "a1"), ("y", "a2"), ("z", "b1")] {
        world.running(uid, uid, node, Some(&group), "none", &demand);
    }
    let short = world.settle().iter().filter(|step| step.only.is_some()).count();
    assert_eq!((short, world.desired(0)), (3, 3));
    let steps = shown(&world.scale(1, 2));
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(steps[1].starts_with("log-1*1 ->"), "{steps:?}");
}

#[test]
fn tasks_of_eks_fargate_keep_their_part_and_have_no_node() {
    let mut web = service("web", 4, 1000);
    let fargate = Child {
        label: "fargate".into(),
        share: Share { base: 0, weight: 3 },
        elsewhere: true,
        ..web.children[0].clone()
    };
    web.children.insert(0, fargate);
    let mut world = WhatIf::new(0, nodes(), vec![web], false);
    assert_eq!(shown(&world.settle()), ["web-1*1 ->a1"]);
    assert_eq!((world.desired(0), world.room(0)), (1, 11));
}

#[test]
fn a_smaller_task_is_no_way_out_where_something_else_is_in_the_way() {
    let mut big = service("big", 1, 8000);
    let expression = crate::placement::query::parse("attribute:ecs.availability-zone == b").unwrap();
    big.children[0].class.constraints = vec![Constraint::MemberOf(expression)];
    let nodes = vec![node("a1", "a", 6000), node("b1", "b", 3000)];
    let steps = WhatIf::new(0, nodes, vec![big], false).settle();
    let remedies = steps[0].why.as_ref().unwrap().remedies();
    assert!(remedies[0].contains("3000 MiB at most: then b1 can take one"), "{remedies:?}");
}

#[test]
fn tasks_that_lose_their_node_and_find_no_other_are_one_step() {
    let mut world = WhatIf::new(0, nodes(), vec![service("web", 6, 2000), service("small", 1, 90)], false);
    world.settle();
    let steps = shown(&world.drain("a1").0);
    assert_eq!(steps, ["web-1*2 a1>-", "small-1*1 a1>a2"]);
}

#[test]
fn more_nodes_of_the_smallest_kind_that_would_do_are_counted() {
    let mut nodes = nodes();
    nodes.push(node("large", "b", 8192));
    nodes.push(Node { unschedulable: true, ..node("cordoned", "b", 100_000) });
    let mut world = WhatIf::new(0, nodes.clone(), vec![service("web", 12, 2000)], false);
    world.settle();
    // Ten fit: two on each of three nodes, four on the large one.
    assert_eq!(world.enough(), Some(Enough { nodes: 1, like: "a1".into() }));
    assert_eq!(world.nodes().count(), 5, "nothing was added by asking");
    let mut with_daemon = vec![daemon("log", 200), service("web", 12, 2000)];
    let mut world = WhatIf::new(0, nodes.clone(), with_daemon.clone(), false);
    world.settle();
    // One has room beside the daemon on the small ones, three on the large one.
    assert_eq!(world.enough(), Some(Enough { nodes: 2, like: "large".into() }));
    with_daemon[1].children[0].class.demand.memory = 9000 * MIB;
    let mut world = WhatIf::new(0, nodes, with_daemon, false);
    world.settle();
    assert_eq!(world.enough(), None);
}
