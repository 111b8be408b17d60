#![doc = include_str!("../README.md")]

mod critical_path;
mod json;
mod recorder;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod trace;

pub use recorder::{Recorder, ReportExt};
pub use table::WithoutTimes;

use serde::Serialize;
use std::time::Duration;
use typed_pipeliner::observe::{Element, RunEnd, RunId, SkipReason};
use typed_pipeliner::text::one_line;

/// The report of one or several runs.
///
/// [`Recorder::report`] returns it, and so does [`ReportExt::report`] for the error of a run.
/// [`Display`](std::fmt::Display) prints it as a table. Other forms are
/// [`to_svg`](RunReport::to_svg), [`to_trace`](RunReport::to_trace) and
/// [`to_json`](RunReport::to_json). [The crate](crate) has an example.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    runs: Vec<RunRecord>,
}

impl RunReport {
    /// The runs, in the order in which they started. Runs in parent stores and runs of elements
    /// belong to the [step that needed them](StepRecord::runs).
    pub fn runs(&self) -> &[RunRecord] {
        &self.runs
    }

    /// The first step with this name that was needed, in any of the runs; if none was needed, the
    /// first with this name.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// use typed_pipeliner_report::{Outcome, Recorder};
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # futures::executor::block_on(async {
    /// let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// run::<ReadConfig>(&store).observe(recorder.clone()).await?;
    /// let report = recorder.report();
    /// let step = report.step("ReadConfig").unwrap();
    /// assert_eq!(step.outcome(), Outcome::Ran);
    /// assert_eq!(step.duration(), report.duration("ReadConfig"));
    /// assert!(report.step("WriteConfig").is_none());
    /// # Ok(()) }) }
    /// ```
    pub fn step(&self, name: &str) -> Option<&StepRecord> {
        let of_name = || self.all_steps().filter(|step| step.name == name);
        of_name().find(|step| step.outcome != Outcome::NotNeeded).or_else(|| of_name().next())
    }

    /// The duration of the step with this name in the last run that completed it; `None` if no run
    /// did.
    ///
    /// [`Plan::with_durations`](typed_pipeliner::Plan::with_durations) takes such a function:
    /// `plan.with_durations(|step| report.duration(step))`.
    pub fn duration(&self, step: &str) -> Option<Duration> {
        let ran = |record: &&StepRecord| record.name == step && record.outcome == Outcome::Ran;
        self.all_steps().filter(ran).last()?.duration
    }

    /// The steps that failed, in the order in which they failed. If a run in a parent store failed,
    /// or that of an element, these are the steps that failed there.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # use typed_pipeliner_report::Recorder;
    /// # resource! { Port: u16; }
    /// #[step]
    /// fn read_port() -> Result<Out<Port>, std::num::ParseIntError> {
    ///     "eighty".parse()
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    ///
    /// # futures::executor::block_on(async {
    /// let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// run::<ReadPort>(&store).observe(recorder.clone()).await.unwrap_err();
    /// let report = recorder.report();
    /// let failures: Vec<_> = report.failures().map(|step| (step.name(), step.root_cause())).collect();
    /// assert_eq!(failures, [("ReadPort", Some("invalid digit found in string"))]);
    /// # });
    /// ```
    pub fn failures(&self) -> impl Iterator<Item = &StepRecord> {
        let mut failures: Vec<_> = self.all_steps().filter(|step| step.is_failure()).collect();
        failures.sort_by_key(|step| step.ended);
        failures.into_iter()
    }

    /// All steps of all runs; those of a run in a parent store follow the step that needed it.
    fn all_steps(&self) -> impl Iterator<Item = &StepRecord> {
        fn add<'r>(runs: &'r [RunRecord], to: &mut Vec<&'r StepRecord>) {
            for step in runs.iter().flat_map(|run| &run.steps) {
                to.push(step);
                add(&step.runs, to);
            }
        }
        let mut steps = Vec::new();
        add(&self.runs, &mut steps);
        steps.into_iter()
    }
}

/// A run in a report.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    #[serde(serialize_with = "json::id")]
    id: RunId,
    target: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    close: bool,
    #[serde(serialize_with = "json::element", skip_serializing_if = "Option::is_none")]
    element: Option<Element>,
    #[serde(serialize_with = "json::end")]
    end: Option<RunEnd>,
    #[serde(serialize_with = "json::seconds")]
    start: Duration,
    #[serde(serialize_with = "json::seconds")]
    duration: Duration,
    #[serde(serialize_with = "json::path")]
    critical_path: CriticalPath,
    steps: Vec<StepRecord>,
}

