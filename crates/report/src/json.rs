//! A report as JSON.

use super::{CriticalPath, Outcome, RunReport};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::time::Duration;
use typed_pipeliner::observe::{Element, RunEnd, RunId, SkipReason};

impl RunReport {
    /// Returns the report as JSON: `{"runs": […]}`. The keys are the names of the methods of
    /// [`RunRecord`](super::RunRecord) and [`StepRecord`](super::StepRecord). Times are in seconds.
    ///
    /// The `outcome` of a step is `ran`, `closed`, `ran_in_other_run`, `skipped_present`,
    /// `skipped_dependency_failed`, `failed`, `panicked`, `cancelled`, `not_reached`, `not_needed`,
    /// `running` or `pending`. The `end` of a run is `succeeded`, `failed`, `panicked`, `dropped`
    /// or `null`. A run for an element has `"element": {"place": 0, "key": …}`, and its step the
    /// `progress`, `[done, of]`.
    ///
    /// A report implements [`Serialize`], so it can be written in any other format too.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # use typed_pipeliner_report::Recorder;
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # futures::executor::block_on(async {
    /// # let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// # run::<ReadConfig>(&store).observe(recorder.clone()).await?;
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
        serde_json::to_string_pretty(self).expect("a report can be written as JSON")
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match self {
            Outcome::Ran => "ran",
            Outcome::Closed => "closed",
            Outcome::RanInOtherRun => "ran_in_other_run",
            Outcome::Restored => "restored",
            Outcome::Skipped(SkipReason::Present) => "skipped_present",
            Outcome::Skipped(_) => "skipped_dependency_failed",
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

/// The place, and the key if there is one.
pub(super) fn element<S: Serializer>(element: &Option<Element>, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    if let Some(element) = element {
        map.serialize_entry("place", &element.place)?;
        if let Some(key) = &element.key {
            map.serialize_entry("key", key)?;
        }
    }
    map.end()
}

pub(super) fn end<S: Serializer>(end: &Option<RunEnd>, to: S) -> Result<S::Ok, S::Error> {
    end.map(RunEnd::as_str).serialize(to)
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
