//! A trace: when each step ran, and how many steps ran at once.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use typed_pipeliner::Observer;
use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};

/// The number of characters of the time line of the whole run.
const WIDTH: usize = 40;

/// The records of all steps, an observer. It leaves out those for single files.
pub(crate) struct Trace {
    /// The start of the program.
    begin: Instant,
    /// The records so far.
    log: Mutex<Log>,
}

/// The records of a trace.
#[derive(Default)]
struct Log {
    /// The steps, in the order of their starts.
    spans: Vec<Span>,
    /// The number of steps that run now.
    running: usize,
    /// The largest number of steps that ran at once.
    most: usize,
}

/// The record of one step.
struct Span {
    /// The name of the step.
    step: &'static str,
    /// The time from the start of the program to that of the step.
    start: Duration,
    /// `None` while the step runs.
    end: Option<Duration>,
}

impl Trace {
    /// A trace that begins now.
    pub(crate) fn begin() -> Self {
        Trace { begin: Instant::now(), log: Mutex::default() }
    }

    /// Locks the records.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Trace {
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        use StepEventKind::{Cancelled, Failed, Finished, Panicked, Started};
        if run.element().is_some() {
            return;
        }
        let mut log = self.log();
        let (step, time) = (event.name(), event.time.saturating_duration_since(self.begin));
        match event.kind {
            Started => {
                log.running += 1;
                log.most = log.most.max(log.running);
                log.spans.push(Span { step, start: time, end: None });
            }
            Finished | Failed(_) | Panicked | Cancelled => {
                if let Some(span) = log.spans.iter_mut().find(|span| span.step == step && span.end.is_none()) {
                    span.end = Some(time);
                    log.running -= 1;
                }
            }
            _ => {}
        }
    }
}

/// Prints one line for each step, in the order of their starts, and a summary.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = self.log();
        let now = self.begin.elapsed();
        let end = |span: &Span| span.end.unwrap_or(now);
        let whole = log.spans.iter().map(end).max().unwrap_or(now);
        let column = |time: Duration| (time.div_duration_f64(whole) * WIDTH as f64) as usize;
        for span in &log.spans {
            let start = column(span.start).min(WIDTH - 1);
            let length = (column(end(span)) - column(span.start)).max(1);
            let line = format!("{}{}", " ".repeat(start), "#".repeat(length));
            let [from, to] = [span.start, end(span)].map(|time| time.as_secs_f64() * 1e3);
            writeln!(f, "{:<18}|{line:<WIDTH$}| {from:>8.1} to {to:>8.1} ms", span.step)?;
        }
        writeln!(f, "{} steps, at most {} at once", log.spans.len(), log.most)
    }
}
