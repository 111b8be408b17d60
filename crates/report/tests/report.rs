//! Reports of real runs, and each of their forms, read back by a parser.

#[path = "../../../tests/support/service.rs"]
mod service;
#[path = "../../../tests/support/mod.rs"]
mod support;

use futures::FutureExt;
use serde::Deserialize;
use service::{Server, Service};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Gate, pipeline};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::observe::{RunEnd, RunId, RunInfo, SkipReason, StepEvent};
use typed_pipeliner::{In, Observer, Out, Return, RunError, Scoped, Store, resource, run, step};
use typed_pipeliner_report::{Outcome, Recorder, ReportExt, RunReport};

resource! {
    Base: i64;
    Half: i64;
    Third: i64;
    Sum: i64;
    Held: Gate;
    Long: i64;
}

#[step]
async fn halve(base: In<'_, Base>) -> Out<Half> {
    smol::Timer::after(Duration::from_millis(3)).await;
    base / 2
}

/// Has text that XML and tables do not like, and a source.
#[derive(Debug, thiserror::Error)]
#[error("<a third> of & \u{1b}[1m\"nothing\"\u{0}\nin two lines")]
struct ThirdError(#[from] std::num::ParseIntError);

#[step]
async fn third_of(base: In<'_, Base>) -> Result<Out<Third>, ThirdError> {
    smol::Timer::after(Duration::from_millis(1)).await;
    if *base < 0 { Ok("x".parse()?) } else { Ok(base / 3) }
}

#[step]
fn add(half: In<'_, Half>, third: In<'_, Third>) -> Out<Sum> {
    half + third
}

#[step]
async fn hold(held: In<'_, Held>) -> Out<Long> {
    held.pass().await;
    1
}

/// Runs last, and returns a value.
#[step]
fn combine(long: In<'_, Long>, sum: In<'_, Sum>) -> Return<i64> {
    Return(long + sum)
}

pipeline! { Sums: [Add, Halve, ThirdOf, Hold]; }

/// A run that succeeds, a run that fails and cancels other steps, and a run in a child store.
fn three_runs() -> Result<RunReport, RunError> {
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Sums;
    }
    #[step]
    fn answer(sum: In<'_, Sum>) -> Return<String> {
        Return(sum.to_string())
    }
    let recorder = Recorder::new();
    let store = Store::<Sums>::new().with(Base, 12).with(Third, 4);
    smol::block_on(run::<Add>(&store).observe(recorder.clone()))?;
    let store = Store::<Sums>::new().with(Base, -1).with(Held, Gate::new());
    smol::block_on(run::<Combine>(&store).observe(recorder.clone())).unwrap_err();
    let app = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Answer>(&Store::<Request>::within(&app)).observe(recorder.clone()))?;
    Ok(recorder.report())
}

