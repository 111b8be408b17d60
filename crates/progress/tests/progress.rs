//! The display in the terminal at each stage of a run.

#[path = "../../../tests/support/mod.rs"]
mod support;

use futures::FutureExt;
use indicatif::InMemoryTerm;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use support::{Gate, pipeline};
use typed_pipeliner::observe::{RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
use typed_pipeliner::{In, Observer, Out, Return, RunError, Scoped, Store, resource, run, step};
use typed_pipeliner_progress::Progress;

resource! {
    First: Gate;
    Second: Gate;
    Loaded: u8;
    Parsed: u8;
    Indexed: u8;
    Merged: u8;
}

#[step]
async fn load(first: In<'_, First>) -> Result<Out<Loaded>, String> {
    first.pass().await;
    Ok(1)
}

#[step]
async fn parse(second: In<'_, Second>) -> Result<Out<Parsed>, String> {
    second.pass().await;
    Err("line 3 is\nno line".to_owned())
}

#[step]
fn index(loaded: In<'_, Loaded>) -> Out<Indexed> {
    *loaded
}

#[step]
fn merge(loaded: In<'_, Loaded>, parsed: In<'_, Parsed>, indexed: In<'_, Indexed>) -> Out<Merged> {
    loaded + parsed + indexed
}

pipeline! { Files: [Merge, Load, Parse, Index]; }

/// The lines on a terminal, without the times.
fn shown(terminal: &InMemoryTerm) -> Vec<String> {
    let is_time = |word: &str| word.strip_suffix('s').is_some_and(|time| time.parse::<u64>().is_ok());
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((line, last)) if is_time(last) => line.trim_end().to_owned(),
        _ => line.to_owned(),
    };
    terminal.contents().lines().map(line).collect()
}

/// Polls a run once; it is still pending.
macro_rules! pending {
    ($run:ident) => {
        assert!((&mut $run).now_or_never().is_none())
    };
}

#[test]
fn running_and_waiting_steps_are_shown_and_gone_at_the_end() {
    let terminal = InMemoryTerm::new(24, 80);
    let (first, second) = (Gate::new(), Gate::new());
    let store = Store::<Files>::new().with(First, first.clone()).with(Second, second.clone());
    let mut run = run::<Merge>(&store).observe(Progress::on(terminal.clone())).keep_going();
    assert_eq!(shown(&terminal), [""; 0]);

    pending!(run);
    let expected = [
        "Merge [                    ] 0/4 steps, 2 running,",
        "  running  Load",
        "  running  Parse",
        "  waiting  Index for Load",
        "  waiting  Merge for Load, Parse, Index",
    ];
    assert_eq!(shown(&terminal), expected);

    first.open();
    pending!(run);
    let expected =
        ["Merge [==========>         ] 2/4 steps, 1 running,", "  running  Parse", "  waiting  Merge for Parse"];
    assert_eq!(shown(&terminal), expected);

    // The printed error stays.
    second.open();
    smol::block_on(run).unwrap_err();
    assert_eq!(shown(&terminal), ["failed   Parse: line 3 is", "no line"]);
}

#[test]
fn first_frames_show_an_empty_bar_and_a_step_that_is_ready() {
    let terminal = InMemoryTerm::new(24, 80);
    let progress = Progress::on(terminal.clone());
    let run = RunInfo::new("Merge", vec![StepInfo::new("Merge", vec![1]), StepInfo::new("Load", Vec::new())]);
    let event = |step, kind| progress.step(&run, &StepEvent::new(&run, step, Instant::now(), kind));
    progress.run_started(&run, Instant::now());
    // An event of a step that was not demanded draws the display.
    event(0, StepEventKind::Skipped(SkipReason::Present));
    assert_eq!(shown(&terminal), ["Merge [                    ] 0/0 steps,"]);
    event(0, StepEventKind::Demanded { by: None });
    event(1, StepEventKind::Demanded { by: None });
    progress.bars().println("").unwrap();
    let lines: Vec<_> = shown(&terminal).into_iter().filter(|line| line.starts_with("  ")).collect();
    assert_eq!(lines, ["  ready    Load", "  waiting  Merge for Load"]);
}

#[test]
fn failure_is_printed_above_while_the_rest_runs() {
    let terminal = InMemoryTerm::new(24, 80);
    let (first, second) = (Gate::new(), Gate::new());
    let store = Store::<Files>::new().with(First, first.clone()).with(Second, second.clone());
    let mut run = run::<Merge>(&store).observe(Progress::on(terminal.clone())).keep_going();
    pending!(run);
    second.open();
    pending!(run);
    let expected = [
        "failed   Parse: line 3 is",
        "no line",
        "Merge [                    ] 0/4 steps, 1 running, 1 failed,",
        "  running  Load",
        "  waiting  Index for Load",
    ];
    assert_eq!(shown(&terminal), expected);
}

