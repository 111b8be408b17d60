//! A report as an SVG picture: bars on a time axis.

use super::rows::{Order, Row, rows};
use super::text::{escaped, width_of};
use super::{Outcome, RunRecord, RunReport, StepRecord};
use std::fmt::{self, Write as _};
use std::time::Duration;
use typed_pipeliner::text::{one_line, shortened};

/// The space around everything.
const MARGIN: f64 = 20.0;
/// The width of the time axis.
const AXIS: f64 = 640.0;
/// The height of the heading of a run.
const HEADING: f64 = 46.0;
/// The height of the numbers of an axis.
const NUMBERS: f64 = 22.0;
/// The height of a line of text below.
const LINE: f64 = 20.0;
/// The indentation of the steps of a run in a parent store.
const INDENT: f64 = 14.0;
/// If there are more rows than this, they are narrow, and there is a second axis below.
const MANY: usize = 30;
/// The number of characters of an error that are shown.
const LONGEST: usize = 120;
/// The least width of a bar, so that each step is visible.
const NARROWEST: f64 = 2.0;
/// The colour of text.
const INK: &str = "#1a1a1a";
/// The colour of text that matters less.
const FAINT: &str = "#666666";

impl RunReport {
    /// Returns the report as a timeline in [SVG](https://www.w3.org/TR/SVG11/), which needs no
    /// other program: `fs::write("run.svg", report.to_svg())`.
    ///
    /// Each run has a time axis from its start to its end, and each of its steps a bar. The steps
    /// of a run in a parent store are indented below the step that needed it. Outcomes differ in
    /// colour, pattern and text. The bars of the critical path have a thick outline, and its names
    /// are bold. Before the bar of a step are the times in which it waited. The picture has a light
    /// background of its own.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # use typed_pipeliner_report::Recorder;
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// # fn main() -> Result<(), typed_pipeliner::RunError> {
    /// # futures::executor::block_on(async {
    /// # let (store, recorder) = (Store::<App>::new(), Recorder::new());
    /// # run::<ReadConfig>(&store).observe(recorder.clone()).await?;
    /// # let report = recorder.report();
    /// let picture = report.to_svg();
    /// assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    /// assert!(picture.contains(">ReadConfig</text>"));
    /// # Ok(()) }) }
    /// ```
    pub fn to_svg(&self) -> String {
        let charts: Vec<_> = self.runs.iter().map(Chart::new).collect();
        let most = |of: fn(&Chart<'_>) -> f64| charts.iter().map(of).fold(0.0, f64::max);
        let names = most(|chart| chart.names);
        let labels = most(|chart| chart.labels);
        let width = (names + AXIS + labels).max(most(|chart| chart.texts)) + 2.0 * MARGIN;
        let height = charts.iter().map(Chart::height).sum::<f64>() + LINE + 2.0 * MARGIN;
        let mut svg = String::new();
        Canvas { svg: &mut svg, names, width: width.ceil(), height: height.ceil() }
            .write(&charts)
            .expect("writing to a string does not fail");
        svg
    }
}

/// A run, with the sizes of its texts.
struct Chart<'r> {
    run: &'r RunRecord,
    rows: Vec<Row<'r>>,
    title: String,
    /// The line below the title.
    summary: String,
    failures: Vec<String>,
    /// The width of the names.
    names: f64,
    /// The width of the labels after the bars.
    labels: f64,
    /// The width of the other texts.
    texts: f64,
}

impl<'r> Chart<'r> {
    fn new(run: &'r RunRecord) -> Self {
        let rows = rows(run, Order::Time);
        let title = format!("{} {} after {:.2?}", run.title(), run.end_label(), run.duration);
        let summary = run.summary();
        let failed = rows.iter().filter(|row| row.step.is_failure());
        let failures: Vec<_> = failed
            .map(|row| cut(&format!("{} failed: {}", shortened(row.step.name), row.step.errors.join(": "))))
            .collect();
        let name = |row: &Row<'_>| width_of(&shortened(row.step.name), 13.0) * 1.08 + INDENT * row.depth as f64;
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let names = widest(&mut rows.iter().map(name)) + 12.0;
        let labels = widest(&mut rows.iter().map(|row| width_of(&label(row.step), 12.0))) + 10.0;
        let heading = width_of(&title, 16.0).max(width_of(&summary, 13.0));
        let texts = widest(&mut failures.iter().map(|failure| width_of(failure, 12.0))).max(heading);
        Chart { run, rows, title, summary, failures, names, labels, texts }
    }