#[test]
fn outcomes_and_errors_of_all_steps() -> Result<(), RunError> {
    let report = three_runs()?;
    let expected = "\
run of Add succeeded: 2 of 4 steps ran, 2 not needed
  Add    ran
  Halve  ran

run of Combine failed: 0 of 5 steps ran, 1 failed, 2 cancelled, 2 not reached
  Add      not reached
  Halve    cancelled
  ThirdOf  failed
  Hold     cancelled
  Combine  not reached
ThirdOf failed: <a third> of & \\u{1b}[1m\"nothing\"\\u{0}
  in two lines
  caused by: invalid digit found in string

run of Answer succeeded: 2 of 2 steps ran
  Answer     ran
  Sum        ran
    Add      ran
    Halve    ran
    ThirdOf  ran
";
    assert_eq!(report.without_times().to_string(), expected);
    let failures: Vec<_> = report.failures().map(|step| (step.name(), step.root_cause())).collect();
    assert_eq!(failures, [("ThirdOf", Some("invalid digit found in string"))]);
    assert!(report.duration("Halve").unwrap() >= Duration::from_millis(3));
    assert_eq!(report.duration("Hold"), None);
    let table = report.to_string();
    assert_eq!(table.matches("critical path: ").count(), 3, "{table}");
    assert!(table.contains("critical path: Halve → Add, "), "{table}");
    Ok(())
}

#[test]
fn failed_run_in_parent_store_is_one_failure() {
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Sums;
    }
    let app = Store::<Sums>::new().with(Base, -1);
    let request = Store::<Request>::within(&app);
    let error = smol::block_on(run::<Add>(&app).observe(Recorder::new())).unwrap_err();
    assert_eq!(error.report().unwrap().failures().count(), 1);
    #[step]
    fn answer(sum: In<'_, Sum>) -> Return<String> {
        Return(sum.to_string())
    }
    let error = smol::block_on(run::<Answer>(&request).observe(Recorder::new())).unwrap_err();
    let report = error.report().unwrap();
    let outcomes: Vec<_> = report.runs()[0].steps().iter().map(|step| (step.name(), step.outcome())).collect();
    assert_eq!(outcomes, [("Answer", Outcome::NotReached), ("Sum", Outcome::Failed)]);
    let failures: Vec<_> = report.failures().map(|step| step.name()).collect();
    assert_eq!(failures, ["ThirdOf"]);
}

#[test]
fn error_has_the_report_of_its_own_run() {
    let recorder = Recorder::new();
    let store = Store::<Sums>::new().with(Base, -1);
    let first = smol::block_on(run::<Add>(&store).observe(recorder.clone())).unwrap_err();
    let second = smol::block_on(run::<Add>(&store).observe(recorder.clone())).unwrap_err();
    let ids = |report: &RunReport| report.runs().iter().map(|run| run.id()).collect::<Vec<_>>();
    let [first, second] = [&first, &second].map(|error| ids(error.report().unwrap()));
    assert_eq!(ids(&recorder.report()), [first, second].concat());

    let unwatched = smol::block_on(run::<Add>(&store)).unwrap_err();
    assert!(unwatched.report().is_none());
}

#[test]
fn report_of_an_error_is_complete_on_threads() {
    let executor = Executor::new(2);
    for _ in 0..50 {
        let store = Arc::new(Store::<Sums>::new().with(Base, -1).with(Held, Gate::new()));
        let error = smol::block_on(executor.run::<Combine>(&store).observe(Recorder::new())).unwrap_err();
        let report = error.report().unwrap();
        assert_eq!(report.runs()[0].end(), Some(RunEnd::Failed));
        assert_eq!(report.step("Hold").unwrap().outcome(), Outcome::Cancelled);
    }
}

#[test]
fn panic_ends_a_run() {
    #[step]
    fn fall() -> Return<()> {
        panic!("it fell");
    }
    let recorder = Recorder::new();
    let store = Store::<Sums>::new();
    let run = || smol::block_on(run::<Fall>(&store).observe(recorder.clone()));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
    let report = recorder.report();
    assert_eq!(report.runs()[0].end(), Some(RunEnd::Panicked));
    assert_eq!(report.step("Fall").unwrap().outcome(), Outcome::Panicked);
    let text = report.without_times().to_string();
    assert!(text.starts_with("run of Fall panicked: 0 of 5 steps ran, 1 panicked"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["runs"][0]["end"], "panicked");
    assert!(report.to_svg().contains(">panicked</text>"));
}

#[test]
fn observer_that_wraps_a_recorder_attaches_its_report() {
    struct Only(Recorder);
    impl Observer for Only {
        fn run_started(&self, run: &RunInfo, time: Instant) {
            self.0.run_started(run, time);
        }
        fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
            self.0.step(run, event);
        }
        fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
            self.0.run_ended(run, end, time);
        }
        fn attachment(&self, run: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
            self.0.attachment(run)
        }
    }
    let store = Store::<Sums>::new().with(Base, -1);
    let error = smol::block_on(run::<Add>(&store).observe(Arc::new(Only(Recorder::new())))).unwrap_err();
    assert_eq!(error.report().unwrap().failures().count(), 1);
}