/// The steps of a critical path: their numbers and their names.
#[derive(Debug, Clone, Default)]
struct CriticalPath(Vec<(usize, &'static str)>);

impl RunRecord {
    /// Its identifier.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Whether it is the [close](typed_pipeliner::observe::RunInfo::is_close) of a store.
    pub fn is_close(&self) -> bool {
        self.close
    }

    /// Its title: `run of` its target, or `close of` its pipeline.
    fn title(&self) -> String {
        format!("{} of {}", if self.close { "close" } else { "run" }, one_line(self.target))
    }

    /// The name of its target: a step, or a resource; of a close, the pipeline.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// The element that it was for, if it was one of a [`ForEach`](typed_pipeliner::each::ForEach).
    pub fn element(&self) -> Option<&Element> {
        self.element.as_ref()
    }

    /// How it ended; `None` if it had not ended when the report was made.
    pub fn end(&self) -> Option<RunEnd> {
        self.end
    }

    /// When it was first polled, since the start of the first run of the report.
    pub fn start(&self) -> Duration {
        self.start
    }

    /// Its duration; if it had not ended, the time until the report was made.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// All steps of the run, whether or not it needed them, in the order of
    /// [`RunInfo::steps`](typed_pipeliner::observe::RunInfo::steps).
    pub fn steps(&self) -> &[StepRecord] {
        &self.steps
    }

    /// The critical path, from the first step to the last: the step that ended last, before it the
    /// one of its dependencies that ended last, and so on. Making any other step faster does not
    /// make the run faster.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};
    /// # use typed_pipeliner_report::Recorder;
    /// # resource! { Slow: u8; Quick: u8; Both: u8; }
    /// #[step]
    /// async fn take_time() -> Out<Slow> {
    ///     smol::Timer::after(std::time::Duration::from_millis(2)).await;
    ///     1
    /// }
    ///
    /// #[step]
    /// fn be_quick() -> Out<Quick> {
    ///     2
    /// }
    ///
    /// #[step]
    /// fn join(slow: In<'_, Slow>, quick: In<'_, Quick>) -> Out<Both> {
    ///     slow + quick
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Join, BeQuick, TakeTime]; }
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # smol::block_on(async {
    /// let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// run::<Join>(&store).observe(recorder.clone()).await?;
    /// let report = recorder.report();
    /// let path: Vec<_> = report.runs()[0].critical_path().map(|step| step.name()).collect();
    /// assert_eq!(path, ["TakeTime", "Join"]);
    /// # Ok(()) }) }
    /// ```
    pub fn critical_path(&self) -> impl DoubleEndedIterator<Item = &StepRecord> {
        self.critical_path.0.iter().map(|&(step, _)| &self.steps[step])
    }

    /// Whether a step is on the critical path.
    fn is_critical(&self, step: usize) -> bool {
        self.critical_path.0.iter().any(|&(other, _)| other == step)
    }

    /// The end, in words.
    fn end_label(&self) -> &'static str {
        match self.end {
            Some(RunEnd::Dropped) => "was dropped",
            None => "is running",
            Some(end) => end.as_str(),
        }
    }
}

/// A step of a run in a report.
#[derive(Debug, Clone, Serialize)]
pub struct StepRecord {
    name: &'static str,
    outcome: Outcome,
    /// When this run started to execute it, since the start of the first run of the report.
    #[serde(serialize_with = "json::optional_seconds")]
    start: Option<Duration>,
    #[serde(serialize_with = "json::optional_seconds")]
    duration: Option<Duration>,
    #[serde(serialize_with = "json::seconds")]
    queued_for: Duration,
    #[serde(serialize_with = "json::seconds")]
    blocked_for: Duration,
    /// The steps that it depends on, by number.
    needs: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_dependency: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    #[serde(skip_serializing_if = "is_at_most_one")]
    attempts: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_attempts: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    fallback: bool,
    /// When the attempts failed.
    #[serde(skip)]
    retried: Vec<Duration>,
    /// The intervals in which it waited, in order.
    #[serde(skip)]
    waits: Vec<Wait>,
    /// When the last event happened to it.
    #[serde(skip)]
    ended: Option<Duration>,
    /// How many elements are done, and of how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<(usize, usize)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<RunRecord>,
}

/// Whether a step needed no second attempt.
fn is_at_most_one(attempts: &usize) -> bool {
    *attempts <= 1
}

