//! A report as a trace file for Perfetto.

use super::{Outcome, RunRecord, RunReport, StepRecord};
use serde_json::{Value, json};
use std::time::Duration;

impl RunReport {
    /// Returns the report as a trace file, for [Perfetto](https://ui.perfetto.dev) or
    /// `chrome://tracing`.
    ///
    /// It is JSON in the [Trace Event
    /// Format](https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
    /// Each run is a process with the name of its target, including runs in parent stores and those
    /// of elements. Its rows
    /// are the run itself, the executions of steps, and the times in which steps waited. Steps that
    /// overlap are in different rows, so the number of rows is the number of steps that were
    /// executed at the same time; the rows are not threads of the machine. A selected step shows
    /// its outcome, how long it waited, and why it failed. An attempt that failed is a mark.
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
    /// let trace: serde_json::Value = serde_json::from_str(&report.to_trace())?;
    /// let events = trace["traceEvents"].as_array().unwrap();
    /// assert!(events.iter().any(|event| event["ph"] == "X" && event["name"] == "ReadConfig"));
    /// # Ok(()) }) }
    /// ```
    pub fn to_trace(&self) -> String {
        let mut events = Vec::new();
        add_runs(&self.runs, None, &mut events);
        // One event a line, as in other such files, so that they can be searched.
        let lines: Vec<_> = events.iter().map(Value::to_string).collect();
        format!("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n", lines.join(",\n"))
    }
}

/// Adds runs, each followed by the runs that its steps caused.
fn add_runs(runs: &[RunRecord], step: Option<&str>, to: &mut Vec<Value>) {
    for run in runs {
        add_run(run, step, to);
        run.steps.iter().for_each(|step| add_runs(&step.runs, Some(step.name), to));
    }
}

/// Adds a run: the names of its rows, and their events.
fn add_run(run: &RunRecord, step: Option<&str>, to: &mut Vec<Value>) {
    let pid = run.id.get();
    let name = match step {
        None => run.title(),
        Some(step) => match &run.element {
            None => format!("run in the parent store, for {step}"),
            Some(element) => match &element.key {
                None => format!("element {} of {step}", element.place),
                Some(key) => format!("element {} of {step}, {key}", element.place),
            },
        },
    };
    to.push(json!({"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": name}}));
    // In the order in which they started.
    to.push(json!({"ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": {"sort_index": pid}}));

    let mut rows = Rows { pid, next: 1, to };
    rows.name(0, "run");
    let end = run.start.saturating_add(run.duration);
    rows.complete(
        0,
        run.target,
        if run.close { "close" } else { "run" },
        run.start,
        end,
        json!({"end": run.end_label()}),
    );
    let executed = run.steps.iter().enumerate().filter_map(|(number, step)| {
        Some(Bar {
            from: step.start?,
            to: step.end()?,
            name: step.name.to_owned(),
            category: "step",
            args: args(run, number, step),
        })
    });
    rows.add("steps", executed.collect());
    let waits = run.steps.iter().flat_map(|step| {
        step.waits.iter().map(|wait| {
            let what = if wait.for_other_run { "waits for another run" } else { "is queued" };
            let name = format!("{} {what}", step.name);
            Bar { from: wait.from, to: wait.to, name, category: "wait", args: json!({}) }
        })
    });
    rows.add("waits", waits.collect());
    for step in &run.steps {
        for (number, &time) in step.retried.iter().enumerate() {
            let name = format!("{}: attempt {} failed", step.name, number + 1);
            rows.to.push(json!({
                "ph": "i", "s": "p", "name": name, "cat": "attempt", "ts": micros(time), "pid": pid, "tid": 0,
                "args": {"error": step.failed_attempts[number].join(": ")},
            }));
        }
    }
    // Steps that were not executed have no duration.
    for (number, step) in run.steps.iter().enumerate() {
        if let (None, Some(time)) = (step.start, step.ended) {
            let name = format!("{}: {}", step.name, step.outcome_label());
            rows.to.push(json!({
                "ph": "i", "s": "t", "name": name, "cat": "step", "ts": micros(time), "pid": pid, "tid": 0,
                "args": args(run, number, step),
            }));
        }
    }
}

/// The rows of a run.
struct Rows<'t> {
    pid: u64,
    /// The number of the next row.
    next: u64,
    to: &'t mut Vec<Value>,
}

/// An interval in a row.
struct Bar {
    from: Duration,
    to: Duration,
    name: String,
    category: &'static str,
    args: Value,
}

impl Rows<'_> {
    /// Adds intervals, in as few rows as possible without an overlap.
    fn add(&mut self, rows: &str, mut bars: Vec<Bar>) {
        bars.sort_by_key(|bar| (bar.from, bar.to));
        let mut ends: Vec<Duration> = Vec::new();
        for bar in bars {
            let row = ends.iter().position(|&end| end <= bar.from).unwrap_or(ends.len());
            let tid = self.next + row as u64;
            match ends.get_mut(row) {
                Some(end) => *end = bar.to,
                None => {
                    ends.push(bar.to);
                    self.name(tid, &format!("{rows} {}", row + 1));
                }
            }
            self.complete(tid, &bar.name, bar.category, bar.from, bar.to, bar.args);
        }
        self.next += ends.len() as u64;
    }

    fn name(&mut self, tid: u64, name: &str) {
        let pid = self.pid;
        self.to.push(json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": name}}));
        self.to.push(json!({
            "ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": {"sort_index": tid},
        }));
    }

    fn complete(&mut self, tid: u64, name: &str, category: &str, from: Duration, to: Duration, args: Value) {
        self.to.push(json!({
            "ph": "X", "name": name, "cat": category, "ts": micros(from), "dur": micros(to.saturating_sub(from)),
            "pid": self.pid, "tid": tid, "args": args,
        }));
    }
}

/// A time in microseconds, the unit of trace files.
fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}

/// The details of a step.
fn args(run: &RunRecord, number: usize, step: &StepRecord) -> Value {
    let needs: Vec<_> = step.needs.iter().map(|&need| run.steps[need].name).collect();
    let mut args = json!({
        "outcome": step.outcome_label(),
        "critical path": run.is_critical(number),
        "needs": needs.join(", "),
        "queued for, µs": micros(step.queued_for),
        "blocked for, µs": micros(step.blocked_for),
    });
    if step.attempts > 1 {
        args["attempts"] = step.attempts.into();
    }
    if step.outcome == Outcome::Failed {
        args["error"] = step.errors.join(": ").into();
        args["root cause"] = step.root_cause().into();
    }
    args
}
