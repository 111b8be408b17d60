//! Whoever writes down what happens in runs.

use super::critical_path::critical_path;
use super::{Outcome, RunRecord, RunReport, StepRecord, Wait};
use crate::observe::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};
use core::error::Error;
use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// An [`Observer`] that writes down what happens, for a [report](Recorder::report).
///
/// Clones write into the same record. It keeps all that it is told for as long as it lives: in a server that is one recorder for each
/// request, or for each one that is looked at, and not one for all.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Recorder, RunOptions, Store, resource, run_with, step};
/// # resource! { Config: u8; }
/// # #[step]
/// # fn read_config() -> Out<Config> { 1 }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let (store, recorder) = (Store::<App>::new(), Recorder::new());
/// for _ in 0..2 {
///     run_with::<ReadConfig>(&store, RunOptions::new().observe(recorder.clone())).await?;
/// }
/// assert_eq!(
///     recorder.report().without_times().to_string(),
///     "run of ReadConfig succeeded: 1 of 1 step ran\n\
///      \x20 ReadConfig  ran\n\
///      \n\
///      run of ReadConfig succeeded: 0 of 1 step ran, 1 skipped\n\
///      \x20 ReadConfig  skipped: there already\n"
/// );
/// # Ok(()) }) }
/// ```
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Run>>>);

/// What is known of a run.
struct Run {
    id: RunId,
    parent: Option<RunId>,
    target: &'static str,
    start: Instant,
    end: Option<(RunEnd, Instant)>,
    steps: Vec<Step>,
}

/// What is known of a step in a run.
struct Step {
    name: &'static str,
    needs: Vec<usize>,
    stage: Stage,
    /// When the last thing happened to it.
    time: Option<Instant>,
    start: Option<Instant>,
    end: Option<Instant>,
    /// The intervals in which it waited, and whether for another run.
    waits: Vec<(bool, Instant, Instant)>,
    errors: Vec<String>,
}

/// How far a step is known to have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Demanded,
    Ready,
    Waiting,
    Started,
    Over(Outcome),
}

impl Recorder {
    /// A recorder that has not seen anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// What all runs have done so far that this recorder watches or has watched.
    ///
    /// It may be asked for at any time, also while they are under way.
    pub fn report(&self) -> RunReport {
        self.report_of(|run, runs| !runs.iter().any(|other| Some(other.id) == run.parent))
    }

    /// What is recorded of one run, for its error.
    pub(crate) fn of_run(&self, run: RunId) -> Recording {
        Recording { recorder: self.clone(), run, report: OnceLock::new() }
    }

    fn report_of(&self, is_asked_for: impl Fn(&Run, &[Run]) -> bool) -> RunReport {
        let (runs, now) = (self.runs(), Instant::now());
        let asked: Vec<_> = runs.iter().filter(|run| is_asked_for(run, &runs)).collect();
        let origin = asked.iter().map(|run| run.start).min().unwrap_or(now);
        let clock = Clock { origin, now };
        RunReport { runs: asked.into_iter().map(|run| run.record(&runs, clock)).collect() }
    }

    /// All runs, in the order in which they started.
    fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        // Nothing panics while it holds this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known of a run.
    fn change(&self, id: RunId, change: impl FnOnce(&mut Run)) {
        // From the end: what happens is mostly part of a run that started lately.
        if let Some(run) = self.runs().iter_mut().rev().find(|run| run.id == id) {
            change(run);
        }
    }
}

/// What is recorded of a run that fails. It is not a report yet: the error is made when the run still has to end.
pub(crate) struct Recording {
    recorder: Recorder,
    run: RunId,
    report: OnceLock<RunReport>,
}

impl Recording {
    /// The report, made when it is first asked for.
    pub(crate) fn report(&self) -> &RunReport {
        self.report.get_or_init(|| self.recorder.report_of(|run, _| run.id == self.run))
    }
}

/// How much has been recorded.
impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder of {} runs", self.runs().len())
    }
}

impl Observer for Recorder {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        let step = |info: &crate::observe::StepInfo| Step {
            name: info.name(),
            needs: info.needs().to_vec(),
            stage: Stage::Idle,
            time: None,
            start: None,
            end: None,
            waits: Vec::new(),
            errors: Vec::new(),
        };
        let steps = run.steps().iter().map(step).collect();
        let (id, parent, target) = (run.id(), run.parent(), run.target());
        self.runs().push(Run { id, parent, target, start: time, end: None, steps });
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        // Before anything is locked: these are calls of somebody else's code.
        let errors = match event.kind {
            StepEventKind::Failed(error) => messages(error),
            _ => Vec::new(),
        };
        self.change(run.id(), |run| run.steps[event.step].tell(event.kind, event.time, errors));
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        self.change(run.id(), |run| run.end = Some((end, time)));
    }

    fn recorder(&self) -> Option<&Recorder> {
        Some(self)
    }
}

