//! `Progress`: what the terminal shows at each stage of a run.

mod support;

use futures::FutureExt;
use indicatif::InMemoryTerm;
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::{Gate, pipeline};
use typed_pipeliner::{In, Out, Progress, Return, RunError, RunOptions, Scoped, Store, resource, run_with, step};

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

/// What a terminal shows, a line each, without the times.
fn shown(terminal: &InMemoryTerm) -> Vec<String> {
    let is_time = |word: &str| word.strip_suffix('s').is_some_and(|time| time.parse::<u64>().is_ok());
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((line, last)) if is_time(last) => line.trim_end().to_owned(),
        _ => line.to_owned(),
    };
    terminal.contents().lines().map(line).collect()
}

fn on(terminal: &InMemoryTerm) -> RunOptions {
    RunOptions::new().observe(Progress::on(terminal.clone()))
}

/// Polls a future once more: it is not at its end.
macro_rules! pending {
    ($run:ident) => {
        assert!((&mut $run).now_or_never().is_none())
    };
}

#[test]
fn what_runs_and_what_waits_for_what_is_shown_and_gone_at_the_end() {
    let terminal = InMemoryTerm::new(24, 80);
    let (first, second) = (Gate::new(), Gate::new());
    let store = Store::<Files>::new().with(First, first.clone()).with(Second, second.clone());
    let mut run = run_with::<Merge>(&store, on(&terminal).keep_going());
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

    // What has failed stays.
    second.open();
    smol::block_on(run).unwrap_err();
    assert_eq!(shown(&terminal), ["failed   Parse: line 3 is", "no line"]);
}

#[test]
fn a_failure_is_told_above_while_the_rest_goes_on() {
    let terminal = InMemoryTerm::new(24, 80);
    let (first, second) = (Gate::new(), Gate::new());
    let store = Store::<Files>::new().with(First, first.clone()).with(Second, second.clone());
    let mut run = run_with::<Merge>(&store, on(&terminal).keep_going());
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
fn a_run_that_is_dropped_leaves_nothing() {
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut run = run_with::<Merge>(&store, on(&terminal));
    pending!(run);
    assert_eq!(shown(&terminal).len(), 5);
    drop(run);
    assert_eq!(shown(&terminal), [""; 0]);
}

#[test]
fn a_limit_keeps_the_ready_waiting_and_so_does_another_run() {
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut run = run_with::<Merge>(&store, on(&terminal).limit(1));
    pending!(run);
    assert_eq!(shown(&terminal)[1..3], ["  running  Load", "  ready    Parse"]);

    let other_terminal = InMemoryTerm::new(24, 80);
    let mut other = run_with::<Load>(&store, on(&other_terminal));
    pending!(other);
    let expected = ["Load [                    ] 0/1 steps,", "  waiting  Load for another run"];
    assert_eq!(shown(&other_terminal), expected);
}

#[test]
fn what_has_no_room_is_counted() {
    // One line is left to the cursor.
    let terminal = InMemoryTerm::new(4, 80);
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut run = run_with::<Merge>(&store, on(&terminal));
    pending!(run);
    let expected = ["Merge [                    ] 0/4 steps, 2 running,", "  running  Load", "  and 3 more"];
    assert_eq!(shown(&terminal), expected);
    drop(run);

    // Nor does a line take more than its own.
    let terminal = InMemoryTerm::new(8, 25);
    let mut run = run_with::<Merge>(&store, on(&terminal));
    pending!(run);
    let lines = shown(&terminal);
    assert!(lines.contains(&"  waiting  Merge for Loa…".to_owned()), "{lines:#?}");
}

#[test]
fn several_runs_have_a_display_each() {
    let terminal = InMemoryTerm::new(24, 80);
    let progress = Arc::new(Progress::on(terminal.clone()));
    let store = Store::<Files>::new().with(First, Gate::new()).with(Second, Gate::new());
    let mut one = run_with::<Load>(&store, RunOptions::new().observe(Arc::clone(&progress)));
    let mut two = run_with::<Parse>(&store, RunOptions::new().observe(Arc::clone(&progress)));
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
fn a_run_above_is_shown_with_the_one_that_it_is_for() -> Result<(), RunError> {
    #[step]
    fn tell(parsed: In<'_, Parsed>) -> Return<u8> {
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
    let mut run = run_with::<Tell>(&request, on(&terminal));
    pending!(run);
    let expected = [
        "Tell [                    ] 0/3 steps, 2 running,",
        "  running  Parsed",
        "  running  Parse",
        "  waiting  Tell   for Parsed",
    ];
    assert_eq!(shown(&terminal), expected);

    // Its failure is told once.
    gate.open();
    smol::block_on(run).unwrap_err();
    assert_eq!(shown(&terminal), ["failed   Parse: line 3 is", "no line"]);
    Ok(())
}

/// Runs itself in another process, whose standard error is no terminal.
#[test]
fn nothing_is_written_where_there_is_no_terminal() -> Result<(), RunError> {
    const INSIDE: &str = "PIPELINER_TEST_PROGRESS";
    if std::env::var_os(INSIDE).is_some() {
        let progress = Arc::new(Progress::new());
        let store = Store::<Files>::new().with(Loaded, 1);
        smol::block_on(run_with::<Index>(&store, RunOptions::new().observe(Arc::clone(&progress))))?;
        assert!(progress.bars().is_hidden());
        return Ok(());
    }
    let mut itself = Command::new(std::env::current_exe().unwrap());
    itself.args(["--exact", "nothing_is_written_where_there_is_no_terminal", "--nocapture"]).env(INSIDE, "1");
    let output = itself.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    Ok(())
}