/// An interval in which a step waited.
#[derive(Debug, Clone, Copy)]
struct Wait {
    /// Whether it waited for another run, or else for a thread.
    for_other_run: bool,
    from: Duration,
    to: Duration,
}

impl StepRecord {
    /// Its name; for a resource that comes from the parent store, the name of the resource.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its outcome.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// When this run started to execute it, since the start of the first run of the report; `None`
    /// if this run did not execute it.
    pub fn start(&self) -> Option<Duration> {
        self.start
    }

    /// The duration of its execution, pauses included; `None` if this run did not execute it.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// How long it waited to start while all its inputs were there: for a thread, or because of the
    /// [limit](typed_pipeliner::Run::limit). Waiting after the start is part of its
    /// [duration](StepRecord::duration).
    pub fn queued_for(&self) -> Duration {
        self.queued_for
    }

    /// How long it waited for another run on the same store that executed it.
    pub fn blocked_for(&self) -> Duration {
        self.blocked_for
    }

    /// The steps that it depends on: indices in [`RunRecord::steps`].
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }

    /// If it failed, the text of its error, of the [source](std::error::Error::source) of the
    /// error, and so on to the last; empty otherwise.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// The last of the [errors](StepRecord::errors).
    pub fn root_cause(&self) -> Option<&str> {
        self.errors.last().map(String::as_str)
    }

    /// The number of its attempts, of which there are several only if its
    /// policy has a `retry`; 0 if this run did not execute it.
    pub fn attempts(&self) -> usize {
        self.attempts
    }

    /// For each attempt after which the step went on, with another attempt or with its fallback,
    /// the text of the error and of its sources.
    pub fn failed_attempts(&self) -> &[Vec<String>] {
        &self.failed_attempts
    }

    /// Whether its outputs are those of its fallback.
    pub fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// The failed step because of which this one was [skipped](SkipReason::DependencyFailed).
    pub fn failed_dependency(&self) -> Option<&'static str> {
        self.failed_dependency
    }

    /// If it runs for each element of a collection, the number of elements that were done, and the
    /// number of all.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.progress
    }

    /// The runs in the parent store that computed this resource, or those for the elements.
    pub fn runs(&self) -> &[RunRecord] {
        &self.runs
    }

    /// Whether it failed by itself, and not because one of its runs failed.
    fn is_failure(&self) -> bool {
        self.outcome == Outcome::Failed && !self.runs.iter().any(|run| run.end == Some(RunEnd::Failed))
    }

    /// Its outcome, in words and in one line.
    fn outcome_label(&self) -> String {
        match (self.outcome, self.failed_dependency) {
            (outcome, _) if self.progress.is_some() => {
                let (done, of) = self.progress.unwrap_or_default();
                format!("{}, {done} of {of}", outcome.label())
            }
            (Outcome::Skipped(_), Some(step)) => format!("skipped: {} failed", one_line(step)),
            (Outcome::Failed, _) if self.start.is_none() => "failed in another run".to_owned(),
            (Outcome::Ran, _) if self.fallback => "fell back".to_owned(),
            (outcome, _) => outcome.label().to_owned(),
        }
    }
}

/// The outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// This run executed it, and its outputs are there.
    Ran,
    /// Its outputs were closed.
    Closed,
    /// Another run executed it while this one waited.
    RanInOtherRun,
    /// Its outputs were taken from the journal of the store, before the run or during it.
    Restored,
    /// It was not executed.
    Skipped(SkipReason),
    /// It failed, in this run or in the one that this run waited for.
    Failed,
    /// It panicked.
    Panicked,
    /// The run ended while it was executed.
    Cancelled,
    /// It was needed, but the run ended before it started.
    NotReached,
    /// The run did not need it.
    NotNeeded,
    /// It was being executed when the report was made.
    Running,
    /// It had not started when the report was made.
    Pending,
}

impl Outcome {
    /// In words.
    fn label(self) -> &'static str {
        match self {
            Outcome::Ran => "ran",
            Outcome::Closed => "closed",
            Outcome::RanInOtherRun => "ran in another run",
            Outcome::Restored => "restored",
            Outcome::Skipped(SkipReason::Present) => "skipped: present",
            Outcome::Skipped(_) => "skipped: a dependency failed",
            Outcome::Failed => "failed",
            Outcome::Panicked => "panicked",
            Outcome::Cancelled => "cancelled",
            Outcome::NotReached => "not reached",
            Outcome::NotNeeded => "not needed",
            Outcome::Running => "running",
            Outcome::Pending => "pending",
        }
    }
}
