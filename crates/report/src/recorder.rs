//! The observer that records runs, and the report of an error.

use super::critical_path::critical_path;
use super::{Outcome, RunRecord, RunReport, StepRecord, Wait};
use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use typed_pipeliner::observe::{Instant, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind, StepInfo};
use typed_pipeliner::{Observer, RunError};

/// An [`Observer`] that records runs, for a [report](Recorder::report).
///
/// Clones share one record. It grows with each run, also with that of each element of a
/// [`ForEach`](typed_pipeliner::each::ForEach), and is freed with the last clone, so a server needs one
/// recorder for each request that is to have a report, and not one for all.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
/// # use typed_pipeliner_report::Recorder;
/// # resource! { Config: u8; }
/// # #[step]
/// # fn read_config() -> Out<Config> { 1 }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let (store, recorder) = (Store::<App>::new(), Recorder::new());
/// for _ in 0..2 {
///     run::<ReadConfig>(&store).observe(recorder.clone()).await?;
/// }
/// assert_eq!(
///     recorder.report().without_times().to_string(),
///     "run of ReadConfig succeeded: 1 of 1 step ran\n\
///      \x20 ReadConfig  ran\n\
///      \n\
///      run of ReadConfig succeeded: 0 of 1 step ran, 1 skipped\n\
///      \x20 ReadConfig  skipped: present\n"
/// );
/// # Ok(()) }) }
/// ```
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Runs>>);

/// The runs.
#[derive(Default)]
struct Runs {
    /// All runs, in the order in which they started.
    all: Vec<Run>,
    /// The places of all but the last.
    places: HashMap<RunId, usize>,
}

/// The runs that other runs caused, by these.
type Children<'a> = HashMap<RunId, Vec<&'a Run>>;

/// The record of a run. The steps are made from it for a report, so that an event costs no more
/// than its entry.
struct Run {
    info: RunInfo,
    start: Instant,
    end: Option<(RunEnd, Instant)>,
    /// The events of its steps, in their order.
    events: Vec<Event>,
    /// The texts of the errors, one for each event with an error.
    errors: Vec<Vec<String>>,
    /// How many elements are done, of how many, by the steps that run for each element.
    progress: Vec<(usize, (usize, usize))>,
}

/// An event of a step.
struct Event {
    step: usize,
    time: Instant,
    /// The stage that begins with it.
    stage: Stage,
}

/// A step in a run, after some of its events.
struct Step<'a> {
    name: &'static str,
    needs: &'a [usize],
    stage: Stage,
    /// The time of its last event.
    time: Option<Instant>,
    start: Option<Instant>,
    end: Option<Instant>,
    /// The intervals in which it waited, and whether another run executed it meanwhile.
    waits: Vec<(bool, Instant, Instant)>,
    /// The attempts that failed before the last one: their ends, and the texts of their errors.
    failed_attempts: Vec<(Instant, &'a [String])>,
    is_fallback: bool,
    is_restored: bool,
    errors: &'a [String],
}

/// The stage of a step, by its last event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Demanded,
    Ready,
    InOtherRun,
    Started,
    /// An attempt has failed. The step is still [`Started`](Stage::Started).
    Retrying,
    /// The last attempt has failed. The step is still [`Started`](Stage::Started).
    FellBack,
    /// The outputs were taken from the journal. The step is still [`Started`](Stage::Started).
    Restored,
    Over(Outcome),
}

impl Recorder {
    /// Creates an empty recorder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the report of all recorded runs. It may be called at any time, even during a run.
    pub fn report(&self) -> RunReport {
        // A run has started after its parent, so the last one is the parent of none.
        self.report_of(|run, places| run.info.parent().is_none_or(|parent| !places.contains_key(&parent)))
    }

    /// The report of the selected runs.
    fn report_of(&self, is_selected: impl Fn(&Run, &HashMap<RunId, usize>) -> bool) -> RunReport {
        let (record, now) = (self.runs(), Instant::now());
        let runs = &record.all;
        let selected: Vec<_> = runs.iter().filter(|run| is_selected(run, &record.places)).collect();
        let origin = selected.iter().map(|run| run.start).min().unwrap_or(now);
        let clock = Clock { origin, now };
        let mut children: Children<'_> = HashMap::new();
        for run in runs.iter() {
            if let Some(parent) = run.info.parent() {
                children.entry(parent).or_default().push(run);
            }
        }
        RunReport { runs: selected.into_iter().map(|run| run.record(&children, clock)).collect() }
    }