/// What an error says, what its source does, and so on to the last.
fn messages(error: &(dyn Error + 'static)) -> Vec<String> {
    core::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

impl Step {
    fn tell(&mut self, kind: StepEventKind<'_>, time: Instant, errors: Vec<String>) {
        let last = self.time.replace(time).unwrap_or(time);
        match self.stage {
            Stage::Ready => self.waits.push((false, last, time)),
            Stage::Waiting => self.waits.push((true, last, time)),
            _ => {}
        }
        let waited = self.stage == Stage::Waiting;
        self.stage = match kind {
            StepEventKind::Demanded { .. } => Stage::Demanded,
            StepEventKind::Ready => Stage::Ready,
            StepEventKind::Waiting => Stage::Waiting,
            StepEventKind::Started => {
                (self.start, self.end) = (Some(time), None);
                Stage::Started
            }
            StepEventKind::Finished => Stage::Over(Outcome::Ran),
            StepEventKind::Skipped(SkipReason::Present) if waited => Stage::Over(Outcome::Waited),
            StepEventKind::Skipped(reason) => Stage::Over(Outcome::Skipped(reason)),
            StepEventKind::Failed(_) => Stage::Over(Outcome::Failed),
            StepEventKind::Panicked => Stage::Over(Outcome::Panicked),
            StepEventKind::Cancelled => Stage::Over(Outcome::Cancelled),
        };
        if let Stage::Over(_) = self.stage {
            self.end = Some(time);
        }
        self.errors = errors;
    }
}

/// From when the times of a report count, and when it is made.
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
    fn record(&self, runs: &[Run], clock: Clock) -> RunRecord {
        let end = self.end.map_or(clock.now, |(_, time)| time);
        let mut steps: Vec<_> = self.steps.iter().map(|step| step.record(self.end.is_some(), end, clock)).collect();
        for run in runs.iter().filter(|run| run.parent == Some(self.id)) {
            if let Some(step) = self.step_for(run) {
                steps[step].runs.push(run.record(runs, clock));
            }
        }
        for step in 0..steps.len() {
            if steps[step].outcome == Outcome::Skipped(SkipReason::NeedsFailed) {
                steps[step].because_of = failed_need(&steps, step);
            }
        }
        RunRecord {
            id: self.id,
            target: self.target,
            end: self.end.map(|(end, _)| end),
            start: clock.of(self.start),
            duration: end.saturating_duration_since(self.start),
            critical_path: critical_path(&steps, self.end.map(|(end, _)| end)),
            steps,
        }
    }

    /// The step for which a run above is: what is above comes last, by the name of what that is asked for, and is executed
    /// meanwhile.
    fn step_for(&self, above: &Run) -> Option<usize> {
        let is_meant = |step: &Step| {
            step.name == above.target
                && step.start.is_some_and(|start| start <= above.start)
                && step.end.is_none_or(|end| above.start <= end)
        };
        self.steps.iter().rposition(is_meant)
    }
}

/// The first step that failed of all that a step needs.
fn failed_need(steps: &[StepRecord], step: usize) -> Option<&'static str> {
    let (mut seen, mut at) = (vec![step], 0);
    while let Some(&step) = seen.get(at) {
        if steps[step].outcome == Outcome::Failed {
            return Some(steps[step].name);
        }
        for &need in &steps[step].needs {
            if !seen.contains(&need) {
                seen.push(need);
            }
        }
        at += 1;
    }
    None
}

impl Step {
    /// What became of it in a run that has ended, or goes on, at a time.
    fn record(&self, is_over: bool, run_end: Instant, clock: Clock) -> StepRecord {
        let outcome = match self.stage {
            Stage::Over(outcome) => outcome,
            Stage::Idle => Outcome::NotNeeded,
            _ if is_over => Outcome::NotReached,
            Stage::Started => Outcome::Running,
            _ => Outcome::Pending,
        };
        // What it still waits for has lasted until now.
        let since = self.time.filter(|_| matches!(self.stage, Stage::Ready | Stage::Waiting));
        let open = since.map(|since| (self.stage == Stage::Waiting, since, run_end.max(since)));
        let waits: Vec<_> = (self.waits.iter().copied().chain(open))
            .map(|(for_another_run, from, to)| Wait { for_another_run, from: clock.of(from), to: clock.of(to) })
            .collect();
        let waited = |for_another_run| {
            let waits = waits.iter().filter(|wait| wait.for_another_run == for_another_run);
            waits.map(|wait| wait.to.saturating_sub(wait.from)).sum()
        };
        let end = self.end.unwrap_or(run_end);
        StepRecord {
            name: self.name,
            outcome,
            start: self.start.map(|start| clock.of(start)),
            duration: self.start.map(|start| end.saturating_duration_since(start)),
            waited_for_a_turn: waited(false),
            waited_for_another_run: waited(true),
            needs: self.needs.clone(),
            because_of: None,
            errors: self.errors.clone(),
            ended: (outcome != Outcome::NotNeeded).then(|| clock.of(end)),
            waits,
            runs: Vec::new(),
        }
    }
}
