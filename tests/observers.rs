//! Observers: the events that they receive, and the values that they attach to errors.

#[path = "support/sums.rs"]
mod sums;
mod support;

use futures::FutureExt;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use sums::{Add, Base, Half, Halve, Sum, Sums, Third};
use support::{Gate, pipeline};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::observe::{RunEnd, RunId, RunInfo};
use typed_pipeliner::observe::{SkipReason, StepEvent, StepEventKind};
use typed_pipeliner::{In, Observer, Out, Return, RunError, Scoped};
use typed_pipeliner::{Store, resource, run, step};

resource! { Held: Gate; }

/// Records all events.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Log {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        self.note(format!("run of {}", run.target()));
    }
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        assert_eq!(run.steps()[event.step].name(), event.name());
        let what = match event.kind {
            StepEventKind::Demanded { by } => match by {
                Some(by) => format!("demanded by {}", run.steps()[by].name()),
                None => "demanded".to_owned(),
            },
            StepEventKind::Failed(error) => format!("failed: {error}"),
            StepEventKind::Skipped(SkipReason::Present) => "skipped, present".to_owned(),
            StepEventKind::Skipped(SkipReason::DependencyFailed) => "skipped, dependency failed".to_owned(),
            StepEventKind::WaitingForOtherRun { .. } => "waits for another run".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        self.note(format!("{} {what}", event.name()));
    }
    fn run_ended(&self, _: &RunInfo, end: RunEnd, _: Instant) {
        self.note(format!("run {end:?}"));
    }
    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        self.note(format!("({}", run.steps()[step].name()));
        poll();
        self.note(")".to_owned());
    }
}

/// The recorded events without the polls.
fn without_polls(log: &Log) -> Vec<String> {
    log.take().into_iter().filter(|line| !line.starts_with(['(', ')'])).collect()
}

#[test]
fn events_arrive_in_order() -> Result<(), RunError> {
    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)))?;
    let expected = [
        "run of Add",
        "Add demanded",
        "Halve demanded by Add",
        "ThirdOf demanded by Add",
        "Halve ready",
        "ThirdOf ready",
        "Halve started",
        "(Halve",
        ")",
        "Halve finished",
        "ThirdOf started",
        "(ThirdOf",
        ")",
        "(ThirdOf",
        ")",
        "ThirdOf finished",
        "Add ready",
        "Add started",
        "(Add",
        ")",
        "Add finished",
        "run Succeeded",
    ];
    assert_eq!(log.take(), expected);
    Ok(())
}

#[test]
fn target_is_ready_after_all_other_steps() -> Result<(), RunError> {
    #[step]
    fn show_half(half: In<'_, Half>) -> Return<i64> {
        Return(*half)
    }
    #[step]
    fn greet() -> Return<&'static str> {
        Return("hello")
    }
    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<ShowHalf>(&store).observe(Arc::clone(&log)))?;
    let expected = [
        "run of ShowHalf",
        "ShowHalf demanded",
        "Halve demanded by ShowHalf",
        "Halve ready",
        "Halve started",
        "(Halve",
        ")",
        "Halve finished",
        "ShowHalf ready",
        "ShowHalf started",
        "(ShowHalf",
        ")",
        "ShowHalf finished",
        "run Succeeded",
    ];
    assert_eq!(log.take(), expected);

    smol::block_on(run::<Greet>(&store).observe(Arc::clone(&log)))?;
    let expected = ["run of Greet", "Greet demanded", "Greet ready", "Greet started", "(Greet", ")", "Greet finished"];
    assert_eq!(log.take(), [&expected[..], &["run Succeeded"]].concat());
    Ok(())
}

