//! Reports of scripted runs, whose times are known.

use super::{Outcome, Recorder, RunReport};
use StepEventKind::{
    Cancelled, Demanded, Failed, FellBack, Finished, Ready, Retrying, Skipped, Started, WaitingForOtherRun,
};
use roxmltree::{Document, Node};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use typed_pipeliner::observe::{RunEnd, RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
use typed_pipeliner::{BoxError, Observer};

/// The events of a run, for a recorder.
struct Script {
    recorder: Recorder,
    run: RunInfo,
    origin: Instant,
}

impl Script {
    fn new(target: &'static str, steps: &[(&'static str, &[usize])]) -> Self {
        let steps = steps.iter().map(|&(name, needs)| StepInfo::new(name, needs.to_vec())).collect();
        let script = Script { recorder: Recorder::new(), run: RunInfo::new(target, steps), origin: Instant::now() };
        script.recorder.run_started(&script.run, script.origin);
        script
    }

    /// A time in milliseconds.
    fn time(&self, at: u64) -> Instant {
        self.origin + Duration::from_millis(at)
    }

    fn event(&self, at: u64, step: usize, kind: StepEventKind<'_>) -> &Self {
        self.recorder.step(&self.run, &StepEvent::new(&self.run, step, self.time(at), kind));
        self
    }

    /// A step is ready, starts and ends.
    fn step(&self, step: usize, ready: u64, start: u64, end: u64) -> &Self {
        self.event(ready, step, Ready).event(start, step, Started).event(end, step, Finished)
    }

    fn end(&self, at: u64, end: RunEnd) -> RunReport {
        self.recorder.run_ended(&self.run, end, self.time(at));
        self.recorder.report()
    }
}

/// Loads and parses; something else is quick, or fails.
fn small() -> Script {
    let script =
        Script::new("Join", &[("Join", &[1, 2]), ("Parse", &[3]), ("Check", &[]), ("Load", &[]), ("Other", &[])]);
    (0..4).for_each(|step| _ = script.event(0, step, Demanded { by: None }));
    script
}

#[test]
fn table_shows_each_step_at_its_time() {
    let script = small();
    script.step(3, 0, 0, 40).step(2, 0, 20, 30).step(1, 40, 40, 90).step(0, 90, 90, 100);
    let expected = "\
run of Join succeeded after 100.00ms: 4 of 5 steps ran, 1 not needed
  step   outcome    start     took   waited  0                               100.00ms
* Load   ran       0.00ns  40.00ms   0.00ns  ████████████████
  Check  ran      20.00ms  10.00ms  20.00ms  ░░░░░░░░████
* Parse  ran      40.00ms  50.00ms   0.00ns                  ████████████████████
* Join   ran      90.00ms  10.00ms   0.00ns                                      ████
critical path: Load → Parse → Join, 100.00ms of 100.00ms
";
    assert_eq!(script.end(100, RunEnd::Succeeded).to_string(), expected);
}

#[test]
fn critical_path_leads_to_the_failure_and_not_to_skipped_steps() {
    let script = small();
    let error = BoxError::from("out of range");
    script.step(3, 0, 0, 40).event(0, 2, Ready).event(1, 2, Started).event(40, 1, Ready).event(41, 1, Started);
    script.event(60, 1, Failed(&*error)).event(61, 2, Cancelled);
    let report = script.end(62, RunEnd::Failed);
    let run = &report.runs()[0];
    let path: Vec<_> = run.critical_path().map(|step| step.name()).collect();
    assert_eq!(path, ["Load", "Parse"]);
    let outcomes: Vec<_> = run.steps().iter().map(|step| step.outcome()).collect();
    let expected = [Outcome::NotReached, Outcome::Failed, Outcome::Cancelled, Outcome::Ran, Outcome::NotNeeded];
    assert_eq!(outcomes, expected);
    assert_eq!(report.step("Check").unwrap().duration(), Some(Duration::from_millis(60)));
}