    /// The height of a row.
    fn row(&self) -> f64 {
        if self.rows.len() > MANY { 17.0 } else { 24.0 }
    }

    /// The number of axes.
    fn axes(&self) -> f64 {
        if self.rows.len() > MANY { 2.0 } else { 1.0 }
    }

    fn height(&self) -> f64 {
        let rows = self.row() * self.rows.len() as f64 + NUMBERS * self.axes();
        HEADING + rows + LINE * self.failures.len() as f64 + LINE
    }
}

/// The picture while it is drawn.
struct Canvas<'c> {
    svg: &'c mut String,
    /// The width of the names, and so the position of the time axes.
    names: f64,
    width: f64,
    height: f64,
}

impl Canvas<'_> {
    fn write(&mut self, charts: &[Chart<'_>]) -> fmt::Result {
        let (width, height) = (self.width, self.height);
        let size = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
        let font = "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\"";
        writeln!(self.svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} {font} role=\"img\">")?;
        let titles: Vec<_> = charts.iter().map(|chart| chart.title.as_str()).collect();
        writeln!(self.svg, "<title>{}</title>", escaped(&titles.join("; ")))?;
        writeln!(self.svg, "{PATTERNS}")?;
        // A background of its own: on a dark page the text would be invisible.
        let background = "rx=\"8\" fill=\"#ffffff\" stroke=\"#dddddd\"";
        writeln!(
            self.svg,
            "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" {background}/>",
            width - 1.0,
            height - 1.0
        )?;
        let mut top = MARGIN;
        for chart in charts {
            self.chart(chart, top)?;
            top += chart.height();
        }
        self.legend(charts, top + LINE)?;
        writeln!(self.svg, "</svg>")
    }

    fn chart(&mut self, chart: &Chart<'_>, top: f64) -> fmt::Result {
        writeln!(self.svg, "<g class=\"run\">")?;
        self.text((MARGIN, top + 14.0), 16.0, INK, &chart.title)?;
        self.text((MARGIN, top + 33.0), 13.0, FAINT, &chart.summary)?;
        let (first, row) = (top + HEADING + NUMBERS, chart.row());
        let last = first + row * chart.rows.len() as f64;
        let right = self.width - MARGIN;
        for number in (1..chart.rows.len()).step_by(2) {
            let y = first + row * number as f64;
            let place = format!("x=\"{MARGIN}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{row}\"", right - MARGIN);
            writeln!(self.svg, "<rect {place} fill=\"#f5f5f5\"/>")?;
        }
        self.axis(chart, first, last)?;
        for (number, line) in chart.rows.iter().enumerate() {
            self.row(chart, line, first + row * number as f64)?;
        }
        let below = last + NUMBERS * (chart.axes() - 1.0);
        for (number, failure) in chart.failures.iter().enumerate() {
            self.text((MARGIN, below + LINE * (number as f64 + 1.0)), 12.0, "#a34700", failure)?;
        }
        writeln!(self.svg, "</g>")
    }

    /// The time axis: a line and a number for each tick.
    fn axis(&mut self, chart: &Chart<'_>, first: f64, last: f64) -> fmt::Result {
        let (step, per_unit, unit) = ticks(chart.run.duration);
        let total = chart.run.duration.as_nanos();
        let mut tick = 0;
        while tick <= total {
            let x = self.at(tick as f64 / total.max(1) as f64);
            writeln!(self.svg, "<path d=\"M{x:.1} {first:.1} V{last:.1}\" stroke=\"#d8d8d8\" stroke-width=\"1\"/>")?;
            let number = match tick {
                0 => "0".to_owned(),
                _ => format!("{} {unit}", tick as f64 / per_unit as f64),
            };
            let mut label = |y: f64| {
                let place =
                    format!("x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"11\" fill=\"{FAINT}\" text-anchor=\"middle\"");
                writeln!(self.svg, "<text class=\"tick\" {place}>{number}</text>")
            };
            label(first - 7.0)?;
            if chart.axes() > 1.0 {
                label(last + 14.0)?;
            }
            tick += step;
        }
        Ok(())
    }

    /// The position of a time on the axis.
    fn place(&self, chart: &Chart<'_>, time: Duration) -> f64 {
        let total = chart.run.duration.as_secs_f64().max(f64::MIN_POSITIVE);
        let part = time.saturating_sub(chart.run.start).as_secs_f64() / total;
        self.at(part.min(1.0))
    }

    /// The position of a part of the axis, from 0 to 1.
    fn at(&self, part: f64) -> f64 {
        MARGIN + self.names + AXIS * part
    }

    fn row(&mut self, chart: &Chart<'_>, row: &Row<'_>, top: f64) -> fmt::Result {
        let (step, height) = (row.step, chart.row());
        let style = style(step.outcome);
        let critical = if row.is_critical { " critical" } else { "" };
        writeln!(self.svg, "<g class=\"step {}{critical}\">", style.class)?;
        writeln!(self.svg, "<title>{}</title>", escaped(&tooltip(row)))?;
        let base = top + height / 2.0 + 4.5;
        let size = if height < 20.0 { 12.0 } else { 13.0 };
        let bold = if row.is_critical { " font-weight=\"bold\"" } else { "" };
        let x = MARGIN + INDENT * row.depth as f64;
        let name = escaped(&shortened(step.name));
        writeln!(
            self.svg,
            "<text x=\"{x:.1}\" y=\"{base:.1}\" font-size=\"{size}\" fill=\"{INK}\"{bold}>{name}</text>"
        )?;

        let (y, bar) = (top + height * 0.18, height * 0.64);
        let rect = |from: f64, to: f64, class: &str, attributes: &str| {
            let place = format!("x=\"{from:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{bar:.1}\"", to - from);
            format!("<rect class=\"{class}\" {place} {attributes}/>")
        };
        for wait in &step.waits {
            let (from, to) = (self.place(chart, wait.from), self.place(chart, wait.to));
            // Intervals that would be invisible are left out.
            if to - from >= 0.5 {
                let (class, style) = if wait.for_other_run { ("blocked", BLOCKED) } else { ("queued", QUEUED) };
                writeln!(self.svg, "{}", rect(from, to, class, style))?;
            }
        }
        let times = step.start.zip(step.end());
        if let Some((from, to)) = times {
            let (from, to) = (self.place(chart, from), self.place(chart, to));
            // At the right edge it grows to the left.
            let from = from.min(MARGIN + self.names + AXIS - NARROWEST);
            let outline = if row.is_critical { format!(" stroke=\"{INK}\" stroke-width=\"2\"") } else { String::new() };
            let fill = format!("{}{outline}", style.fill);
            writeln!(self.svg, "{}", rect(from, to.max(from + NARROWEST), "bar", &fill))?;
            for &time in &step.retried {
                let (x, bottom) = (self.place(chart, time), y + bar);
                let notch = format!("<path class=\"attempt\" d=\"M{x:.1} {y:.1} V{bottom:.1}\"");
                writeln!(self.svg, "{notch} stroke=\"#ffffff\" stroke-width=\"2\"/>")?;
            }
        }
        let end = step.end().or(step.waits.last().map(|wait| wait.to)).or(step.ended).unwrap_or(chart.run.start);
        let x = self.place(chart, end).max(MARGIN + self.names + NARROWEST) + 6.0;
        self.text((x, base), size - 1.0, style.ink, &label(step))?;
        writeln!(self.svg, "</g>")
    }

    /// A line of text, from the left end of its baseline.
    fn text(&mut self, (x, y): (f64, f64), size: f64, ink: &str, text: &str) -> fmt::Result {
        let text = escaped(text);
        writeln!(self.svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{ink}\">{text}</text>")
    }

    /// The legend of the bars in the picture.
    fn legend(&mut self, charts: &[Chart<'_>], y: f64) -> fmt::Result {
        let has = |is: &dyn Fn(&Row<'_>) -> bool| charts.iter().any(|chart| chart.rows.iter().any(is));
        let executed = |outcome| move |row: &Row<'_>| row.step.outcome == outcome && row.step.start.is_some();
        let waits = |for_other_run| {
            move |row: &Row<'_>| {
                row.step.waits.iter().any(|wait| wait.for_other_run == for_other_run && wait.to > wait.from)
            }
        };
        let outcome = |outcome: Outcome| (outcome.label(), style(outcome).fill, has(&executed(outcome)));
        let critical = "fill=\"#ffffff\" stroke=\"#1a1a1a\" stroke-width=\"2\"";
        let entries = [
            outcome(Outcome::Ran),
            outcome(Outcome::Closed),
            outcome(Outcome::Failed),
            outcome(Outcome::Panicked),
            outcome(Outcome::Cancelled),
            outcome(Outcome::Running),
            ("queued", QUEUED, has(&waits(false))),
            ("waits for another run", BLOCKED, has(&waits(true))),
            ("critical path", critical, has(&|row| row.is_critical)),
        ];
        writeln!(self.svg, "<g class=\"legend\">")?;
        let mut x = MARGIN;
        for (label, fill, _) in entries.into_iter().filter(|(.., is_there)| *is_there) {
            let place = format!("x=\"{:.1}\" y=\"{:.1}\" width=\"24\" height=\"12\"", x + 1.0, y - 10.0);
            writeln!(self.svg, "<rect {place} {fill}/>")?;
            self.text((x + 31.0, y), 11.0, "#444444", label)?;
            x += 50.0 + width_of(label, 11.0);
        }
        writeln!(self.svg, "</g>")
    }
}

