//! A report as JSON.

use super::{CriticalPath, Outcome, RunReport};
use crate::observe::{RunEnd, RunId, SkipReason};
use core::time::Duration;
use serde::{Serialize, Serializer};

impl RunReport {
    /// The report as JSON: `{"runs": […]}`, with all that the methods of [`RunRecord`](super::RunRecord) and
    /// [`StepRecord`](super::StepRecord) tell, by their names. Times are in seconds.
    ///
    /// Each step has its `outcome` as a word: `ran`, `waited`, `skipped_present`, `skipped_needs_failed`, `failed`, `panicked`,
    /// `cancelled`, `not_reached`, `not_needed`, `running` or `pending`; a run has as its `end` `succeeded`, `failed`, `panicked`,
    /// `dropped`, or `null`.
    ///
    /// A report is [`Serialize`], so any other serializer does as well.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Recorder, RunOptions, Store, resource, run_with, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # futures::executor::block_on(async {
    /// # let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// # run_with::<ReadConfig>(&store, RunOptions::new().observe(recorder.clone())).await?;
    /// # let report = recorder.report();
    /// let json: serde_json::Value = serde_json::from_str(&report.to_json())?;
    /// let run = &json["runs"][0];
    /// assert_eq!(run["end"], "succeeded");
    /// assert_eq!(run["steps"][0]["name"], "ReadConfig");
    /// assert_eq!(run["steps"][0]["outcome"], "ran");
    /// assert!(run["steps"][0]["duration"].as_f64() < run["duration"].as_f64());
    /// # Ok(()) }) }
    /// ```
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report has nothing that JSON has not")
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match self {
            Outcome::Ran => "ran",
            Outcome::Waited => "waited",
            Outcome::Skipped(SkipReason::Present) => "skipped_present",
            Outcome::Skipped(SkipReason::NeedsFailed) => "skipped_needs_failed",
            Outcome::Failed => "failed",
            Outcome::Panicked => "panicked",
            Outcome::Cancelled => "cancelled",
            Outcome::NotReached => "not_reached",
            Outcome::NotNeeded => "not_needed",
            Outcome::Running => "running",
            Outcome::Pending => "pending",
        })
    }
}

pub(super) fn id<S: Serializer>(id: &RunId, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(id.get())
}

pub(super) fn end<S: Serializer>(end: &Option<RunEnd>, to: S) -> Result<S::Ok, S::Error> {
    end.map(RunEnd::word).serialize(to)
}

pub(super) fn seconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64())
}

pub(super) fn optional_seconds<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.as_secs_f64()).serialize(to)
}

/// The names of the steps.
pub(super) fn path<S: Serializer>(path: &CriticalPath, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(path.0.iter().map(|(_, name)| name))
}