#[test]
fn step_in_another_run_is_waited_for() -> Result<(), RunError> {
    let gate = Gate::new();
    let store = Store::<Sums>::new().with(Held, gate.clone());
    let recorder = Recorder::new();
    let mut first = run::<Hold>(&store);
    assert!((&mut first).now_or_never().is_none());
    let mut second = run::<Hold>(&store).observe(recorder.clone());
    assert!((&mut second).now_or_never().is_none());
    assert_eq!(recorder.report().step("Hold").unwrap().outcome(), Outcome::Pending);
    std::thread::sleep(Duration::from_millis(2));
    gate.open();
    smol::block_on(first)?;
    smol::block_on(second)?;
    let report = recorder.report();
    let step = report.step("Hold").unwrap();
    assert_eq!((step.outcome(), step.start()), (Outcome::RanInOtherRun, None));
    assert!(step.blocked_for() >= Duration::from_millis(2));
    Ok(())
}

#[test]
fn step_over_the_limit_is_queued() -> Result<(), RunError> {
    let recorder = Recorder::new();
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(recorder.clone()).limit(1))?;
    smol::block_on(run::<Add>(&store).observe(recorder.clone()))?;
    let report = recorder.report();
    assert!(report.step("ThirdOf").unwrap().queued_for() >= Duration::from_millis(3));
    let again = report.runs()[1].steps();
    assert_eq!(again[0].outcome(), Outcome::Skipped(SkipReason::Present));
    Ok(())
}

/// The JSON of a report, by its documentation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonReport {
    runs: Vec<JsonRun>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRun {
    id: u64,
    target: String,
    end: Option<String>,
    start: f64,
    duration: f64,
    critical_path: Vec<String>,
    steps: Vec<JsonStep>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonStep {
    name: String,
    outcome: String,
    start: Option<f64>,
    duration: Option<f64>,
    queued_for: f64,
    blocked_for: f64,
    needs: Vec<usize>,
    #[serde(default)]
    failed_dependency: Option<String>,
    #[serde(default)]
    errors: Vec<String>,
    #[serde(default)]
    runs: Vec<JsonRun>,
}

#[test]
fn json_has_all_fields() -> Result<(), RunError> {
    let report = three_runs()?;
    let JsonReport { runs } = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(runs.len(), 3);
    for (json, run) in runs.iter().zip(report.runs()) {
        assert_eq!((json.id, json.target.as_str()), (run.id().get(), run.target()));
        assert_eq!(json.start, run.start().as_secs_f64());
        assert_eq!(json.duration, run.duration().as_secs_f64());
        assert_eq!(json.critical_path, run.critical_path().map(|step| step.name()).collect::<Vec<_>>());
        for (json, step) in json.steps.iter().zip(run.steps()) {
            assert_eq!((json.name.as_str(), json.needs.as_slice()), (step.name(), step.needs()));
            assert_eq!(json.start, step.start().map(|time| time.as_secs_f64()));
            assert_eq!(json.duration, step.duration().map(|time| time.as_secs_f64()));
            assert_eq!(json.queued_for, step.queued_for().as_secs_f64());
            assert_eq!(json.blocked_for, step.blocked_for().as_secs_f64());
            assert_eq!(json.errors, step.errors());
            assert_eq!(json.failed_dependency.as_deref(), step.failed_dependency());
            assert_eq!(json.runs.len(), step.runs().len());
        }
    }
    let ends: Vec<_> = runs.iter().map(|run| run.end.as_deref()).collect();
    assert_eq!(ends, [Some("succeeded"), Some("failed"), Some("succeeded")]);
    let outcomes: Vec<_> = runs[1].steps.iter().map(|step| step.outcome.as_str()).collect();
    assert_eq!(outcomes, ["not_reached", "cancelled", "failed", "cancelled", "not_reached"]);
    Ok(())
}

#[test]
fn timeline_is_xml_with_a_row_for_each_step() -> Result<(), RunError> {
    let picture = three_runs()?.to_svg();
    let document = roxmltree::Document::parse(&picture).unwrap();
    assert!(document.root_element().has_tag_name(("http://www.w3.org/2000/svg", "svg")));
    let steps: Vec<_> = (document.descendants())
        .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("step ")))
        .map(|step| {
            let texts = step.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
            let bars = step.descendants().filter(|node| node.attribute("class") == Some("bar")).count();
            (texts.collect::<Vec<_>>(), bars)
        })
        .collect();
    assert_eq!(steps.len(), 2 + 5 + 2 + 3);
    let row = |name: &str, place: usize| steps.iter().filter(|step| step.0[0] == name).nth(place).unwrap();
    assert_eq!(row("Add", 0).1, 1);
    assert!(row("ThirdOf", 0).0[1].ends_with(", failed"));
    assert!(row("Hold", 0).0[1].ends_with(", cancelled"));
    assert_eq!((row("Combine", 0).0[1], row("Combine", 0).1), ("not reached", 0));
    let texts: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.contains(
        &"ThirdOf failed: <a third> of & \\u{1b}[1m\"nothing\"\\u{0} in two lines: invalid digit found in string"
    ));
    Ok(())
}