#[test]
fn steps_are_known_after_the_run() -> Result<(), RunError> {
    /// Keeps each run, and asks nothing of it meanwhile.
    #[derive(Default)]
    struct Keep(Mutex<Vec<RunInfo>>);
    impl Observer for Keep {
        fn run_started(&self, run: &RunInfo, _: Instant) {
            self.0.lock().unwrap().push(run.clone());
        }
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    }
    #[step]
    fn show_sum(sum: In<'_, Sum>, scale: In<'_, Scale>) -> Return<i64> {
        Return(*sum * *scale)
    }
    resource! { Scale: i64; }
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Sums;
    }

    let keep = Arc::new(Keep::default());
    let app = Store::<Sums>::new().with(Base, 12);
    let request = Store::<Request>::within(&app).with(Scale, 2);
    smol::block_on(run::<ShowSum>(&request).observe(Arc::clone(&keep)))?;
    drop(request);
    drop(app);
    let kept = core::mem::take(&mut *keep.0.lock().unwrap());
    let steps = |run: &RunInfo| run.steps().iter().map(|step| (step.name(), step.needs().to_vec())).collect::<Vec<_>>();
    assert_eq!(steps(&kept[0]), [("ShowSum", vec![1]), ("Sum", vec![])]);
    assert_eq!(steps(&kept[1]), [("Add", vec![1, 2]), ("Halve", vec![]), ("ThirdOf", vec![])]);
    Ok(())
}

#[test]
fn present_steps_are_skipped() -> Result<(), RunError> {
    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(store.resource::<Half>())?;
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)))?;
    let lines = without_polls(&log);
    assert!(lines.contains(&"Halve skipped, present".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("Halve started")), "{lines:?}");

    // A second run has nothing to do.
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)))?;
    assert_eq!(log.take(), ["run of Add", "Add skipped, present", "run Succeeded"]);
    Ok(())
}

#[test]
fn supplied_value_demands_no_step() -> Result<(), RunError> {
    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Half, 6).with(Third, 4);
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)))?;
    assert_eq!(
        without_polls(&log),
        ["run of Add", "Add demanded", "Add ready", "Add started", "Add finished", "run Succeeded"]
    );
    Ok(())
}

#[test]
fn failure_is_an_event_and_ends_the_run() {
    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Base, -1);
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log))).unwrap_err();
    let lines = without_polls(&log);
    assert_eq!(lines[lines.len() - 2..], ["ThirdOf failed: too small", "run Failed"]);

    // With `keep_going`, the skipped steps are reported too.
    let store = Store::<Sums>::new().with(Base, -1);
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)).keep_going()).unwrap_err();
    let lines = without_polls(&log);
    assert_eq!(lines[lines.len() - 3..], ["ThirdOf failed: too small", "Add skipped, dependency failed", "run Failed"]);
}

#[test]
fn dropped_step_is_cancelled() {
    #[step]
    async fn hold(held: In<'_, Held>) -> Return<()> {
        held.pass().await;
        Return(())
    }
    pipeline! { Nothing: []; }

    let log = Arc::new(Log::default());
    let store = Store::<Nothing>::new().with(Held, Gate::new());
    let mut run = run::<Hold>(&store).observe(Arc::clone(&log));
    assert!((&mut run).now_or_never().is_none());
    drop(run);
    let lines = without_polls(&log);
    assert_eq!(lines[lines.len() - 3..], ["Hold started", "Hold cancelled", "run Dropped"]);
}

#[test]
fn panic_is_an_event_and_goes_on() {
    #[step]
    async fn fall(held: In<'_, Held>) -> Return<()> {
        held.pass().await;
        panic!("it fell");
    }
    #[step]
    fn fall_at_once() -> Return<()> {
        panic!("it fell");
    }
    pipeline! { Nothing: []; }

    let log = Arc::new(Log::default());
    let store = Store::<Nothing>::new().with(Held, Gate::new());
    let mut run = run::<Fall>(&store).observe(Arc::clone(&log));
    assert!((&mut run).now_or_never().is_none());
    store.get::<Held>().unwrap().open();
    let panic = catch_unwind(AssertUnwindSafe(|| smol::block_on(run))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"it fell"));
    let lines = without_polls(&log);
    assert_eq!(lines[lines.len() - 3..], ["Fall started", "Fall panicked", "run Panicked"]);

    let run = || {
        typed_pipeliner::executor::Executor::new(2)
            .scope(async |scope| scope.run::<FallAtOnce>(&store).observe(Arc::clone(&log)).await)
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    let lines = without_polls(&log);
    assert_eq!(lines[lines.len() - 3..], ["FallAtOnce started", "FallAtOnce panicked", "run Panicked"]);
}

