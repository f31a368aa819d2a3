//! How fast placement decides, against a plain scan of all nodes in the same run.
//!
//! A figure is the time from asking where a task goes until everything is up to date for the next one: decision, commit,
//! and the departure that makes room again. Every figure is backed by equal decisions: of the engine and the scan wherever
//! both are timed, and of the oracle of the tests, which knows all events and judges every timed decision up to 5,000
//! nodes, and a sample of them above. What only fills the nodes and warms up is neither timed nor judged.
//!
//! `make bench-placement` runs it. `ECS_BRIDGE_JUDGED` says how many decisions the oracle samples (1,000), and
//! `ECS_BRIDGE_SIZES` which sizes are run.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a bench that cannot measure has to end")]
#![allow(clippy::cast_precision_loss, reason = "figures for reading")]

mod adversaries;
mod load;
#[path = "../support/measure.rs"]
#[allow(dead_code, reason = "the other benches use the rest")]
mod measure;
#[path = "../../tests/placement/oracle.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod oracle;
mod race;
#[path = "../../tests/support/splitmix.rs"]
mod splitmix;
mod what_if;

use std::time::Instant;

use crate::load::{Random, Zipf};
use crate::race::{MIXED, Race, Slice, spread};

/// The binary's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CLASSES: u32 = 64;
const SLICES: usize = 20;

/// Goals for the ratio to the scan.
const GOALS: [(usize, Option<f64>); 4] =
    [(1_000, None), (5_000, Some(2.0)), (50_000, Some(15.0)), (1_000_000, Some(120.0))];

struct Figures {
    nodes: usize,
    engine: [f64; 3],
    scan: [f64; 3],
    ratio: [f64; 3],
    goal: Option<f64>,
    per_node: f64,
    per_layout: f64,
    per_class: f64,
    indexed: usize,
    fill: (u64, u64),
    judged: usize,
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn main() {
    // `cargo test --benches` only asks whether all of it works.
    if !std::env::args().any(|argument| argument == "--bench") {
        mixed(1_000, None, 1, 50);
        return;
    }
    println!("placement, {}", measure::machine());
    let sizes = setting("ECS_BRIDGE_SIZES", "1000,5000,50000,1000000");
    let judged: usize = setting("ECS_BRIDGE_JUDGED", "1000").parse().expect("a number");
    let figures: Vec<Figures> = GOALS
        .iter()
        .filter(|(nodes, _)| sizes.split(',').any(|size| size.parse() == Ok(*nodes)))
        .map(|&(nodes, goal)| mixed(nodes, goal, SLICES, judged))
        .collect();
    let adversaries = adversaries::run();
    let what_if = what_if::run();
    table(&figures, &adversaries, &what_if);
}

/// 64 classes at 95 %, as many departures as arrivals, a thousandth of them nodes that come and go.
fn mixed(nodes: usize, goal: Option<f64>, slices: usize, judged: usize) -> Figures {
    let start = Instant::now();
    let classes = load::classes(&mut Random(7), CLASSES as usize);
    let mut race = Race::new(11, nodes, true, classes);
    let zipf = Zipf::new(CLASSES);
    // Until it is full, and everything that pays has an index.
    let fill = (nodes / 4).clamp(4_000, 120_000);
    race.slice(&zipf, race::Churn { departures: false, ..MIXED }, fill, 0, 0);
    race.slice(&zipf, MIXED, 20_000, 0, 0);
    let whole = nodes <= 5_000;
    let (placements, scanned) = match nodes {
        ..=5_000 => (1_000, 1_000),
        5_001..=50_000 => (1_000, 200),
        _ => (2_000, 20),
    };
    let per_slice = if whole { placements } else { judged.div_ceil(slices) };
    let all: Vec<Slice> =
        (0..slices).map(|_| race.slice(&zipf, MIXED, placements, scanned, per_slice)).collect();
    let memory = race.memory();
    let per = |bytes: usize, count: usize| bytes as f64 / nodes as f64 / count.max(1) as f64;
    eprintln!("{nodes} nodes: {} of {CLASSES} classes indexed, {:?}", memory.indexed, start.elapsed());
    Figures {
        nodes,
        engine: spread(all.iter().map(|slice| slice.engine).collect()),
        scan: spread(all.iter().map(|slice| slice.scan).collect()),
        ratio: spread(all.iter().map(|slice| slice.scan / slice.engine).collect()),
        goal,
        per_node: per(memory.table, 1),
        per_layout: per(memory.layouts, 1),
        per_class: per(memory.classes, memory.indexed),
        indexed: memory.indexed,
        fill: race.fill(),
        judged: per_slice * slices,
    }
}

fn table(figures: &[Figures], adversaries: &[(&str, f64, f64, f64)], what_if: &[what_if::Figures; 2]) {
    let met = |is: bool| if is { "met" } else { "missed" };
    println!(
        "\n{:<46} {:>26} {:>26} {:>22}  goal",
        "64 classes, churn (min–median–max)", "engine ns", "scan ns", "ratio"
    );
    let three = |[a, b, c]: [f64; 3]| format!("{a:.0}–{b:.0}–{c:.0}");
    for f in figures {
        let name = format!("{} nodes, {} % CPU, {} % memory taken", f.nodes, f.fill.0, f.fill.1);
        let [low, middle, high] = f.ratio;
        let ratio = format!("{low:.1}–{middle:.1}–{high:.1}×");
        let goal = f.goal.map_or("–".to_owned(), |goal| format!("≥ {goal}× {}", met(middle >= goal)));
        println!("{name:<46} {:>26} {:>26} {ratio:>22}  {goal}", three(f.engine), three(f.scan));
    }
    for f in figures {
        let goal = met(f.per_node + f.per_layout <= 64.0 && f.per_class <= 9.0);
        println!(
            "{} nodes: {:.1} B per node, of which {:.1} for zones, without Node objects and the map of their names; {:.2} B \
             per node and class with an index, which {} of {CLASSES} have (≤ 64 and ≤ 9: {goal}); {} decisions judged by \
             the oracle",
            f.nodes,
            f.per_node + f.per_layout,
            f.per_layout,
            f.per_class,
            f.indexed,
            f.judged
        );
    }
    if let (Some(first), Some(last)) = (figures.first(), figures.last()) {
        let growth = last.engine[1] / first.engine[1];
        println!(
            "cost at {} nodes is {growth:.1}× that at {} (≤ 6×: {})",
            last.nodes,
            first.nodes,
            met(growth <= 6.0)
        );
    }
    println!(
        "\n{:<46} {:>26} {:>26} {:>22}  goal",
        "adversaries, 20,000 nodes (medians)", "engine ns", "scan ns", "engine / scan"
    );
    for (name, engine, scan, ratio) in adversaries {
        println!("{name:<46} {engine:>26.0} {scan:>26.0} {ratio:>21.2}×  ≤ 1.5× {}", met(*ratio <= 1.5));
    }
    println!("\nwhat if, 100,000 tasks on 50,000 nodes (medians)");
    for (name, f) in ["classes in turn", "service by service"].iter().zip(what_if) {
        println!(
            "{name:<20} {:.0} ms to deserialize, {:.0} ms for nodes, {:.0} ms for tasks: {:.2}× (≤ 1.25×: {})",
            f.read,
            f.nodes,
            f.tasks,
            f.ratio,
            met(f.ratio <= 1.25)
        );
    }
}