#[test]
fn dropped_run_leaves_nothing() {
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut run = run::<Merge>(&store).observe(Progress::on(terminal.clone()));
    pending!(run);
    assert_eq!(shown(&terminal).len(), 5);
    drop(run);
    assert_eq!(shown(&terminal), [""; 0]);
}

#[test]
fn ready_steps_wait_for_the_limit_and_for_another_run() {
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut merge = run::<Merge>(&store).observe(Progress::on(terminal.clone())).limit(1);
    pending!(merge);
    assert_eq!(shown(&terminal)[1..3], ["  running  Load", "  ready    Parse"]);

    let other_terminal = InMemoryTerm::new(24, 80);
    let mut other = run::<Load>(&store).observe(Progress::on(other_terminal.clone()));
    pending!(other);
    let expected = ["Load [                    ] 0/1 steps,", "  waiting  Load for another run"];
    assert_eq!(shown(&other_terminal), expected);
}

#[test]
fn steps_without_room_are_counted() {
    // One line is left for the cursor.
    let terminal = InMemoryTerm::new(4, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut first = run::<Merge>(&store).observe(Progress::on(terminal.clone()));
    pending!(first);
    let expected = ["Merge [                    ] 0/4 steps, 2 running,", "  running  Load", "  and 3 more"];
    assert_eq!(shown(&terminal), expected);
    drop(first);

    // A long line is truncated.
    let terminal = InMemoryTerm::new(8, 25);
    let mut run = run::<Merge>(&store).observe(Progress::on(terminal.clone()));
    pending!(run);
    let lines = shown(&terminal);
    assert!(lines.contains(&"  waiting  Merge for Loa…".to_owned()), "{lines:#?}");
}

#[test]
fn several_runs_have_a_display_each() {
    let terminal = InMemoryTerm::new(24, 80);
    let progress = Arc::new(Progress::on(terminal.clone()));
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut one = run::<Load>(&store).observe(Arc::clone(&progress));
    let mut two = run::<Parse>(&store).observe(Arc::clone(&progress));
    pending!(one);
    pending!(two);
    progress.bars().println("in between").unwrap();
    let expected = [
        "in between",
        "Load [                    ] 0/1 steps, 1 running,",
        "  running  Load",
        "Parse [                    ] 0/1 steps, 1 running,",
        "  running  Parse",
    ];
    assert_eq!(shown(&terminal), expected);
    drop(one);
    assert_eq!(shown(&terminal), [expected[0], expected[3], expected[4]]);
    drop(two);
    assert_eq!(shown(&terminal), ["in between"]);
}

#[test]
fn run_in_parent_store_is_part_of_the_display() -> Result<(), RunError> {
    #[step]
    fn show(parsed: In<'_, Parsed>) -> Return<u8> {
        Return(*parsed)
    }
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Files;
    }

    let terminal = InMemoryTerm::new(24, 80);
    let gate = Gate::new();
    let app = Store::<Files>::new().with(First, Gate::new()).with(Second, gate.clone());
    let request = Store::<Request>::within(&app);
    let mut run = run::<Show>(&request).observe(Progress::on(terminal.clone()));
    pending!(run);
    let expected = [
        "Show [                    ] 0/3 steps, 2 running,",
        "  running  Parsed",
        "  running  Parse",
        "  waiting  Show   for Parsed",
    ];
    assert_eq!(shown(&terminal), expected);

    // Its failure is printed once.
    gate.open();
    smol::block_on(run).unwrap_err();
    assert_eq!(shown(&terminal), ["failed   Parse: line 3 is", "no line"]);
    Ok(())
}

/// Runs itself in another process, whose standard error is no terminal.
#[test]
fn nothing_is_written_without_a_terminal() -> Result<(), RunError> {
    const INSIDE: &str = "PIPELINER_TEST_PROGRESS";
    if std::env::var_os(INSIDE).is_some() {
        let progress = Arc::new(Progress::new());
        let store = Store::<Files>::new().with(Loaded, 1);
        smol::block_on(run::<Index>(&store).observe(Arc::clone(&progress)))?;
        assert!(progress.bars().is_hidden());
        return Ok(());
    }
    let mut itself = Command::new(std::env::current_exe().unwrap());
    itself.args(["--exact", "nothing_is_written_without_a_terminal", "--nocapture"]).env(INSIDE, "1");
    let output = itself.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    Ok(())
}