    /// The runs.
    fn runs(&self) -> MutexGuard<'_, Runs> {
        // At most the name of a step panics while this is locked, and it changes nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the record of a run.
    fn change(&self, id: RunId, change: impl FnOnce(&mut Run)) {
        let Runs { all, places } = &mut *self.runs();
        // Most events belong to the run that has started last.
        match all.last_mut() {
            Some(last) if last.info.id() == id => change(last),
            _ => {
                if let Some(run) = places.get(&id).and_then(|&place| all.get_mut(place)) {
                    change(run);
                }
            }
        }
    }
}

/// The report of an error. It is created with the error, when the run has not ended yet, and builds
/// the report when it is asked for.
struct ErrorReport {
    recorder: Recorder,
    run: RunId,
    report: OnceLock<RunReport>,
}

/// The report of the error of a run.
///
/// Implemented for [`RunError`] alone.
pub trait ReportExt: sealed::Sealed {
    /// Returns the report of the run that failed, if a [`Recorder`] observed it; `None` otherwise.
    ///
    /// It contains this run, the runs in parent stores that it needed, and those of elements. A run
    /// has ended before its caller receives the error, so the report is complete, including the
    /// steps that were cancelled because of the failure.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// use typed_pipeliner_report::{Recorder, ReportExt};
    ///
    /// # resource! { Port: u16; }
    /// #[step]
    /// fn read_port() -> Result<Out<Port>, std::num::ParseIntError> {
    ///     "eighty".parse()
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    ///
    /// # smol::block_on(async {
    /// let store = Store::<App>::new();
    /// let error = run::<ReadPort>(&store).observe(Recorder::new()).await.unwrap_err();
    /// assert_eq!(
    ///     error.report().unwrap().without_times().to_string(),
    ///     "run of ReadPort failed: 0 of 1 step ran, 1 failed\n\
    ///      \x20 ReadPort  failed\n\
    ///      ReadPort failed: invalid digit found in string\n"
    /// );
    /// # });
    /// ```
    fn report(&self) -> Option<&RunReport>;
}

impl ReportExt for RunError {
    fn report(&self) -> Option<&RunReport> {
        let ErrorReport { recorder, run, report } = self.attachment()?;
        Some(report.get_or_init(|| recorder.report_of(|other, _| other.info.id() == *run)))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for typed_pipeliner::RunError {}
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder of {} runs", self.runs().all.len())
    }
}

impl Observer for Recorder {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        let (events, errors, progress) = (Vec::new(), Vec::new(), Vec::new());
        let run = Run { info: run.clone(), start: time, end: None, events, errors, progress };
        let Runs { all, places } = &mut *self.runs();
        if let Some(last) = all.last() {
            places.insert(last.info.id(), all.len() - 1);
        }
        all.push(run);
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if let StepEventKind::Progress { done, of } = event.kind {
            return self.change(run.id(), |run| run.progress(event.step, (done, of)));
        }
        let Some(stage) = Stage::after(event.kind) else { return };
        let entry = Event { step: event.step, time: event.time, stage };
        match event.kind {
            StepEventKind::Failed(error) | StepEventKind::Retrying { error, .. } | StepEventKind::FellBack(error) => {
                // Before the lock is taken, because this calls code of the step.
                let errors = messages(error);
                self.change(run.id(), |run| {
                    run.events.push(entry);
                    run.errors.push(errors);
                });
            }
            _ => self.change(run.id(), |run| run.events.push(entry)),
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        self.change(run.id(), |run| run.end = Some((end, time)));
    }

    fn attachment(&self, run: RunId) -> Option<Arc<dyn Any + Send + Sync>> {
        Some(Arc::new(ErrorReport { recorder: self.clone(), run, report: OnceLock::new() }))
    }
}

