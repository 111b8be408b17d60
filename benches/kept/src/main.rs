//! The persistence of a chain of steps, by typed-pipeliner and by its peers.
//!
//! `cargo bench -p kept-peers` prints a section of the page of measurements, and with `-- --write`
//! writes it. `PYTHON` names the interpreter of the contenders in Python. Compare within the table,
//! not between machines; nothing here is a gate.
//!
//! A contender does the work of its user in a process of its own: it opens its place for values,
//! runs the chain once for each key, and reports how long that took and how many steps it executed.
//! A process that runs the keys anew executes all steps, and one that runs them again none.

mod chain;
mod contenders;
#[allow(dead_code, reason = "the tests of the shelf use all of it")]
#[path = "../../../crates/postgres/tests/postgres/server.rs"]
mod server;

use benches::{Section, argument, only_arguments};
use chain::{Run, STEPS};
use contenders::{CONTENDER, CONTENDERS, Contender, Needs, python};
use server::{PASSWORD, Server, skipped};
use std::io::{BufRead as _, BufReader};
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How often the contenders take turns, so that noise meets all of them.
const TURNS: u64 = 3;

/// The legend: a paragraph each, in lines of the page.
const LEGEND: &[&str] = &[
    "A chain of 24 steps, each with a text of 1 kB that is made from the one before. *A step*: its part\n\
     of a new run. *Again*: the whole of a run under the same key in another process, which executes\n\
     nothing. *Process*: the same, from the start of that process on. The least of several runs.",
    "*Safe from*: a step that has ended is still there after this. *Power failure*: it was synced to the\n\
     disk. *Kill*: it was written, whole or not at all, and the operating system syncs it some time. –:\n\
     a file is written in its place, so a kill may leave a part of it. No contender begins a step before\n\
     the one before is written, so none writes several at once.",
    "pipeliner writes an entry for each step, and again it compares the records of all. joblib has a\n\
     folder for each call, and again it reads each value. pipefunc has a file for each step, and again it\n\
     reads each, or with its cache the last one alone. duroxide has a history, which it reads and replays\n\
     for each step. A step goes through two queues in four transactions, of a SQLite that syncs at\n\
     checkpoints alone; and by default idle queues are looked at each 100 ms. dbos inserts a row for each\n\
     step, in a transaction that is synced. Again, the last two read the row of the run.",
];

/// The least times of a contender.
struct Times {
    /// The runs that executed all steps.
    new: Duration,
    /// The runs that executed none.
    again: Duration,
    /// The processes with a run that executed none.
    process: Duration,
}

/// Starts a process that runs the chain for keys, and returns its runs, and the time to the result
/// of the first.
fn start(contender: &Contender, place: &str, keys: &Range<u64>) -> (Vec<Run>, Duration) {
    let begin = Instant::now();
    let mut child = contender.command(place, keys).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut runs, mut first) = (Vec::new(), None);
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        if let Some(run) = Run::from_line(line.trim_end()) {
            first.get_or_insert_with(|| begin.elapsed());
            runs.push(run);
        }
        line.clear();
    }
    let status = child.wait().unwrap();
    assert!(status.success(), "{}: {status}", contender.name);
    assert_eq!(runs.len() as u64, keys.end - keys.start, "{}", contender.name);
    (runs, first.unwrap())
}

/// The least time of runs, each of which executed a number of steps.
fn least(contender: &Contender, runs: &[Run], executed: u32) -> Duration {
    let of_others = runs.iter().find(|run| run.executed != executed);
    assert!(of_others.is_none(), "{}: {of_others:?} in place of {executed} steps", contender.name);
    runs.iter().map(|run| run.time).min().unwrap()
}
impl Times {
    /// Before the first turn.
    const MAX: Times = Times { new: Duration::MAX, again: Duration::MAX, process: Duration::MAX };

    /// Measures a contender with new keys, and takes the lesser times.
    fn measure(&mut self, contender: &Contender, place: &str, turn: u64) {
        let keys = turn * contender.keys..(turn + 1) * contender.keys;
        let (new, _) = start(contender, place, &keys);
        let (again, process) = start(contender, place, &keys);
        self.new = self.new.min(least(contender, &new, STEPS));
        self.again = self.again.min(least(contender, &again, 0));
        self.process = self.process.min(process);
    }
}

/// The versions of Python and its libraries, if they are there.
fn python_versions() -> Option<String> {
    let versions = "import joblib, pipefunc, platform; print(f'Python {platform.python_version()}, joblib \
                    {joblib.__version__}, pipefunc {pipefunc.__version__}')";
    let output = python().args(["-c", versions]).stderr(Stdio::null()).output().ok();
    let output = output.filter(|output| output.status.success());
    if output.is_none() {
        skipped("joblib and pipefunc", "`PYTHON` has none of them (`pip install joblib pipefunc`)");
    }
    Some(String::from_utf8_lossy(&output?.stdout).trim().into())
}

/// A server that syncs, on the disk of the other places.
fn server(folder: &Path) -> Option<Server> {
    let disk = |path: &Path| path.metadata().unwrap().dev();
    if disk(&std::env::temp_dir()) != disk(folder) {
        skipped("PostgreSQL", "the folder for temporary files is on another disk than `target` (set `TMPDIR`)");
        return None;
    }
    Server::start(&[])
}

/// A duration in units, with a number of decimals.
fn units(time: Duration, of: Duration, decimals: usize) -> String {
    format!("{:.decimals$}", time.as_secs_f64() / of.as_secs_f64())
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [CONTENDER, arguments @ ..] = &*arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        return contenders::run(arguments);
    }
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--write"]);
    let mut section = Section::new("Kept steps, and peers", "cargo bench -p kept-peers");
    for paragraph in LEGEND {
        section.paragraph(paragraph);
    }
    // On the disk of the repository: the folder for temporary files may be in memory.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let python = python_versions();
    let server = server(folder.path());
    let place = |contender: &Contender| match contender.needs {
        Needs::Python if python.is_none() => None,
        Needs::Folder | Needs::Python => {
            let place = TempDir::new_in(folder.path()).unwrap().keep();
            Some(place.to_str().expect("the repository has a path in UTF-8").to_owned())
        }
        Needs::Postgres => server.as_ref().map(|server| {
            let database = server.new_database();
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/{database}", server.port())
        }),
    };
    let places = CONTENDERS.each_ref().map(place);
    let mut times = CONTENDERS.each_ref().map(|_| Times::MAX);
    for turn in 0..TURNS {
        for ((contender, place), times) in CONTENDERS.iter().zip(&places).zip(&mut times) {
            if let Some(place) = place {
                times.measure(contender, place, turn);
            }
        }
    }
    section.table("", ["safe from", "a step, µs", "again, ms", "process, ms"]);
    let (us, ms) = (Duration::from_micros(1), Duration::from_millis(1));
    for ((contender, place), times) in CONTENDERS.iter().zip(&places).zip(times) {
        let cells = match place {
            Some(_) => [units(times.new / STEPS, us, 0), units(times.again, ms, 2), units(times.process, ms, 0)],
            None => ["not run"; 3].map(str::to_owned),
        };
        let [new, again, process] = cells;
        section.row(contender.name, [contender.safe_from.to_owned(), new, again, process]);
    }
    let postgres = server.map(|server| {
        let version: String = server.client("postgres").query_one("show server_version", &[]).unwrap().get(0);
        format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default())
    });
    let versions: Vec<_> = ["duroxide 0.1, dbos 0.5".into()].into_iter().chain(python).chain(postgres).collect();
    section.paragraph(&format!("{}.", versions.join(", ")));
    section.finish();
}
