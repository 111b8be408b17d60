//! A report as a table.

use super::rows::{Order, Row, rows};
use super::{RunRecord, RunReport, StepRecord};
use std::fmt;
use std::time::Duration;
use typed_pipeliner::text::{printable, shortened};

/// The width of the time line in columns.
const WIDTH: usize = 40;

/// A table for each run, with a line for each step in the order in which they were ready; below it
/// the critical path and the errors.
///
/// Steps that were not needed are only counted. If a step was tried again, there is a column with
/// the numbers of attempts. A `*` marks the critical path. On the time line a
/// step is `█` while it is executed, `░` while it is queued, and `·` while another run executes it.
impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, run) in self.runs.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write_run(f, run)?;
        }
        Ok(())
    }
}

/// A single run, as in the [report](RunReport).
impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_run(f, self)
    }
}

fn write_run(f: &mut fmt::Formatter<'_>, run: &RunRecord) -> fmt::Result {
    writeln!(f, "{} {} after {:.2?}: {}", run.title(), run.end_label(), run.duration, run.summary())?;
    let rows = rows(run, Order::Time);
    let mut lines = vec![["", "step", "outcome", "attempts", "start", "took", "waited"].map(str::to_owned)];
    if rows.iter().all(|row| row.step.attempts <= 1) {
        lines[0][3].clear();
    }
    lines.extend(rows.iter().map(|row| cells(run, row)));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let [mark, name, outcome, attempts, start, took, waited] = widths;
    let end = format!("{:.2?}", run.duration);
    let axis = format!("0{end:>0$}", WIDTH - 1);
    let bars = std::iter::once(axis).chain(rows.iter().map(|row| bar(run, row.step)));
    for (line, bar) in lines.iter().zip(bars) {
        let [a, b, c, n, d, e, g] = line;
        // The column is there only if a step was tried again.
        let n = if attempts > 0 { format!("  {n:>attempts$}") } else { String::new() };
        let line = format!("{a:mark$} {b:name$}  {c:outcome$}{n}  {d:>start$}  {e:>took$}  {g:>waited$}  {bar}");
        writeln!(f, "{}", line.trim_end())?;
    }
    let path: Vec<_> = run.critical_path().collect();
    if let (Some(first), Some(last)) = (path.first(), path.last()) {
        let from = first.waits.first().map(|wait| wait.from).or(first.start);
        let took = last.ended.unwrap_or_default().saturating_sub(from.unwrap_or_default());
        let names: Vec<_> = path.iter().map(|step| shortened(step.name)).collect();
        writeln!(f, "critical path: {}, {took:.2?} of {end}", names.join(" → "))?;
    }
    write_failures(f, &rows)
}

/// The cells of a step, but for its time line.
fn cells(run: &RunRecord, row: &Row<'_>) -> [String; 7] {
    let step = row.step;
    let time = |time: Option<Duration>| time.map(|time| format!("{time:.2?}")).unwrap_or_default();
    let waited = step.queued_for.saturating_add(step.blocked_for);
    [
        if row.is_critical { "*" } else { "" }.to_owned(),
        "  ".repeat(row.depth) + &shortened(step.name),
        step.outcome_label(),
        if step.attempts > 1 { step.attempts.to_string() } else { String::new() },
        time(step.start.map(|start| start.saturating_sub(run.start))),
        time(step.duration),
        time((!step.waits.is_empty()).then_some(waited)),
    ]
}

/// The time line of a step.
fn bar(run: &RunRecord, step: &StepRecord) -> String {
    let total = run.duration.as_nanos().max(1);
    let place = |time: Duration| time.saturating_sub(run.start).as_nanos() * WIDTH as u128;
    let mut letters = [' '; WIDTH];
    let waits = step.waits.iter().map(|wait| (wait.from, wait.to, if wait.for_other_run { '·' } else { '░' }));
    let executed = step.start.zip(step.end()).map(|(from, to)| (from, to, '█'));
    for (from, to, letter) in waits.chain(executed) {
        let from = ((place(from) / total) as usize).min(WIDTH);
        let to = (place(to).div_ceil(total) as usize).min(WIDTH);
        // A step that was executed is visible however short it was.
        let from = if letter == '█' { from.min(to.max(1) - 1) } else { from };
        letters[from.min(to)..to.max((letter == '█').into())].fill(letter);
    }
    letters.iter().collect()
}

/// Prints the error of each failed step, the sources of the error, and the errors of the attempts
/// before.
fn write_failures(f: &mut fmt::Formatter<'_>, rows: &[Row<'_>]) -> fmt::Result {
    for Row { step, .. } in rows.iter().filter(|row| row.step.is_failure()) {
        let indented = |text: &str, indent: &str| printable(text.trim_end()).replace('\n', &format!("\n{indent}"));
        if let Some((first, sources)) = step.errors.split_first() {
            writeln!(f, "{} failed: {}", shortened(step.name), indented(first, "  "))?;
            for source in sources {
                writeln!(f, "  caused by: {}", indented(source, "    "))?;
            }
            for (number, errors) in step.failed_attempts.iter().enumerate() {
                writeln!(f, "  attempt {}: {}", number + 1, indented(&errors.join(": "), "    "))?;
            }
        }
    }
    Ok(())
}

/// The result of [`RunReport::without_times`].
#[derive(Debug, Clone, Copy)]
pub struct WithoutTimes<'r>(&'r RunReport);

impl RunReport {
    /// Returns the part of the report that does not depend on the clock: the outcome of each step,
    /// in the order of registration, and the errors.
    ///
    /// Its text is for comparisons in tests: it is the same in each run, provided that steps that
    /// overlap end in the same order. [The crate](crate) has an example.
    pub fn without_times(&self) -> WithoutTimes<'_> {
        WithoutTimes(self)
    }
}

impl fmt::Display for WithoutTimes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, run) in self.0.runs.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{} {}: {}", run.title(), run.end_label(), run.summary())?;
            let rows = rows(run, Order::Number);
            let name = |row: &Row<'_>| "  ".repeat(row.depth + 1) + &shortened(row.step.name);
            let width = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
            rows.iter().try_for_each(|row| writeln!(f, "{:width$}  {}", name(row), row.step.outcome_label()))?;
            write_failures(f, &rows)?;
        }
        Ok(())
    }
}