/// The texts of an error, of its source, and so on to the last.
fn messages(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

impl Stage {
    /// The stage that begins with an event.
    fn after(kind: StepEventKind<'_>) -> Option<Self> {
        Some(match kind {
            StepEventKind::Demanded { .. } => Stage::Demanded,
            StepEventKind::Ready => Stage::Ready,
            StepEventKind::WaitingForOtherRun { .. } => Stage::InOtherRun,
            StepEventKind::Started => Stage::Started,
            StepEventKind::Retrying { .. } => Stage::Retrying,
            StepEventKind::FellBack(_) => Stage::FellBack,
            StepEventKind::Restored => Stage::Restored,
            StepEventKind::Finished => Stage::Over(Outcome::Ran),
            StepEventKind::Skipped(SkipReason::Restored) => Stage::Over(Outcome::Restored),
            StepEventKind::Skipped(reason) => Stage::Over(Outcome::Skipped(reason)),
            StepEventKind::Failed(_) => Stage::Over(Outcome::Failed),
            StepEventKind::Panicked => Stage::Over(Outcome::Panicked),
            StepEventKind::Cancelled => Stage::Over(Outcome::Cancelled),
            _ => return None,
        })
    }
}

impl<'a> Step<'a> {
    /// A step before its first event.
    fn idle(info: &'a StepInfo) -> Self {
        Step {
            name: info.name(),
            needs: info.needs(),
            stage: Stage::Idle,
            time: None,
            start: None,
            end: None,
            waits: Vec::new(),
            failed_attempts: Vec::new(),
            is_fallback: false,
            is_restored: false,
            errors: &[],
        }
    }

    /// Takes the next event of the step into account, with its error if it has one.
    fn pass(&mut self, &Event { stage, time, .. }: &Event, errors: &'a [String]) {
        match stage {
            Stage::Retrying => return self.failed_attempts.push((time, errors)),
            Stage::FellBack => {
                self.is_fallback = true;
                return self.failed_attempts.push((time, errors));
            }
            Stage::Restored => return self.is_restored = true,
            _ => {}
        }
        let last = self.time.replace(time).unwrap_or(time);
        match self.stage {
            Stage::Ready => self.waits.push((false, last, time)),
            Stage::InOtherRun => self.waits.push((true, last, time)),
            _ => {}
        }
        self.stage = match (self.stage, stage) {
            (Stage::InOtherRun, Stage::Over(Outcome::Skipped(SkipReason::Present))) => {
                Stage::Over(Outcome::RanInOtherRun)
            }
            // It was not executed, so it has no duration.
            (_, Stage::Over(Outcome::Ran)) if self.is_restored => {
                self.start = None;
                Stage::Over(Outcome::Restored)
            }
            _ => stage,
        };
        match self.stage {
            Stage::Started => {
                (self.start, self.end) = (Some(time), None);
                (self.is_fallback, self.is_restored) = (false, false);
                self.failed_attempts.clear();
            }
            Stage::Over(_) => self.end = Some(time),
            _ => {}
        }
        self.errors = errors;
    }
}

/// The origin of the times in a report, and the time when it is made.
#[derive(Clone, Copy)]
struct Clock {
    origin: Instant,
    now: Instant,
}

impl Clock {
    fn of(self, time: Instant) -> Duration {
        time.saturating_duration_since(self.origin)
    }
}

impl Run {
    /// Records how many elements of a step are done, and of how many.
    fn progress(&mut self, step: usize, progress: (usize, usize)) {
        match self.progress.iter_mut().find(|(other, _)| *other == step) {
            Some((_, known)) => *known = progress,
            None => self.progress.push((step, progress)),
        }
    }

    /// The steps, after all events so far.
    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<_> = self.info.steps().iter().map(Step::idle).collect();
        let mut errors = self.errors.iter();
        for event in &self.events {
            let has_error = matches!(event.stage, Stage::Over(Outcome::Failed) | Stage::Retrying | Stage::FellBack);
            let errors = if has_error { errors.next() } else { None };
            steps[event.step].pass(event, errors.map_or(&[], Vec::as_slice));
        }
        steps
    }

    fn record(&self, children: &Children<'_>, clock: Clock) -> RunRecord {
        let end = self.end.map_or(clock.now, |(_, time)| time);
        let passed = self.steps();
        let mut steps: Vec<_> = passed.iter().map(|step| step.record(self.end.is_some(), end, clock)).collect();
        for run in children.get(&self.info.id()).into_iter().flatten() {
            let step = run.info.element().map_or_else(|| run.needed_by(&passed), |element| Some(element.step));
            if let Some(step) = step {
                steps[step].runs.push(run.record(children, clock));
            }
        }
        for &(step, progress) in &self.progress {
            steps[step].progress = Some(progress);
        }
        for step in 0..steps.len() {
            if self.info.is_close() && steps[step].outcome == Outcome::Ran {
                steps[step].outcome = Outcome::Closed;
            }
            if steps[step].outcome == Outcome::Skipped(SkipReason::DependencyFailed) {
                steps[step].failed_dependency = failed_dependency(&steps, step);
            }
        }
        RunRecord {
            id: self.info.id(),
            target: self.info.target(),
            close: self.info.is_close(),
            element: self.info.element().cloned(),
            end: self.end.map(|(end, _)| end),
            start: clock.of(self.start),
            duration: end.saturating_duration_since(self.start),
            critical_path: critical_path(&steps, self.end.map(|(end, _)| end)),
            steps,
        }
    }

    /// The step of another run that needed this run in the parent store: it has the name of the
    /// target of this run, is executed meanwhile, and is listed after the steps of the pipeline.
    fn needed_by(&self, steps: &[Step<'_>]) -> Option<usize> {
        let needed_it = |step: &Step<'_>| {
            step.name == self.info.target()
                && step.start.is_some_and(|start| start <= self.start)
                && step.end.is_none_or(|end| self.start <= end)
        };
        steps.iter().rposition(needed_it)
    }
}

