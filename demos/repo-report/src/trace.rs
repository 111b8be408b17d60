//! A trace: when each step ran, and how many steps ran at once.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use typed_pipeliner::lists::HCons;
use typed_pipeliner::{Inputs, Outputs, Step, resource};

/// The number of characters of the time line of the whole run.
const WIDTH: usize = 40;

resource! {
    /// The trace of all steps.
    pub(crate) Timeline: Trace;
}

/// The step `S`, which records itself in the trace when it runs.
pub(crate) struct Traced<S>(PhantomData<S>);

impl<S: Step> Step for Traced<S> {
    type Inputs = HCons<Timeline, S::Inputs>;
    type Outputs = S::Outputs;
    type Error = S::Error;

    async fn run(HCons { head: trace, tail: inputs }: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let _span = trace.enter(S::name());
        S::run(inputs).await
    }

    fn name() -> &'static str {
        S::name()
    }
}

/// The records of the steps of one run.
pub(crate) struct Trace {
    /// The start of the run.
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
    /// The time from the start of the run to that of the step.
    start: Duration,
    /// `None` while the step runs.
    end: Option<Duration>,
}

impl Trace {
    /// A trace that begins now.
    pub(crate) fn begin() -> Self {
        Trace { begin: Instant::now(), log: Mutex::default() }
    }

    /// Records that a step runs for as long as the guard exists: until the end of the step, or
    /// until the run drops it.
    fn enter(&self, step: &'static str) -> Running<'_> {
        let mut log = self.log();
        log.running += 1;
        log.most = log.most.max(log.running);
        log.spans.push(Span { step, start: self.begin.elapsed(), end: None });
        Running { trace: self, span: log.spans.len() - 1 }
    }

    /// Locks the records.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A step that runs.
struct Running<'t> {
    /// The trace.
    trace: &'t Trace,
    /// The place of the step among the records.
    span: usize,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut log = self.trace.log();
        log.running -= 1;
        log.spans[self.span].end = Some(self.trace.begin.elapsed());
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
