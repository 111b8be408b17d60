//! A report as a table.

use super::rows::{Order, Row, rows};
use super::{RunRecord, RunReport, StepRecord};
use crate::lettering::{short, shortened};
use core::fmt;
use core::time::Duration;

/// How many letters wide the time line is.
const WIDTH: usize = 40;

/// A table for each run, a step in a line, in the order in which they could begin; then the critical path, and why what failed.
///
/// Steps that were not needed are only counted. A `*` marks the critical path. On the time line `█` is a step that is executed, `░`
/// one that waits for its turn, `·` one that waits for another run.
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

/// One run alone, as in the [report](RunReport).
impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_run(f, self)
    }
}

fn write_run(f: &mut fmt::Formatter<'_>, run: &RunRecord) -> fmt::Result {
    writeln!(f, "run of {} {} after {}: {}", run.target, run.end_told(), short(run.duration), run.summary())?;
    let rows = rows(run, Order::Time);
    let mut lines = vec![["", "step", "outcome", "start", "took", "waited"].map(str::to_owned)];
    lines.extend(rows.iter().map(|row| cells(run, row)));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = core::array::from_fn(width);
    let [mark, name, outcome, start, took, waited] = widths;
    let end = short(run.duration);
    let axis = format!("0{end:>0$}", WIDTH - 1);
    let bars = core::iter::once(axis).chain(rows.iter().map(|row| bar(run, row.step)));
    for (line, bar) in lines.iter().zip(bars) {
        let [a, b, c, d, e, g] = line;
        let line = format!("{a:mark$} {b:name$}  {c:outcome$}  {d:>start$}  {e:>took$}  {g:>waited$}  {bar}");
        writeln!(f, "{}", line.trim_end())?;
    }
    let path: Vec<_> = run.critical_path().collect();
    if let (Some(first), Some(last)) = (path.first(), path.last()) {
        let from = first.waits.first().map(|wait| wait.from).or(first.start);
        let took = last.ended.unwrap_or_default().saturating_sub(from.unwrap_or_default());
        let names: Vec<_> = path.iter().map(|step| shortened(step.name)).collect();
        writeln!(f, "critical path: {}, {} of {end}", names.join(" → "), short(took))?;
    }
    write_failures(f, &rows)
}

/// What stands in the columns of a step.
fn cells(run: &RunRecord, row: &Row<'_>) -> [String; 6] {
    let step = row.step;
    let time = |time: Option<Duration>| time.map(short).unwrap_or_default();
    let waited = step.waited_for_a_turn + step.waited_for_another_run;
    [
        if row.is_critical { "*" } else { "" }.to_owned(),
        "  ".repeat(row.depth) + &shortened(step.name),
        step.told(),
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
    let waits = step.waits.iter().map(|wait| (wait.from, wait.to, if wait.for_another_run { '·' } else { '░' }));
    let executed = step.start.zip(step.end()).map(|(from, to)| (from, to, '█'));
    for (from, to, letter) in waits.chain(executed) {
        let from = ((place(from) / total) as usize).min(WIDTH);
        let to = (place(to).div_ceil(total) as usize).min(WIDTH);
        // However short, a step that was executed can be seen.
        let from = if letter == '█' { from.min(to.max(1) - 1) } else { from };
        letters[from.min(to)..to.max((letter == '█').into())].fill(letter);
    }
    letters.iter().collect()
}

/// Why each step failed: its error, and what is behind that.
fn write_failures(f: &mut fmt::Formatter<'_>, rows: &[Row<'_>]) -> fmt::Result {
    for Row { step, .. } in rows.iter().filter(|row| row.step.is_failure()) {
        let indented = |text: &str, indent: &str| text.trim_end().replace('\n', &format!("\n{indent}"));
        if let Some((first, sources)) = step.errors.split_first() {
            writeln!(f, "{} failed: {}", shortened(step.name), indented(first, "  "))?;
            for source in sources {
                writeln!(f, "  because of: {}", indented(source, "    "))?;
            }
        }
    }
    Ok(())
}

/// A [report](RunReport::without_times) without times.
#[derive(Debug, Clone, Copy)]
pub struct WithoutTimes<'r>(&'r RunReport);

impl RunReport {
    /// What does not depend on the clock: what became of each step, in the order of registration, and why what failed.
    ///
    /// It is for tests that compare it with a text: where steps overlap, it is the same at each run as long as the steps end in the same
    /// order. [The module](super) has an example.
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
            writeln!(f, "run of {} {}: {}", run.target, run.end_told(), run.summary())?;
            let rows = rows(run, Order::Number);
            let name = |row: &Row<'_>| "  ".repeat(row.depth + 1) + &shortened(row.step.name);
            let width = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
            rows.iter().try_for_each(|row| writeln!(f, "{:width$}  {}", name(row), row.step.told()))?;
            write_failures(f, &rows)?;
        }
        Ok(())
    }
}
