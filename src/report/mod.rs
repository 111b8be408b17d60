//! The report of a run: what was done, when, why not, and what it had to wait for. Feature `report`.
//!
//! A [`Recorder`] watches a run, and afterwards there is a [`RunReport`]: as a table, as JSON, as a picture and as a trace file.
//! The error of a run that failed [has it with it](crate::RunError::report).
//!
//! ```
//! use typed_pipeliner::{HList, In, Out, Pipeline, Recorder, Return, RunOptions, Store, hlist_pat, resource, run_with, step};
//!
//! resource! { Text: &'static str; Words: usize; Lines: usize; }
//!
//! #[step]
//! fn count_words(text: In<'_, Text>) -> Out<Words> {
//!     text.split_whitespace().count()
//! }
//!
//! #[step]
//! fn count_lines(text: In<'_, Text>) -> Out<Lines> {
//!     text.lines().count()
//! }
//!
//! #[step]
//! fn tell(words: In<'_, Words>, lines: In<'_, Lines>) -> Return<String> {
//!     Return(format!("{words} words in {lines} lines"))
//! }
//!
//! struct App;
//! impl Pipeline for App {
//!     type Steps = HList![Tell, CountWords, CountLines];
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures::executor::block_on(async {
//! let recorder = Recorder::new();
//! let store = Store::<App>::new().with(Text, "one\ntwo three").with(Lines, 2);
//! run_with::<Tell>(&store, RunOptions::new().observe(recorder.clone())).await?;
//!
//! let report = recorder.report();
//! println!("{report}");
//! # let dir = tempfile::tempdir()?;
//! # let path = |name: &str| dir.path().join(name);
//! std::fs::write(path("run.json"), report.to_json())?;
//! std::fs::write(path("run.svg"), report.to_svg())?;
//! std::fs::write(path("run.trace.json"), report.to_trace())?;
//!
//! // For a test: what does not depend on the clock.
//! assert_eq!(
//!     report.without_times().to_string(),
//!     "run of Tell succeeded: 2 of 3 steps ran, 1 not needed\n\
//!      \x20 CountWords  ran\n\
//!      \x20 Tell        ran\n"
//! );
//! # Ok(()) }) }
//! ```

mod critical_path;
mod gantt;
mod json;
mod recorder;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod trace;

pub use recorder::Recorder;
pub(crate) use recorder::Recording;
pub use table::WithoutTimes;

use crate::observe::{RunEnd, RunId, SkipReason};
use core::time::Duration;
use serde::Serialize;

/// What one or several runs did.
///
/// It comes from [`Recorder::report`], or from the error of a run that [failed](crate::RunError::report).
/// [`Display`](core::fmt::Display) is a table. Other forms are [`to_json`](RunReport::to_json), [`to_svg`](RunReport::to_svg) and
/// [`to_trace`](RunReport::to_trace). [The module](self) has an example.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    runs: Vec<RunRecord>,
}

impl RunReport {
    /// The runs that were asked for, in the order in which they started. Those above, which they needed, stand under
    /// [their steps](StepRecord::runs).
    pub fn runs(&self) -> &[RunRecord] {
        &self.runs
    }

    /// The first step of this name that was needed, in any run, or the first at all.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Recorder, RunOptions, Store, resource, run_with, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// use typed_pipeliner::report::Outcome;
    ///
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # futures::executor::block_on(async {
    /// let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// run_with::<ReadConfig>(&store, RunOptions::new().observe(recorder.clone())).await?;
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

    /// How long the step of this name took, where it last ran to its end; none if it did not.
    ///
    /// As a function of the name it is what tells another run, or a plan, how long each step may take:
    /// `|name| report.duration(name)`.
    pub fn duration(&self, step: &str) -> Option<Duration> {
        let ran = |record: &&StepRecord| record.name == step && record.outcome == Outcome::Ran;
        self.all_steps().filter(ran).last()?.duration
    }

    /// The steps that failed, in the order in which they did. A step that failed because a run above did is told as what failed there.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Recorder, RunOptions, Store, resource, run_with, step};
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
    /// run_with::<ReadPort>(&store, RunOptions::new().observe(recorder.clone())).await.unwrap_err();
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

    /// All steps of all runs, those above behind the step that they are for.
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

/// What one run did.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    #[serde(serialize_with = "json::id")]
    id: RunId,
    target: &'static str,
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

/// The steps of a critical path: their numbers, and their names.
#[derive(Debug, Clone, Default)]
struct CriticalPath(Vec<(usize, &'static str)>);

impl RunRecord {
    /// Its identity.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// What was asked for: the name of the step, or of the resource.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// How it ended; none if it had not when the report was made.
    pub fn end(&self) -> Option<RunEnd> {
        self.end
    }

    /// When it was first polled, from the start of the first run of the report.
    pub fn start(&self) -> Duration {
        self.start
    }

    /// How long it took; or for how long it had been under way when the report was made.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// All steps that the run knew, by [number](crate::observe::RunInfo::steps), needed or not.
    pub fn steps(&self) -> &[StepRecord] {
        &self.steps
    }

    /// The chain of steps that the run took its time for: the one that ended last, before it whatever it needs that ended
    /// last, and so on; told from the first to the last. To make one of the others faster does not make the run faster.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Recorder, RunOptions, Store, resource, run_with, step};
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
    /// run_with::<Join>(&store, RunOptions::new().observe(recorder.clone())).await?;
    /// let report = recorder.report();
    /// let path: Vec<_> = report.runs()[0].critical_path().map(|step| step.name()).collect();
    /// assert_eq!(path, ["TakeTime", "Join"]);
    /// # Ok(()) }) }
    /// ```
    pub fn critical_path(&self) -> impl DoubleEndedIterator<Item = &StepRecord> {
        self.critical_path.0.iter().map(|&(step, _)| &self.steps[step])
    }

    /// Whether the step with this number is on the critical path.
    fn is_critical(&self, step: usize) -> bool {
        self.critical_path.0.iter().any(|&(other, _)| other == step)
    }

    /// The end, in a word.
    fn end_told(&self) -> &'static str {
        match self.end {
            Some(RunEnd::Succeeded) => "succeeded",
            Some(RunEnd::Failed) => "failed",
            Some(RunEnd::Panicked) => "panicked",
            Some(RunEnd::Dropped) => "was dropped",
            None => "is under way",
        }
    }
}

/// What became of a step in a run.
#[derive(Debug, Clone, Serialize)]
pub struct StepRecord {
    name: &'static str,
    outcome: Outcome,
    /// When it began to be executed here, from the start of the first run of the report.
    #[serde(serialize_with = "json::optional_seconds")]
    start: Option<Duration>,
    #[serde(serialize_with = "json::optional_seconds")]
    duration: Option<Duration>,
    #[serde(serialize_with = "json::seconds")]
    waited_for_a_turn: Duration,
    #[serde(serialize_with = "json::seconds")]
    waited_for_another_run: Duration,
    /// The steps that it needs, by number.
    needs: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because_of: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    /// The intervals in which it waited, in order.
    #[serde(skip)]
    waits: Vec<Wait>,
    /// When the last thing happened to it.
    #[serde(skip)]
    ended: Option<Duration>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<RunRecord>,
}

/// An interval in which a step waited.
#[derive(Debug, Clone, Copy)]
struct Wait {
    /// For another run that has the step, or else for its turn.
    for_another_run: bool,
    from: Duration,
    to: Duration,
}

impl StepRecord {
    /// Its name. What is above has the name of its resource.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What became of it.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// When it began to be executed in this run, from the start of the first run of the report. None if it was not.
    pub fn start(&self) -> Option<Duration> {
        self.start
    }

    /// For how long it was executed in this run, pauses included. None if it was not.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// How long it waited for a thread, or for a free place under the [limit](crate::RunOptions::limit), with all its inputs
    /// there. What it waited for after it had started, also for a thread, is part of its [duration](StepRecord::duration).
    pub fn waited_for_a_turn(&self) -> Duration {
        self.waited_for_a_turn
    }

    /// How long it waited for another run of the same store, which executed it.
    pub fn waited_for_another_run(&self) -> Duration {
        self.waited_for_another_run
    }

    /// The numbers of the steps that it needs, among those of its [run](RunRecord::steps).
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }

    /// Why it failed, if it did: its error, the [source](core::error::Error::source) of that, and so on to the last.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// The last of the [errors](StepRecord::errors): what is behind all others.
    pub fn root_cause(&self) -> Option<&str> {
        self.errors.last().map(String::as_str)
    }

    /// The step whose failure kept this one from running, if it was [skipped](SkipReason::NeedsFailed) for that.
    pub fn because_of(&self) -> Option<&'static str> {
        self.because_of
    }

    /// The runs in the store above which were done for this step.
    pub fn runs(&self) -> &[RunRecord] {
        &self.runs
    }

    /// Whether it failed for itself, and not because a run above did, which tells why.
    fn is_failure(&self) -> bool {
        self.outcome == Outcome::Failed && !self.runs.iter().any(|run| run.end == Some(RunEnd::Failed))
    }

    /// What became of it, in a few words.
    fn told(&self) -> String {
        match (self.outcome, self.because_of) {
            (Outcome::Skipped(_), Some(step)) => format!("skipped: {step} failed"),
            (Outcome::Failed, _) if self.start.is_none() => "failed elsewhere".to_owned(),
            (outcome, _) => outcome.told().to_owned(),
        }
    }
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It was executed in this run, and its outputs are there.
    Ran,
    /// Another run executed it, and this one waited for that.
    Waited,
    /// It was not to be executed, and why.
    Skipped(SkipReason),
    /// It failed, here or in the run that this one waited for.
    Failed,
    /// It panicked.
    Panicked,
    /// It was being executed when the run ended.
    Cancelled,
    /// It was needed, and the run ended before its turn.
    NotReached,
    /// Nobody asked for it.
    NotNeeded,
    /// It was being executed when the report was made.
    Running,
    /// It was still to be executed when the report was made.
    Pending,
}

impl Outcome {
    /// In a few words.
    fn told(self) -> &'static str {
        match self {
            Outcome::Ran => "ran",
            Outcome::Waited => "ran elsewhere",
            Outcome::Skipped(SkipReason::Present) => "skipped: there already",
            Outcome::Skipped(SkipReason::NeedsFailed) => "skipped: a need failed",
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