/// The patterns of bars.
const PATTERNS: &str = concat!(
    "<defs>\n",
    "<pattern id=\"failed\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">",
    "<rect width=\"8\" height=\"8\" fill=\"#d55e00\"/>",
    "<path d=\"M1 1 L7 7 M7 1 L1 7\" stroke=\"#ffffff\" stroke-width=\"1.2\"/></pattern>\n",
    "<pattern id=\"cancelled\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">",
    "<rect width=\"6\" height=\"6\" fill=\"#cc79a7\"/>",
    "<path d=\"M1 0 V6\" stroke=\"#ffffff\" stroke-width=\"2\"/></pattern>\n",
    "<pattern id=\"queued\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">",
    "<rect width=\"6\" height=\"6\" fill=\"#ffffff\"/><path d=\"M1 0 V6\" stroke=\"#888888\" stroke-width=\"1.4\"/></pattern>\n",
    "<pattern id=\"blocked\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">",
    "<rect width=\"6\" height=\"6\" fill=\"#ffffff\"/><circle cx=\"3\" cy=\"3\" r=\"1.7\" fill=\"#e69f00\"/></pattern>\n",
    "</defs>",
);
/// The style of a queued step.
const QUEUED: &str = "fill=\"url(#queued)\" stroke=\"#999999\" stroke-width=\"0.8\"";
/// The style of a step that another run executes.
const BLOCKED: &str = "fill=\"url(#blocked)\" stroke=\"#e69f00\" stroke-width=\"0.8\"";