/// The first failed step among the dependencies of a step, by a breadth-first search.
fn failed_dependency(steps: &[StepRecord], step: usize) -> Option<&'static str> {
    let (mut seen, mut next) = (vec![false; steps.len()], VecDeque::from([step]));
    while let Some(step) = next.pop_front() {
        if steps[step].outcome == Outcome::Failed {
            return Some(steps[step].name);
        }
        next.extend(steps[step].needs.iter().filter(|&&need| !std::mem::replace(&mut seen[need], true)));
    }
    None
}

impl Step<'_> {
    /// The record for a report, at a time: of a run that is over, or is still running.
    fn record(&self, is_over: bool, run_end: Instant, clock: Clock) -> StepRecord {
        let outcome = match self.stage {
            Stage::Over(outcome) => outcome,
            Stage::Idle => Outcome::NotNeeded,
            _ if is_over => Outcome::NotReached,
            Stage::Started => Outcome::Running,
            _ => Outcome::Pending,
        };
        // It may still be waiting.
        let since = self.time.filter(|_| matches!(self.stage, Stage::Ready | Stage::InOtherRun));
        let open = since.map(|since| (self.stage == Stage::InOtherRun, since, run_end.max(since)));
        let waits: Vec<_> = (self.waits.iter().copied().chain(open))
            .map(|(for_other_run, from, to)| Wait { for_other_run, from: clock.of(from), to: clock.of(to) })
            .collect();
        let waited = |for_other_run| {
            let waits = waits.iter().filter(|wait| wait.for_other_run == for_other_run);
            waits.map(|wait| wait.to.saturating_sub(wait.from)).fold(Duration::ZERO, Duration::saturating_add)
        };
        let end = self.end.unwrap_or(run_end);
        StepRecord {
            name: self.name,
            outcome,
            start: self.start.map(|start| clock.of(start)),
            duration: self.start.map(|start| end.saturating_duration_since(start)),
            queued_for: waited(false),
            blocked_for: waited(true),
            needs: self.needs.to_vec(),
            failed_dependency: None,
            errors: self.errors.to_vec(),
            attempts: self.start.map_or(0, |_| self.failed_attempts.len() + usize::from(!self.is_fallback)),
            failed_attempts: self.failed_attempts.iter().map(|(_, errors)| errors.to_vec()).collect(),
            fallback: self.is_fallback,
            retried: self.failed_attempts.iter().map(|&(time, _)| clock.of(time)).collect(),
            ended: (outcome != Outcome::NotNeeded).then(|| clock.of(end)),
            waits,
            progress: None,
            runs: Vec::new(),
        }
    }
}
