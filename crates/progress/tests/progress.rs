//! The display in the terminal at each stage of a run.

#[path = "../../../tests/support/nightly.rs"]
mod nightly;
#[path = "../../../tests/support/mod.rs"]
mod support;

use futures::FutureExt;
use indicatif::InMemoryTerm;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use support::{Gate, pipeline};
use typed_pipeliner::observe::{RunInfo, StepEvent};
use typed_pipeliner::policy::{Retry, Timer};
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
    // A thread repaints the display line by line. A frame that two looks see is whole.
    let mut seen = terminal.contents();
    loop {
        thread::sleep(Duration::from_millis(1));
        let contents = terminal.contents();
        if contents == seen {
            return contents.lines().map(line).collect();
        }
        seen = contents;
    }
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

/// Keeps what a terminal shows at each event.
struct Frames(InMemoryTerm, Arc<Mutex<Vec<Vec<String>>>>);

impl Observer for Frames {
    fn run_started(&self, _: &RunInfo, _: Instant) {
        self.1.lock().unwrap().push(shown(&self.0));
    }
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {
        self.1.lock().unwrap().push(shown(&self.0));
    }
}

#[test]
fn each_frame_counts_all_steps_and_says_what_they_wait_for() {
    let terminal = InMemoryTerm::new(24, 80);
    let frames = Arc::default();
    for second_is_loaded in [false, true] {
        let (first, second) = (Gate::new(), Gate::new());
        first.open();
        second.open();
        let store = Store::<Files>::new().with(First, first).with(Second, second);
        if second_is_loaded {
            smol::block_on(store.resource::<Loaded>()).unwrap();
        }
        let run = run::<Merge>(&store).observe(Progress::on(terminal.clone()));
        let run = run.observe(Frames(terminal.clone(), Arc::clone(&frames))).keep_going();
        smol::block_on(run).unwrap_err();
        // Nothing is left to do.
        let run = store.resource::<Loaded>().observe(Progress::on(terminal.clone()));
        let _ = smol::block_on(run.observe(Frames(terminal.clone(), Arc::clone(&frames))));
    }
    let frames = frames.lock().unwrap();
    let lines: Vec<_> = frames.iter().flatten().collect();
    assert!(lines.iter().any(|line| line.contains("/4 steps")) && lines.iter().any(|line| line.contains("/3 steps")));
    assert!(lines.iter().any(|line| *line == "  ready    Index"), "{frames:#?}");
    for line in lines {
        assert!(!line.contains("/0 steps") && !line.contains("/1 steps"), "{frames:#?}");
        assert!(!line.starts_with("  waiting  ") || line.contains(" for "), "{frames:#?}");
        assert!(!line.starts_with("  ready    Merge"), "its inputs are not there: {frames:#?}");
    }
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

#[test]
fn steps_that_are_closed_are_shown() {
    resource! { Ended: Gate; Pool: Gate; Server: Gate; }
    async fn end(gate: Gate) {
        gate.pass().await;
    }
    #[step(close = end)]
    fn connect(ended: In<'_, Ended>) -> Out<Pool> {
        ended.clone()
    }
    #[step(close = end)]
    fn serve(ended: In<'_, Ended>, _pool: In<'_, Pool>) -> Out<Server> {
        ended.clone()
    }
    pipeline! { Service: [Connect, Serve]; }
    let (terminal, ended) = (InMemoryTerm::new(24, 80), Gate::new());
    let store = Store::<Service>::new().with(Ended, ended.clone()).observed_by(Progress::on(terminal.clone()));
    smol::block_on(store.resource::<Server>()).unwrap();
    let mut close = Box::pin(store.close());
    pending!(close);
    let expected = [
        "close Service [                    ] 0/2 steps, 1 running,",
        "  running  Serve",
        "  waiting  Connect for Serve",
    ];
    assert_eq!(shown(&terminal), expected);
    ended.open();
    smol::block_on(close).unwrap();
    assert_eq!(shown(&terminal), [""; 0]);
}

#[test]
fn restored_steps_count_as_done() {
    let (terminal, frames) = (InMemoryTerm::new(24, 80), Arc::default());
    let store = smol::block_on(nightly::store());
    let run = run::<nightly::MakeReport>(&store).observe(Progress::on(terminal.clone()));
    smol::block_on(run.observe(Frames(terminal.clone(), Arc::clone(&frames)))).unwrap();
    let frames = frames.lock().unwrap();
    let first = |frame: &Vec<String>| frame.first().cloned().unwrap_or_default();
    // `Load` was restored before the run, and `Count` once its input was there.
    assert!(
        frames
            .iter()
            .any(|frame| first(frame) == "MakeReport [=====>              ] 1/4 steps, 1 running, 1 restored,"),
        "{frames:#?}"
    );
    assert!(
        frames
            .iter()
            .any(|frame| first(frame) == "MakeReport [===============>    ] 3/4 steps, 1 running, 2 restored,"),
        "{frames:#?}"
    );
}

#[test]
fn the_attempt_of_a_running_step_is_shown() {
    resource! { Flaky: u8; }
    #[step(retry = Retry::times(3).after(Duration::from_secs(1)))]
    fn fail() -> Result<Out<Flaky>, String> {
        Err("broken".to_owned())
    }
    pipeline! { Attempts: [Fail]; }
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<Attempts>::new();
    let timer = Timer::new(|_| std::future::pending());
    let mut run = run::<Fail>(&store).observe(Progress::on(terminal.clone())).timer(timer);
    pending!(run);
    let lines = shown(&terminal);
    assert!(lines[1].starts_with("  running  Fail ") && lines[1].ends_with("s, attempt 2 of 4"), "{lines:?}");
}
