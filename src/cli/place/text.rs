//! The answer as tables, with a bar for each node.

use std::collections::BTreeMap;

use super::picture::{Move, Part, Picture, Service, Stage};
use crate::cli::output::number;
use crate::placement::what_if;

/// Characters of a bar.
const BAR: u64 = 10;
/// Most nodes of the table; programs get all of them.
const MOST: usize = 60;

pub(super) fn picture(picture: &Picture) -> String {
    let mut text = String::new();
    for (i, stage) in picture.stages.iter().enumerate() {
        text.push_str(&stage_text(stage, i == 0));
    }
    if picture.services.is_empty() {
        text.push_str("There is nothing to place: no service was given, or none that can be run.\n\n");
    } else {
        text.push_str(&services(picture));
    }
    text.push_str(&zones(picture));
    text.push_str(&nodes(picture));
    if !picture.services.is_empty() {
        text.push_str(&notes(picture));
    }
    text
}

/// What happened. Of the beginning only what was explained, failed or ends what runs: the rest is in the tables.
fn stage_text(stage: &Stage, first: bool) -> String {
    let told = stage.moves.iter().filter(|step| !first || step.why.is_some() || step.stopped);
    let lines: String = told.map(move_text).collect();
    if first && lines.is_empty() {
        return String::new();
    }
    let mut text = if first { String::new() } else { format!("{}:\n", stage.what) };
    text.push_str(&lines);
    if stage.others > 0 {
        text.push_str(&format!(
            "  {} of others, and where they go is not looked at.\n",
            number(stage.others, "pod")
        ));
    }
    if !first && stage.moves.is_empty() && stage.others == 0 {
        text.push_str("  Nothing changes.\n");
    }
    text.push('\n');
    text
}

fn move_text(step: &Move) -> String {
    let why = step.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
    let task = match step.tasks {
        1 => step.task.clone(),
        tasks => format!("{} and {} more", step.task, tasks - 1),
    };
    let mut text = match (&step.from, &step.to) {
        (Some(from), _) if step.stopped => format!("  {task} on {from} stops\n"),
        (Some(from), Some(_)) => format!("  {task} from {from} to {}\n", landing(step)),
        (None, Some(_)) => format!("  {task} to {}\n", landing(step)),
        (_, None) => match &step.only {
            Some(node) => format!("  {task} not on {node}{why}\n"),
            None => format!("  {task} nowhere{why}\n"),
        },
    };
    for remedy in &step.remedies {
        text.push_str(&format!("    - {remedy}\n"));
    }
    text
}

/// Where a task goes; an explanation begins with that.
fn landing(step: &Move) -> &str {
    step.why.as_deref().or(step.to.as_deref()).unwrap_or_default()
}

fn services(picture: &Picture) -> String {
    let mut rows = vec![
        ["SERVICE", "TASKS", "WAITING", "ROOM FOR", "STRATEGY", "DECIDED BY"].map(str::to_owned).to_vec(),
    ];
    for service in &picture.services {
        let Service { desired, placed, room, .. } = service;
        let waiting = usize::try_from(*desired).unwrap_or(usize::MAX).saturating_sub(*placed);
        // All of its tasks are where there are no nodes to show.
        let gone = *desired == 0 && service.tasks_elsewhere > 0;
        let more = match *room {
            _ if service.daemon || gone => "-".to_owned(),
            what_if::MOST.. => format!("{}+ more", what_if::MOST),
            room => format!("{room} more"),
        };
        let strategy =
            if service.daemon { "one on every node".to_owned() } else { service.strategies.join(", ") };
        let decides = match (service.elsewhere.is_empty(), gone) {
            (true, _) => service.decides.to_owned(),
            (_, true) => "EKS Fargate".to_owned(),
            (_, false) => format!("{}, EKS Fargate", service.decides),
        };
        let waiting = if gone { "-".to_owned() } else { waiting.to_string() };
        rows.push(vec![service.name.clone(), placed.to_string(), waiting, more, strategy, decides]);
    }
    table(&rows)
}

/// What the nodes of a zone have together.
#[derive(Default)]
struct Zone<'a> {
    nodes: usize,
    cpu: Part,
    memory: Part,
    tasks: BTreeMap<&'a str, usize>,
}