#[test]
fn panic_of_a_step_goes_on_if_an_observer_panics_too() {
    /// Panics when a step does.
    struct Startled;
    impl Observer for Startled {
        fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
            assert!(!matches!(event.kind, StepEventKind::Panicked), "so do I");
        }
    }
    #[step]
    fn fall() -> Return<()> {
        panic!("it fell");
    }
    pipeline! { Nothing: []; }

    let store = Store::<Nothing>::new();
    let run = || smol::block_on(run::<Fall>(&store).observe(Startled));
    let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"it fell"));
}

#[test]
fn waiting_for_another_run_is_an_event() -> Result<(), RunError> {
    #[step]
    async fn halve_slowly(base: In<'_, Base>, held: In<'_, Held>) -> Out<Half> {
        held.pass().await;
        base / 2
    }
    pipeline! { Slow: [HalveSlowly]; }

    let log = Arc::new(Log::default());
    let gate = Gate::new();
    let store = Store::<Slow>::new().with(Base, 12).with(Held, gate.clone());
    let mut first = run::<HalveSlowly>(&store);
    assert!((&mut first).now_or_never().is_none());
    let mut second = run::<HalveSlowly>(&store).observe(Arc::clone(&log));
    assert!((&mut second).now_or_never().is_none());
    gate.open();
    smol::block_on(first)?;
    smol::block_on(second)?;
    assert_eq!(
        log.take(),
        [
            "run of HalveSlowly",
            "HalveSlowly demanded",
            "HalveSlowly ready",
            "HalveSlowly waits for another run",
            "HalveSlowly skipped, present",
            "run Succeeded"
        ]
    );
    Ok(())
}

#[test]
fn first_of_several_observers_is_outermost() -> Result<(), RunError> {
    /// Records the polls alone.
    struct Around(&'static str, Arc<Log>);
    impl Observer for Around {
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
        fn polling(&self, _: &RunInfo, _: usize, poll: &mut dyn FnMut()) {
            self.1.note(format!("{}(", self.0));
            poll();
            self.1.note(format!("){}", self.0));
        }
    }
    /// Never polls.
    struct Forgetful;
    impl Observer for Forgetful {
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
        fn polling(&self, _: &RunInfo, _: usize, _: &mut dyn FnMut()) {}
    }

    let log = Arc::new(Log::default());
    let store = Store::<Sums>::new().with(Base, 12);
    let around = |name| Around(name, Arc::clone(&log));
    smol::block_on(run::<Halve>(&store).observe(around("a")).observe(around("b")))?;
    assert_eq!(log.take(), ["a(", "b(", ")b", ")a"]);

    // The step is polled nevertheless.
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Forgetful))?;
    assert_eq!(store.get::<Sum>(), Some(&10));
    Ok(())
}

#[test]
fn run_in_parent_store_has_the_id_of_its_child() -> Result<(), RunError> {
    #[derive(Default)]
    struct Runs(Mutex<Vec<(RunId, Option<RunId>, &'static str)>>);
    impl Observer for Runs {
        fn run_started(&self, run: &RunInfo, _: Instant) {
            self.0.lock().unwrap().push((run.id(), run.parent(), run.target()));
        }
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    }
    #[step]
    fn show(sum: In<'_, Sum>) -> Return<String> {
        Return(sum.to_string())
    }
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Sums;
    }

    let runs = Arc::new(Runs::default());
    let app = Store::<Sums>::new().with(Base, 12);
    let request = Store::<Request>::within(&app);
    smol::block_on(run::<Show>(&request).observe(Arc::clone(&runs)))?;
    let runs = runs.0.lock().unwrap();
    let [(child, None, "Show"), (run, Some(parent), "Sum")] = runs[..] else { panic!("{runs:?}") };
    assert_eq!(parent, child);
    assert_ne!(run, child);
    assert_eq!(run.get().to_string(), run.to_string());
    Ok(())
}

#[test]
fn events_are_the_same_on_threads() -> Result<(), RunError> {
    let log = Arc::new(Log::default());
    let executor = Executor::new(2);
    let arc = Arc::new(Store::<Sums>::new().with(Base, 12));
    smol::block_on(executor.run::<Add>(&arc).observe(Arc::clone(&log)))?;
    let mut of_arc = without_polls(&log);
    let store = Store::<Sums>::new().with(Base, 12);
    executor.scope(async |scope| scope.run::<Add>(&store).observe(Arc::clone(&log)).await)?;
    let mut of_borrowed = without_polls(&log);
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Arc::clone(&log)))?;
    let mut of_local = without_polls(&log);
    for lines in [&mut of_arc, &mut of_borrowed, &mut of_local] {
        assert_eq!(lines.last().unwrap(), "run Succeeded");
        lines.sort_unstable();
    }
    assert_eq!(of_arc, of_local);
    assert_eq!(of_borrowed, of_local);
    Ok(())
}