#[test]
fn queueing_and_waiting_for_another_run_are_separate() {
    let script = small();
    // It is queued, then another run has it and gives it back; then it runs here.
    let other = WaitingForOtherRun { run: RunInfo::new("Other", Vec::new()).id() };
    script.event(0, 3, Ready).event(5, 3, other).event(25, 3, Started).event(30, 3, Finished);
    // It waits for another run, which executes it.
    script.event(0, 2, Ready).event(1, 2, other).event(11, 2, Skipped(SkipReason::Present));
    let report = script.end(40, RunEnd::Dropped);
    let [load, check] = ["Load", "Check"].map(|name| report.step(name).unwrap());
    assert_eq!(load.queued_for(), Duration::from_millis(5));
    assert_eq!(load.blocked_for(), Duration::from_millis(20));
    assert_eq!((load.start(), load.duration()), (Some(Duration::from_millis(25)), Some(Duration::from_millis(5))));
    assert_eq!(report.duration("Load"), Some(Duration::from_millis(5)));
    assert_eq!(check.outcome(), Outcome::RanInOtherRun);
    assert_eq!(check.blocked_for(), Duration::from_millis(10));
    assert_eq!((check.start(), report.duration("Check")), (None, None));
}

#[test]
fn skip_names_the_failure_behind_it() {
    let script = small();
    let error = BoxError::from("no such file");
    script.step(2, 0, 0, 1).event(0, 3, Ready).event(1, 3, Started).event(2, 3, Failed(&*error));
    script.event(2, 1, Skipped(SkipReason::DependencyFailed)).event(2, 0, Skipped(SkipReason::DependencyFailed));
    let report = script.end(3, RunEnd::Failed);
    assert_eq!(report.step("Parse").unwrap().failed_dependency(), Some("Load"));
    assert_eq!(report.step("Join").unwrap().failed_dependency(), Some("Load"));
    assert_eq!(report.failures().count(), 1);
}

#[test]
fn times_that_are_far_apart_have_a_report() {
    let script = small();
    // The latest moment that there is, up to a year.
    let mut last = script.origin;
    while let Some(later) = last.checked_add(Duration::from_secs(365 * 24 * 60 * 60 * 1_000_000_000)) {
        last = later;
    }
    let record = |time, step, kind| script.recorder.step(&script.run, &StepEvent::new(&script.run, step, time, kind));
    // It waits three times, for all of time, because the clock is set back in between.
    for time in [script.origin, last].into_iter().cycle().take(6) {
        record(time, 3, Ready);
    }
    record(script.origin, 2, Started);
    record(last, 2, Finished);
    record(last, 1, Started);
    record(script.origin, 1, Finished);
    script.recorder.run_ended(&script.run, RunEnd::Succeeded, last);
    let report = script.recorder.report();
    assert_eq!(report.step("Load").unwrap().queued_for(), (last - script.origin).saturating_mul(3));
    assert_eq!(report.duration("Parse"), Some(Duration::ZERO));
    assert_eq!(report.to_string().lines().filter(|line| line.contains("Check  ran")).count(), 1);
    Document::parse(&report.to_svg()).unwrap();
    for json in [report.to_json(), report.to_trace()] {
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(json.is_object());
    }
}

/// A hundred steps in layers of ten, of which eight can run at once; at the end one fails.
fn hundred() -> RunReport {
    // In a static, so that a leak detector finds no leak.
    static NAMES: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..100).map(|step| format!("Step{step}OfTheHundred")).collect());
    let names: Vec<&'static str> = NAMES.iter().map(String::as_str).collect();
    let needs: Vec<Vec<usize>> = (0..100_usize)
        .map(|step| if step < 10 { Vec::new() } else { vec![step - 10, (step / 10 - 1) * 10 + step * 7 % 10] })
        .collect();
    let steps: Vec<_> = names.iter().zip(&needs).map(|(&name, needs)| (name, needs.as_slice())).collect();
    let script = Script::new("Everything", &steps);
    let (mut places, mut ends) = ([0_u64; 8], [0_u64; 100]);
    for step in 0..100 {
        script.event(0, step, Demanded { by: None });
        if step % 17 == 3 {
            script.event(0, step, Skipped(SkipReason::Present));
            continue;
        }
        let ready = needs[step].iter().map(|&need| ends[need]).max().unwrap_or(0);
        let place = places.iter_mut().min().unwrap();
        let start = ready.max(*place);
        ends[step] = start + 20 + (step as u64 * 7919) % 180;
        *place = ends[step];
        if step == 97 {
            let error = BoxError::from("<no> more & nothing \u{1b}[1mless");
            script.event(ready, step, Ready).event(start, step, Started).event(ends[step], step, Failed(&*error));
        } else {
            script.step(step, ready, start, ends[step]);
        }
    }
    script.end(*ends.iter().max().unwrap(), RunEnd::Failed)
}

