//! How fast definitions are imported and rendered: the library on all cores, the real process end to end, and the
//! start of a process. A figure is only printed for a run whose result was right.
//!
//! `make bench` runs it; `cargo bench --bench translation -- library` measures a part.

#![allow(clippy::expect_used, reason = "a bench that cannot measure has to end")]

#[path = "support/fleet.rs"]
mod fleet;
#[path = "support/measure.rs"]
mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use ecs_bridge::cli::in_memory::{self, Made, Source};

/// Services, each with a task definition of its own: 10,000 files.
const PAIRS: usize = 5_000;
const FILES: usize = 2 * PAIRS;
/// How often a process is started for the median of its start.
const STARTS: usize = 50;
/// Files per second on two cores that are ours alone.
const GOAL_FILES: f64 = 20_000.0;
/// Milliseconds from start to end.
const GOAL_START: f64 = 5.0;
/// The binary's own, so that the library is measured as the binary runs it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
const BINARY: &str = env!("CARGO_BIN_EXE_ecs-bridge");

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let fleet = fleet::files(0..PAIRS);
    library(&mut criterion, &fleet);
    let directory = Directory::new(&fleet);
    processes(&mut criterion, &directory);
    criterion.final_summary();
    // `cargo test --benches` only asks whether all of it works.
    if std::env::args().any(|argument| argument == "--bench") {
        report(&directory);
    }
}

/// Import and render of files in memory, on all cores, as the commands do it.
fn library(criterion: &mut Criterion, fleet: &[fleet::File]) {
    let sources: Vec<Source> = fleet
        .iter()
        .map(|file| Source::in_memory(file.name.clone(), file.text.clone().into_bytes()))
        .collect();
    let mut group = criterion.benchmark_group("library");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(10));
    group.throughput(Throughput::Elements(FILES as u64));
    group.bench_function(BenchmarkId::new("import", FILES), |bencher| {
        bencher.iter_with_large_drop(|| check_import(in_memory::import(&sources).expect("import")));
    });
    group.bench_function(BenchmarkId::new("render", FILES), |bencher| {
        bencher.iter_with_large_drop(|| check_render(in_memory::render(&sources).expect("render")));
    });
    group.finish();
}

fn check_import(made: Made) -> Made {
    assert_eq!(made.manifests.len(), FILES, "one custom resource for each definition");
    check_findings(&made);
    made
}

fn check_render(made: Made) -> Made {
    let deployments = made.manifests.iter().filter(|yaml| yaml.contains("\nkind: Deployment\n")).count();
    assert_eq!(deployments, PAIRS, "one Deployment for each service");
    check_findings(&made);
    made
}

fn check_findings(made: &Made) {
    let error = made.findings.iter().find(|finding| finding.is_error());
    assert!(error.is_none(), "the fleet is legal: {error:?}");
}

/// The fleet as files, removed at the end.
struct Directory {
    root: PathBuf,
}

impl Directory {
    fn new(fleet: &[fleet::File]) -> Self {
        let root = std::env::temp_dir().join(format!("ecs-bridge-bench-{}", std::process::id()));
        let directory = Self { root };
        fs::create_dir_all(directory.input()).expect("a temporary directory");
        for file in fleet {
            fs::write(directory.input().join(&file.name), &file.text).expect("a file");
        }
        directory
    }

    fn input(&self) -> PathBuf {
        self.root.join("in")
    }

    fn output(&self) -> PathBuf {
        self.root.join("out")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.root));
    }
}

/// The release binary on files, from start to end.
fn processes(criterion: &mut Criterion, directory: &Directory) {
    let mut group = criterion.benchmark_group("process");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(15));
    group.throughput(Throughput::Elements(FILES as u64));
    group.bench_function(BenchmarkId::new("import", FILES), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| import(directory)).sum());
    });
    group.bench_function(BenchmarkId::new("render", FILES), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| render(directory)).sum());
    });
    group.finish();
}

/// `ecs-bridge import DIR -o OUT` into a directory that does not exist yet.
fn import(directory: &Directory) -> Duration {
    let output = directory.output();
    let mut command = Command::new(BINARY);
    command.arg("import").arg(directory.input()).arg("-o").arg(&output);
    let took = timed(&mut command);
    let written = fs::read_dir(&output).expect("output").count();
    assert_eq!(written, FILES, "one file for each definition");
    fs::remove_dir_all(&output).expect("output");
    took
}

/// `ecs-bridge render DIR > FILE`.
fn render(directory: &Directory) -> Duration {
    let output = directory.root.join("objects.yaml");
    let mut command = Command::new(BINARY);
    command.arg("render").arg(directory.input()).stdout(fs::File::create(&output).expect("a file"));
    let took = timed(&mut command);
    let yaml = fs::read_to_string(&output).expect("output");
    assert_eq!(yaml.matches("\nkind: Deployment\n").count(), PAIRS, "one Deployment for each service");
    took
}

/// Runs a command that has to succeed.
fn timed(command: &mut Command) -> Duration {
    let began = Instant::now();
    let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status().expect("the binary");
    let took = began.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    took
}

/// Median of starting a process and waiting for its end.
fn start(arguments: &[&Path]) -> f64 {
    let mut times: Vec<f64> = (0..STARTS)
        .map(|_| timed(Command::new(BINARY).args(arguments).stdout(Stdio::null())).as_secs_f64() * 1e3)
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Goals and figures, and what the machine was doing meanwhile.
fn report(directory: &Directory) {
    println!("\n{}", measure::machine());
    println!("{:<44} {:>14} {:>14}", "", "goal", "measured");
    for (group, what) in [("library", "in memory"), ("process", "process, files to files")] {
        for verb in ["import", "render"] {
            let measured = measure::estimate(&format!("{group}/{verb}/{FILES}"))
                .map_or("not measured".to_owned(), |seconds| format!("{:.0}", FILES as f64 / seconds));
            println!("{:<44} {GOAL_FILES:>14.0} {measured:>14}", format!("{verb}, {what}: files/s"));
        }
    }
    let cores = measure::cores();
    for (verb, run) in [("import", import as fn(&Directory) -> Duration), ("render", render)] {
        let processor = measure::children(|| run(directory));
        println!(
            "{:<44} {GOAL_FILES:>14.0} {:>14.0}",
            format!("{verb}, process: files/s if {cores} cores were idle"),
            FILES as f64 / processor * cores as f64
        );
    }
    let small = fs::read_dir(directory.input()).expect("input").flatten().next().expect("a file").path();
    let starts: [(&str, Vec<&Path>); 2] = [
        ("start: --version, ms", vec![Path::new("--version")]),
        ("start: import of one file, ms", vec![Path::new("import"), &small]),
    ];
    for (what, arguments) in starts {
        println!("{what:<44} {GOAL_START:>14.1} {:>14.1}", start(&arguments));
    }
}