/// The style of a step.
struct Style {
    class: &'static str,
    /// The attributes of its bar.
    fill: &'static str,
    /// The colour of its label.
    ink: &'static str,
}

/// The style of an outcome. The colours are those of Okabe and Ito, which is safe for colour-blind
/// readers.
fn style(outcome: Outcome) -> Style {
    let (class, fill, ink) = match outcome {
        Outcome::Ran | Outcome::Closed => ("ran", "fill=\"#0072b2\"", "#333333"),
        Outcome::Failed | Outcome::Panicked => ("failed", "fill=\"url(#failed)\"", "#a34700"),
        Outcome::Cancelled => ("cancelled", "fill=\"url(#cancelled)\"", "#8f3b6a"),
        Outcome::Running | Outcome::Pending => ("open", "fill=\"#56b4e9\"", "#333333"),
        Outcome::RanInOtherRun => ("ranInOtherRun", "fill=\"none\"", "#333333"),
        Outcome::Restored => ("restored", "fill=\"none\"", "#333333"),
        Outcome::Skipped(_) | Outcome::NotReached | Outcome::NotNeeded => ("skipped", "fill=\"none\"", FAINT),
    };
    Style { class, fill, ink }
}

/// The label after a bar: the duration, and the outcome if it is not the usual one.
fn label(step: &StepRecord) -> String {
    match (step.duration, step.outcome) {
        (Some(duration), Outcome::Ran | Outcome::Closed) if !step.fallback => format!("{duration:.2?}"),
        (Some(duration), _) => format!("{duration:.2?}, {}", step.outcome_label()),
        (None, _) => step.outcome_label(),
    }
}

