//! The example `nightly` goes on after `kill -9`, wherever that hits it.

#![cfg(feature = "journal")]

#[path = "../examples/nightly.rs"]
#[allow(dead_code, reason = "its `main` is for people")]
mod nightly;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use typed_pipeliner::Observer;
use typed_pipeliner::journal::Journal;
use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};

/// The environment variables of a process that executes the job: the folder, and the number of the
/// step at whose start it hangs.
const FOLDER: &str = "PIPELINER_TEST_FOLDER";
const HANGS_AT: &str = "PIPELINER_TEST_HANGS_AT";

/// The steps of the job: three of them are for files.
const STEPS: usize = 6;

/// Prints the events of the steps, and hangs at the start of one of them.
struct Printer {
    /// The number of steps that start before it.
    before: AtomicUsize,
}

impl Observer for Printer {
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let file = run.element().and_then(|element| element.key.as_deref()).unwrap_or_default();
        let print = |word: &str| println!("{word} {} {file}", event.name());
        match event.kind {
            _ if event.name() == "PerFile" => {}
            StepEventKind::Started => {
                print("started");
                if self.before.fetch_sub(1, Ordering::Relaxed) == 0 {
                    println!("hangs");
                    loop {
                        thread::park();
                    }
                }
            }
            StepEventKind::Restored => print("restored"),
            StepEventKind::Finished => print("finished"),
            _ => {}
        }
    }
}

/// Executes the job, in a process that may be killed.
fn execute(folder: &Path, hangs_at: usize) {
    let journal = Journal::open(folder.join("journal")).unwrap();
    let printer = Printer { before: AtomicUsize::new(hangs_at) };
    smol::block_on(nightly::attempt(&journal, folder, printer)).unwrap();
}

/// The steps of a process.
#[derive(Debug, Default)]
struct Steps {
    executed: BTreeSet<String>,
    finished: BTreeSet<String>,
}

/// Executes the job in a process of its own, which is killed when it hangs.
fn process(folder: &Path, hangs_at: Option<usize>) -> Steps {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "job_goes_on_after_a_kill_at_each_step", "--nocapture"]).stdout(Stdio::piped());
    command.env(FOLDER, folder).env(HANGS_AT, hangs_at.unwrap_or(usize::MAX).to_string());
    let mut child = command.spawn().unwrap();
    let (mut steps, mut is_killed) = (Steps::default(), false);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.split_once(' ') {
            Some(("started", step)) => _ = steps.executed.insert(step.to_owned()),
            Some(("restored", step)) => _ = steps.executed.remove(step),
            Some(("finished", step)) => _ = steps.finished.insert(step.to_owned()),
            None if line == "hangs" => {
                child.kill().unwrap();
                is_killed = true;
            }
            _ => {}
        }
    }
    assert_eq!(child.wait().unwrap().success(), !is_killed);
    assert_eq!(is_killed, hangs_at.is_some());
    steps
}

/// A folder with the files of a day, and the drive.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    nightly::make_files(folder.path()).unwrap();
    fs::create_dir(folder.path().join("share")).unwrap();
    folder
}

#[test]
fn job_goes_on_after_a_kill_at_each_step() {
    if let Some(folder) = env::var_os(FOLDER) {
        return execute(Path::new(&folder), env::var(HANGS_AT).unwrap().parse().unwrap());
    }
    let report = |folder: &Path| fs::read_to_string(folder.join("share/report.txt"));
    let whole = folder();
    let all = process(whole.path(), None).executed;
    assert_eq!(all.len(), STEPS);
    let expected = report(whole.path()).unwrap();

    for step in 0..STEPS {
        let folder = folder();
        let killed = process(folder.path(), Some(step));
        assert!(report(folder.path()).is_err(), "it is published at the end");
        assert_eq!(killed.executed.len(), step + 1);

        let next = process(folder.path(), None);
        assert_eq!(report(folder.path()).unwrap(), expected);
        let kept: BTreeSet<_> = killed.finished.iter().filter(|step| !step.starts_with("Write ")).cloned().collect();
        assert!(next.executed.is_disjoint(&kept), "{killed:?}, then {next:?}");
        assert!(next.executed.union(&killed.executed).eq(&all), "{killed:?}, then {next:?}");

        // Nothing is left to do.
        assert_eq!(process(folder.path(), None).executed, BTreeSet::new());
    }
}