fn zones(picture: &Picture) -> String {
    let mut zones: BTreeMap<&str, Zone<'_>> = BTreeMap::new();
    for node in &picture.nodes {
        let zone = zones.entry(&node.zone).or_default();
        zone.nodes += 1;
        zone.cpu = zone.cpu.plus(node.cpu);
        zone.memory = zone.memory.plus(node.memory);
        for (service, count) in &node.tasks {
            *zone.tasks.entry(service).or_default() += count;
        }
    }
    let names: Vec<&str> = picture.services.iter().map(|service| service.name.as_str()).collect();
    let head = ["ZONE", "NODES", "CPU", "MEMORY"].into_iter().chain(names.iter().copied());
    let mut rows = vec![head.map(str::to_owned).collect::<Vec<_>>()];
    let mut all = Zone::default();
    for (name, zone) in &zones {
        all.nodes += zone.nodes;
        all.cpu = all.cpu.plus(zone.cpu);
        all.memory = all.memory.plus(zone.memory);
        let name = if name.is_empty() { "-" } else { name };
        let own = names.iter().map(|name| zone.tasks.get(name).copied().unwrap_or_default().to_string());
        let fixed = [name.to_owned(), zone.nodes.to_string(), percent(zone.cpu), percent(zone.memory)];
        rows.push(fixed.into_iter().chain(own).collect());
    }
    if zones.len() > 1 {
        let of = |name: &&str| zones.values().filter_map(|zone| zone.tasks.get(name)).sum::<usize>();
        let own = names.iter().map(|name| of(name).to_string());
        let fixed = ["all".to_owned(), all.nodes.to_string(), percent(all.cpu), percent(all.memory)];
        rows.push(fixed.into_iter().chain(own).collect());
    }
    table(&rows)
}

fn nodes(picture: &Picture) -> String {
    let gpus = picture.nodes.iter().any(|node| node.gpu.of > 0);
    let column = gpus.then_some("GPUS");
    let head = ["NODE", "ZONE", "CPU", "MEMORY"].into_iter().chain(column).chain(["PODS", "TASKS"]);
    let mut rows = vec![head.map(str::to_owned).collect::<Vec<_>>()];
    for node in picture.nodes.iter().take(MOST) {
        let tasks: Vec<String> =
            node.tasks.iter().map(|(service, count)| format!("{service} {count}")).collect();
        let zone = if node.zone.is_empty() { "-".to_owned() } else { node.zone.clone() };
        let count = |part: Part| format!("{}/{}", part.taken, part.of);
        let fixed = [node.name.clone(), zone, bar(node.cpu), bar(node.memory)];
        let gpus = gpus.then(|| count(node.gpu));
        rows.push(fixed.into_iter().chain(gpus).chain([count(node.pods), tasks.join(", ")]).collect());
    }
    let mut text = table(&rows);
    let more = picture.nodes.len().saturating_sub(MOST);
    if more > 0 {
        text.pop();
        text.push_str(&format!("… and {}: --format json has them all.\n\n", number(more, "more node")));
    }
    text
}

fn notes(picture: &Picture) -> String {
    let elsewhere = picture.services.iter().filter(|service| service.tasks_elsewhere > 0);
    let elsewhere: String = elsewhere
        .map(|service| {
            let tasks = usize::try_from(service.tasks_elsewhere).unwrap_or(usize::MAX);
            format!(
                "{} of {} on EKS Fargate ({}), where there are no nodes to show.\n",
                number(tasks, "task"),
                service.name,
                service.elsewhere.join(", ")
            )
        })
        .collect();
    let native =
        picture.services.iter().any(|service| service.decides == "kube-scheduler" && !service.daemon);
    let mut text = if picture.waiting == 0 {
        let when = if picture.has_waited() { "In the end every" } else { "Every" };
        format!("{when} task has a node.\n")
    } else {
        let waiting = usize::try_from(picture.waiting).unwrap_or(usize::MAX);
        let enough = picture.enough.as_ref().map(|more| {
            let nodes = usize::try_from(more.nodes).unwrap_or(usize::MAX);
            format!(" {} like {} would be enough.", number(nodes, "more node"), more.like)
        });
        format!("{} without a node.{}\n", number(waiting, "task"), enough.unwrap_or_default())
    };
    text.push_str(&elsewhere);
    if native {
        text.push_str(
            "Shown is ECS's choice. Where several nodes can take a task kube-scheduler may choose otherwise: it weighs \
             preferences, and does not pack. kubernetes.placement: Exact leaves the choice to the operator.\n",
        );
    }
    text
}

fn percent(part: Part) -> String {
    format!("{} %", part.percent())
}

/// How full: only what is full has a full bar, and only what is empty an empty one.
fn bar(part: Part) -> String {
    let filled = (part.taken * BAR).checked_div(part.of).unwrap_or(0).min(BAR);
    let filled = if filled == 0 && part.taken > 0 { 1 } else { filled };
    let signs = |count: u64, sign: &str| (0..count).map(|_| sign).collect::<String>();
    format!("{}{} {:>3} %", signs(filled, "█"), signs(BAR - filled, "░"), part.percent())
}

/// Rows under each other, columns as wide as they need; an empty line at the end.
fn table(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (i, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(i) {
                Some(known) => *known = width.max(*known),
                None => widths.push(width),
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let gap = width.saturating_sub(cell.chars().count());
            line.push_str(&format!("{cell}{}  ", " ".repeat(gap)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text + "\n"
}