/// A number in an attribute.
fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

fn of_class<'a, 'i>(node: Node<'a, 'i>, class: &'static str) -> Vec<Node<'a, 'i>> {
    let is = |node: &Node<'_, '_>| node.attribute("class").is_some_and(|of| of.split(' ').any(|other| other == class));
    node.descendants().filter(is).collect()
}

#[test]
fn hundred_steps_have_a_row_each_within_the_axis() {
    let picture = hundred().to_svg();
    let document = Document::parse(&picture).unwrap();
    let steps = of_class(document.root(), "step");
    assert_eq!(steps.len(), 100);
    let width = number(document.root_element(), "width");
    let ticks = of_class(document.root(), "tick");
    let axis = |end: fn(f64, f64) -> f64, of: f64| ticks.iter().map(|&tick| number(tick, "x")).fold(of, end);
    let (left, right) = (axis(f64::min, width), axis(f64::max, 0.0));
    let mut last = 0.0;
    for step in &steps {
        let name = step.descendants().find(|node| node.has_tag_name("text")).unwrap();
        assert!(number(name, "y") >= last + 16.0, "rows do not overlap");
        last = number(name, "y");
        let rects: Vec<_> = step.descendants().filter(|node| node.has_tag_name("rect")).collect();
        for &rect in &rects {
            let (x, y) = (number(rect, "x"), number(rect, "y"));
            // The last of at least three ticks may stand before the end.
            assert!(left - 0.1 <= x && x + number(rect, "width") < right + (right - left) / 3.0);
            assert!((last - 17.0..last).contains(&y));
        }
        let is_skipped = step.attribute("class").unwrap().contains("skipped");
        assert_eq!(rects.iter().any(|rect| rect.attribute("class") == Some("bar")), !is_skipped);
    }
    assert!(last < number(document.root_element(), "height"));
    assert_eq!(of_class(document.root(), "failed").len(), 1);
    assert!(of_class(document.root(), "critical").len() >= 5);
}

#[test]
fn steps_of_a_running_run_are_running_or_pending() {
    let script = small();
    script.event(0, 3, Ready).event(0, 3, Started).event(0, 2, Ready);
    let report = script.recorder.report();
    assert_eq!(report.runs()[0].end(), None);
    assert_eq!(report.step("Load").unwrap().outcome(), Outcome::Running);
    assert_eq!(report.step("Check").unwrap().outcome(), Outcome::Pending);
    assert_eq!(report.step("Join").unwrap().outcome(), Outcome::Pending);
}

/// The number of steps of a long chain.
const STEPS: usize = 4_000;

/// Calls a function on a thread with the stack that a thread has by default.
fn on_small_stack<T: Send>(call: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, call).unwrap();
        thread.join().unwrap()
    })
}

/// A chain of steps, each of which needs the one before it.
fn long_chain() -> Script {
    let needs: Vec<_> = (0..STEPS).map(|step| step.checked_sub(1)).collect();
    let steps: Vec<_> = needs.iter().map(|needs| ("Step", needs.as_slice())).collect();
    Script::new("Step", &steps)
}