/// The part of the Trace Event Format that reports use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Trace {
    display_time_unit: TimeUnit,
    trace_events: Vec<TraceEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TimeUnit {
    Ms,
    Ns,
}

/// An event, by its phase.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, tag = "ph")]
enum TraceEvent {
    #[serde(rename = "X")]
    Complete {
        name: String,
        cat: String,
        ts: f64,
        dur: f64,
        pid: u64,
        tid: u64,
        args: BTreeMap<String, serde_json::Value>,
    },
    #[serde(rename = "i")]
    Instant {
        name: String,
        cat: String,
        ts: f64,
        pid: u64,
        tid: u64,
        s: Scope,
        args: BTreeMap<String, serde_json::Value>,
    },
    #[serde(rename = "M")]
    Metadata { name: MetadataName, pid: u64, tid: u64, args: MetadataArgs },
}

/// How far an instant reaches: the whole trace, a process, a thread.
#[derive(Debug, PartialEq, Deserialize)]
enum Scope {
    #[serde(rename = "g")]
    Global,
    #[serde(rename = "p")]
    Process,
    #[serde(rename = "t")]
    Thread,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MetadataName {
    ProcessName,
    ProcessSortIndex,
    ThreadName,
    ThreadSortIndex,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum MetadataArgs {
    Name(String),
    SortIndex(i64),
}

/// Start, end, name, category.
type Interval<'t> = (f64, f64, &'t str, &'t str);

#[test]
fn trace_file_has_the_documented_format() -> Result<(), RunError> {
    let report = three_runs()?;
    let trace: Trace = serde_json::from_str(&report.to_trace()).unwrap();
    assert!(matches!(trace.display_time_unit, TimeUnit::Ms));
    let (mut named, mut used, mut instants) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    let mut rows: BTreeMap<(u64, u64), Vec<Interval<'_>>> = BTreeMap::new();
    for event in &trace.trace_events {
        match event {
            TraceEvent::Complete { name, cat, ts, dur, pid, tid, args } => {
                assert!(*ts >= 0.0 && *dur >= 0.0);
                assert!(cat != "step" || args["outcome"].is_string());
                used.insert((*pid, *tid));
                rows.entry((*pid, *tid)).or_default().push((*ts, *ts + *dur, name, cat));
            }
            TraceEvent::Instant { name, cat, ts, pid, tid, s, args } => {
                assert!(*ts >= 0.0 && *s == Scope::Thread && cat == "step" && args["outcome"].is_string());
                used.insert((*pid, *tid));
                instants.push(name.as_str());
            }
            TraceEvent::Metadata { name: MetadataName::ThreadName, pid, tid, args: MetadataArgs::Name(name) } => {
                assert!(named.insert((*pid, *tid), name.as_str()).is_none(), "a row is named once");
            }
            TraceEvent::Metadata { name, args, .. } => match args {
                MetadataArgs::Name(_) => assert_eq!(*name, MetadataName::ProcessName),
                MetadataArgs::SortIndex(index) => assert!(*index >= 0 && *name != MetadataName::ProcessName),
            },
        }
    }
    assert_eq!(named.keys().copied().collect::<BTreeSet<_>>(), used, "exactly the rows that are used have names");
    for (row, events) in &mut rows {
        events.sort_by(|one, other| one.0.total_cmp(&other.0));
        for pair in events.windows(2) {
            // Times are in microseconds; the tolerance is for rounding.
            assert!(pair[0].1 <= pair[1].0 + 0.001, "{row:?}: {pair:?} overlap");
        }
    }
    // Each executed step is there once, with the times of the report.
    let of_category = |category: &str| {
        let events = rows.values().flatten().filter(|event| event.3 == category);
        events.map(|&(from, to, name, _)| (name, from, to)).collect::<Vec<_>>()
    };
    assert_eq!(of_category("run").len(), 4, "including the one in the parent store");
    let mut names: Vec<_> = of_category("step").iter().map(|event| event.0).collect();
    names.sort_unstable();
    let expected = ["Add", "Add", "Answer", "Halve", "Halve", "Halve", "Hold", "Sum", "ThirdOf", "ThirdOf"];
    assert_eq!(names, expected);
    assert_eq!(instants, ["Add: not reached", "Combine: not reached"]);
    let hold = report.step("Hold").unwrap();
    let (_, from, to) = *of_category("step").iter().find(|event| event.0 == "Hold").unwrap();
    assert!((from - hold.start().unwrap().as_secs_f64() * 1e6).abs() < 0.01);
    assert!((to - from - hold.duration().unwrap().as_secs_f64() * 1e6).abs() < 0.01);
    // Steps that overlap are in different rows.
    let rows_of = |pid: u64| named.iter().filter(|(row, name)| row.0 == pid && name.starts_with("steps")).count();
    assert_eq!(report.runs().iter().map(|run| rows_of(run.id().get())).collect::<Vec<_>>(), [1, 3, 1]);
    Ok(())
}

#[test]
fn reports_and_recorders_are_plain_values() {
    fn plain<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    plain::<RunReport>();
    plain::<Recorder>();
}

#[test]
fn close_is_a_record_of_its_own() {
    let recorder = Recorder::new();
    let store = Store::<Service>::new().observed_by(recorder.clone());
    smol::block_on(store.resource::<Server>()).unwrap();
    assert!(smol::block_on(store.close()).is_err());
    let report = recorder.report();
    let text = report.without_times().to_string();
    let expected = "close of Service failed: 1 of 2 steps closed, 1 failed\n\
                    \x20 Connect  closed\n\
                    \x20 Serve    failed\n\
                    Serve failed: port 80 is stuck\n";
    assert_eq!(text.split_once("\n\n").unwrap().1, expected);
    assert!(!report.runs()[0].is_close() && report.runs()[1].is_close());
    assert_eq!(report.runs()[1].steps()[0].outcome(), Outcome::Closed);
    assert_eq!(report.runs()[1].critical_path().map(|step| step.name()).collect::<Vec<_>>(), ["Serve", "Connect"]);
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!((&json["runs"][0]["close"], &json["runs"][1]["close"]), (&serde_json::Value::Null, &true.into()));
    assert_eq!(json["runs"][1]["steps"][0]["outcome"], "closed");
    assert!(report.to_svg().contains("close of Service failed"));
}