/// The text that is shown when the pointer rests on a step.
fn tooltip(row: &Row<'_>) -> String {
    let Row { run, step, .. } = row;
    let mut text = format!("{}: {}", step.name, step.outcome_label());
    if let (Some(start), Some(duration)) = (step.start, step.duration) {
        text += &format!("; started at {:.2?}, took {duration:.2?}", start.saturating_sub(run.start));
    }
    let waits = [(step.queued_for, "queued"), (step.blocked_for, "waited for another run")];
    for (waited, what) in waits.into_iter().filter(|(waited, _)| !waited.is_zero()) {
        text += &format!("; {what} for {waited:.2?}");
    }
    let needs: Vec<_> = step.needs.iter().map(|&need| run.steps[need].name).collect();
    if !needs.is_empty() {
        text += &format!("; needs {}", needs.join(", "));
    }
    if step.attempts > 1 {
        text += &format!("; {} attempts", step.attempts);
    }
    for (place, error) in step.errors.iter().enumerate() {
        text += if place == 0 { "; error: " } else { ": " };
        text += error;
    }
    text
}

/// The distance of the ticks of an axis in nanoseconds, a round number; and a unit: its length in
/// nanoseconds, and its name.
fn ticks(total: Duration) -> (u128, u128, &'static str) {
    let total = total.as_nanos().max(1);
    let mut step = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if total / step <= 8 {
            break;
        }
        // 1, 2, 5, 10, 20, 50 …
        step = match factor {
            2 => step * 2,
            5 => step / 2 * 5,
            _ => step * 2,
        };
    }
    let (per_unit, unit) = match total {
        2_000_000_000.. => (1_000_000_000, "s"),
        2_000_000.. => (1_000_000, "ms"),
        2_000.. => (1_000, "µs"),
        _ => (1, "ns"),
    };
    (step, per_unit, unit)
}

/// A text, truncated if it is long.
fn cut(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::ticks;
    use std::time::Duration;

    #[test]
    fn ticks_are_round_and_few() {
        let at = |nanos| ticks(Duration::from_nanos(nanos));
        assert_eq!(at(42_000_000), (5_000_000, 1_000_000, "ms"));
        assert_eq!(at(900), (200, 1, "ns"));
        assert_eq!(at(7_500_000_000), (1_000_000_000, 1_000_000_000, "s"));
        for power in 0..18 {
            for digits in 10..100 {
                let total = digits * 10_u128.pow(power);
                let (step, ..) = ticks(Duration::from_nanos(u64::try_from(total).unwrap()));
                let number = total / step;
                assert!((3..=8).contains(&number), "{number} ticks of {step} up to {total}");
                let digits = step.to_string();
                assert!(digits.starts_with(['1', '2', '5']) && digits[1..].chars().all(|digit| digit == '0'), "{step}");
            }
        }
    }
}