#[test]
fn long_chain_is_reported_on_a_small_stack() {
    let report = on_small_stack(|| {
        let script = long_chain();
        (0..).zip(0..STEPS).for_each(|(at, step)| _ = script.step(step, at, at, at + 1));
        script.end(STEPS as u64, RunEnd::Succeeded)
    });
    assert_eq!(report.runs()[0].critical_path().count(), STEPS);
    // A line for each step, and three others.
    assert_eq!(on_small_stack(|| report.to_string()).lines().count(), STEPS + 3);
    assert_eq!(on_small_stack(|| report.to_svg()).matches("class=\"step ran critical\"").count(), STEPS);
    assert_eq!(on_small_stack(|| report.to_trace()).matches("\"cat\":\"step\"").count(), STEPS);
    assert_eq!(on_small_stack(|| report.to_json()).matches("\"outcome\": \"ran\"").count(), STEPS);
    on_small_stack(|| drop(report));
}

#[test]
fn long_chain_after_a_failure_is_reported_on_a_small_stack() {
    let report = on_small_stack(|| {
        let script = long_chain();
        let error = BoxError::from("out of range");
        script.event(0, 0, Ready).event(0, 0, Started).event(1, 0, Failed(&*error));
        (1..STEPS).for_each(|step| _ = script.event(1, step, Skipped(SkipReason::DependencyFailed)));
        script.end(2, RunEnd::Failed)
    });
    assert_eq!(report.runs()[0].steps()[STEPS - 1].failed_dependency(), Some("Step"));
    assert_eq!(on_small_stack(|| report.without_times().to_string()).lines().count(), STEPS + 2);
}

#[test]
fn attempts_are_a_column_marks_and_texts() {
    let script = Script::new("Count", &[("Count", &[1, 2]), ("Fetch", &[]), ("Guess", &[])]);
    let (first, last) = (BoxError::from("reset"), BoxError::from("refused"));
    (0..3).for_each(|step| _ = script.event(0, step, Demanded { by: None }));
    let retrying = |attempt, of| Retrying { attempt, of, delay: Duration::from_millis(10), error: &*first };
    script.event(0, 1, Started).event(10, 1, retrying(2, 3)).event(30, 1, retrying(3, 3)).event(60, 1, Failed(&*last));
    script.event(0, 2, Started).event(20, 2, retrying(2, 2)).event(40, 2, FellBack(&*last)).event(40, 2, Finished);
    let report = script.end(60, RunEnd::Failed);
    let expected = "\
run of Count failed after 60.00ms: 1 of 3 steps ran, 1 failed, 1 not reached
  step   outcome      attempts   start     took  waited  0                                60.00ms
* Fetch  failed              3  0.00ns  60.00ms          ████████████████████████████████████████
  Guess  fell back           2  0.00ns  40.00ms          ███████████████████████████
  Count  not reached
critical path: Fetch, 60.00ms of 60.00ms
Fetch failed: refused
  attempt 1: reset
  attempt 2: reset
";
    assert_eq!(report.to_string(), expected);

    let (fetch, guess) = (report.step("Fetch").unwrap(), report.step("Guess").unwrap());
    assert_eq!((fetch.attempts(), fetch.is_fallback()), (3, false));
    assert_eq!(fetch.failed_attempts(), [["reset"], ["reset"]]);
    assert_eq!((guess.attempts(), guess.is_fallback(), guess.outcome()), (2, true, Outcome::Ran));
    assert_eq!(guess.failed_attempts(), [["reset"], ["refused"]]);
    assert_eq!(report.step("Count").unwrap().attempts(), 0);

    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let step = &json["runs"][0]["steps"][2];
    assert_eq!((&step["attempts"], &step["fallback"]), (&2.into(), &true.into()));
    assert!(json["runs"][0]["steps"][0]["attempts"].is_null());

    let trace = report.to_trace();
    assert!(trace.contains("\"name\":\"Fetch: attempt 2 failed\"") && trace.contains("\"attempts\":3"), "{trace}");
    let svg = report.to_svg();
    let svg = Document::parse(&svg).unwrap();
    let notches = svg.descendants().filter(|node| node.attribute("class") == Some("attempt")).count();
    assert_eq!(notches, 4);
}