#[test]
fn end_of_a_run_is_reported_before_its_result() {
    let log = Arc::new(Log::default());
    let executor = Executor::new(2);
    for base in [12, -1].into_iter().cycle().take(400) {
        let arc = Arc::new(Store::<Sums>::new().with(Base, base));
        let result = smol::block_on(executor.run::<Add>(&arc).observe(Arc::clone(&log)));
        let end = if result.is_ok() { "run Succeeded" } else { "run Failed" };
        assert_eq!(without_polls(&log).last().unwrap(), end);
    }
}

#[test]
fn dependencies_are_known_at_the_start() -> Result<(), RunError> {
    struct Needs;
    impl Observer for Needs {
        fn run_started(&self, run: &RunInfo, _: Instant) {
            let steps: Vec<_> = run.steps().iter().map(|step| (step.name(), step.needs())).collect();
            assert_eq!(steps, [("Add", &[1, 2][..]), ("Halve", &[]), ("ThirdOf", &[])]);
        }
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    }
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Needs))?;
    Ok(())
}

/// Attaches a value to the errors of runs.
struct Attach<T>(Arc<T>, Arc<Mutex<Vec<RunId>>>);

impl<T: Any + Send + Sync> Observer for Attach<T> {
    fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    fn attachment(&self, run: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
        self.1.lock().unwrap().push(run);
        Some(self.0.clone())
    }
}

#[test]
fn error_has_the_first_attachment_of_each_type() {
    let asked = Arc::default();
    let store = Store::<Sums>::new().with(Base, -1);
    let error = smol::block_on(
        run::<Add>(&store)
            .observe(Log::default())
            .observe(Attach(Arc::new(1_u8), Arc::clone(&asked)))
            .observe(Arc::new(Attach(Arc::new("text"), Arc::clone(&asked))))
            .observe(Attach(Arc::new(2_u8), Arc::clone(&asked))),
    )
    .unwrap_err();
    assert_eq!(error.attachment::<u8>(), Some(&1));
    assert_eq!(error.attachment::<&str>(), Some(&"text"));
    assert_eq!(error.attachment::<u16>(), None);
    let asked = asked.lock().unwrap();
    assert_eq!(asked[..], [asked[0]; 3], "each observer is asked once, for one run");
}

#[test]
fn observers_of_a_run_that_succeeds_attach_nothing() -> Result<(), RunError> {
    let asked = Arc::default();
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Attach(Arc::new(1_u8), Arc::clone(&asked))))?;
    assert!(asked.lock().unwrap().is_empty());
    Ok(())
}

#[test]
fn attachments_are_those_of_the_run_on_threads() {
    let asked = Arc::default();
    let store = Arc::new(Store::<Sums>::new().with(Base, -1));
    let observer = Attach(Arc::new(1_u8), Arc::clone(&asked));
    let error = smol::block_on(Executor::new(2).run::<Add>(&store).observe(observer)).unwrap_err();
    assert_eq!(error.attachment::<u8>(), Some(&1));
}
