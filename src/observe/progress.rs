//! Runs and steps in the terminal, while they go on.

use super::{Observer, RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};
use crate::error::RunError;
use console::{Term, truncate_str};
use core::error::Error;
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use indicatif::{
    HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How often the times are brought up to date while nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// How many of the steps that a step waits for are named.
const NAMED: usize = 3;

/// An [`Observer`] that shows in the terminal, while a run goes on, what runs, what waits for what, and how much is done.
///
/// It is switched on with [`RunOptions::observe`](crate::RunOptions::observe). Feature `progress`.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, Progress, RunOptions, Store, resource, run_with, step};
///
/// resource! { Text: &'static str; Words: usize; }
///
/// #[step]
/// fn count(text: In<'_, Text>) -> Out<Words> {
///     text.split_whitespace().count()
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Count];
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let store = Store::<App>::new().with(Text, "three little words");
/// run_with::<Count>(&store, RunOptions::new().observe(Progress::new())).await?;
/// # Ok(()) }) }
/// ```
///
/// This is what a larger one looks like:
///
/// ```text
/// Report [=====>              ] 5/17 steps, 2 running, 3s
///   running  CountLines     2s
///   running  ReadHistory    3s
///   waiting  RankAuthors    for ReadHistory
///   waiting  WriteLanguages for CountLines
///   and 8 more
/// ```
///
/// # What is shown
///
/// How many of the steps are done that the run needs, and of the others first those that run, then those that are ready but
/// may not run yet, or that another run executes, and then those that wait for steps, beginning with those that wait for
/// the fewest; as many as there is room for. A step that fails is told above the display, with its error. At the end of the
/// run the display is gone, and what was told stays.
///
/// Several runs have a display each. A run that computes something in the store above a scope is shown with the one
/// that it is for.
///
/// It is drawn to the standard error. Where that is no terminal, nothing is written and nothing is kept.
pub struct Progress {
    bars: MultiProgress,
    terminal: Terminal,
    /// The displays of the runs that go on.
    displays: Mutex<HashMap<RunId, Arc<Display>>>,
}

/// What is known of the terminal.
#[derive(Clone)]
struct Terminal {
    /// How many columns and lines it has.
    size: Arc<dyn Fn() -> (usize, usize) + Send + Sync>,
    /// How many displays share it.
    displays: Arc<AtomicUsize>,
}

/// The display of a run, and of those above that are for it.
struct Display {
    /// Whose display it is.
    root: RunId,
    bar: ProgressBar,
    steps: Arc<Mutex<Steps>>,
}

/// What is shown of the steps.
#[derive(Default)]
struct Steps {
    /// Those that were demanded.
    demanded: BTreeMap<(RunId, usize), Shown>,
    /// How many of them are done.
    done: usize,
    /// How many have failed.
    failed: usize,
    /// How many runs above have failed whose errors are still to be told below, again.
    failed_above: usize,
}

/// A step that is shown.
struct Shown {
    name: &'static str,
    needs: Vec<usize>,
    stage: Stage,
}

/// How far a step has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running(Instant),
    Ready,
    Elsewhere,
    Waiting,
    Over,
}

impl Progress {
    /// A display on the standard error.
    pub fn new() -> Self {
        let size = || {
            let (lines, columns) = Term::stderr().size();
            (columns.into(), lines.into())
        };
        Progress::drawn_to(ProgressDrawTarget::stderr(), Arc::new(size))
    }

    /// A display on another terminal, drawn at everything that happens, such as one in memory for a test.
    ///
    /// ```
    /// use indicatif::InMemoryTerm;
    /// use typed_pipeliner::Progress;
    ///
    /// let terminal = InMemoryTerm::new(24, 80);
    /// let progress = Progress::on(terminal.clone());
    /// assert_eq!(terminal.contents(), "");
    /// # drop(progress);
    /// ```
    pub fn on(terminal: impl TermLike + Clone + 'static) -> Self {
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        Progress::drawn_to(target, Arc::new(move || (terminal.width().into(), terminal.height().into())))
    }

    fn drawn_to(target: ProgressDrawTarget, size: Arc<dyn Fn() -> (usize, usize) + Send + Sync>) -> Self {
        Progress {
            bars: MultiProgress::with_draw_target(target),
            terminal: Terminal { size, displays: Arc::default() },
            displays: Mutex::default(),
        }
    }

    /// The bars of indicatif that are drawn: to add others of yours, and to write to the terminal without a mess, with
    /// [`println`](MultiProgress::println) or [`suspend`](MultiProgress::suspend).
    ///
    /// ```
    /// use typed_pipeliner::{Progress, RunOptions};
    /// use std::sync::Arc;
    ///
    /// let progress = Arc::new(Progress::new());
    /// let options = RunOptions::new().observe(Arc::clone(&progress));
    /// // … and while the run goes on:
    /// progress.bars().suspend(|| println!("the display makes room for this line"));
    /// # drop(options);
    /// ```
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// The display of a run.
    fn display(&self, run: RunId) -> Option<Arc<Display>> {
        lock(&self.displays).get(&run).cloned()
    }

    /// Tells above the display that a step has failed.
    fn tell_failed(&self, name: &str, error: &(dyn Error + 'static)) {
        let causes = core::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string);
        let text = format!("failed   {name}: {}", causes.collect::<Vec<_>>().join(": "));
        // Whoever cannot write to the terminal cannot be told so there either.
        let _ = self.bars.println(text);
    }
}

impl Default for Progress {
    fn default() -> Self {
        Progress::new()
    }
}

impl Observer for Progress {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        if self.bars.is_hidden() {
            return;
        }
        let display = match run.parent().and_then(|parent| self.display(parent)) {
            Some(below) => below,
            None => Arc::new(Display::new(run, &self.bars, &self.terminal)),
        };
        lock(&self.displays).insert(run.id(), display);
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let Some(display) = self.display(run.id()) else { return };
        let is_told_already = lock(&display.steps).tell(run, event);
        match event.kind {
            StepEventKind::Failed(error) if !is_told_already => self.tell_failed(event.name, error),
            _ => {}
        }
        // What is demanded or ready is drawn with what comes of that: a start at least.
        if !matches!(event.kind, StepEventKind::Demanded { .. } | StepEventKind::Ready) {
            display.draw();
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, _: Instant) {
        let Some(display) = lock(&self.displays).remove(&run.id()) else { return };
        if display.root == run.id() {
            display.bar.finish_and_clear();
            self.bars.remove(&display.bar);
            self.terminal.displays.fetch_sub(1, Ordering::Relaxed);
        } else if end == RunEnd::Failed {
            lock(&display.steps).failed_above += 1;
        }
    }
}

impl Display {
    fn new(run: &RunInfo, bars: &MultiProgress, terminal: &Terminal) -> Self {
        terminal.displays.fetch_add(1, Ordering::Relaxed);
        let (steps, terminal) = (Arc::<Mutex<Steps>>::default(), terminal.clone());
        let shown = Arc::clone(&steps);
        let style = ProgressStyle::with_template("{prefix} [{bar:20}] {pos}/{len} steps{steps}")
            .expect("the template has the syntax of templates")
            .progress_chars("=> ")
            .with_key("steps", move |state: &ProgressState, to: &mut dyn fmt::Write| {
                // A formatter of indicatif writes to a string, which does not fail.
                let _ = lock(&shown).write(state.elapsed(), terminal.room(), to);
            });
        let bar = bars.add(ProgressBar::new(0).with_style(style).with_prefix(run.target()));
        bar.enable_steady_tick(TICK);
        Display { root: run.id(), bar, steps }
    }

    /// Draws what has changed, if it is not too soon after the last time.
    fn draw(&self) {
        let (done, demanded) = {
            let steps = lock(&self.steps);
            (steps.done as u64, steps.demanded.len() as u64)
        };
        self.bar.set_position(done);
        self.bar.set_length(demanded);
    }
}

impl Terminal {
    /// How many columns and lines a display may have.
    fn room(&self) -> (usize, usize) {
        let (columns, lines) = (self.size)();
        (columns, lines.saturating_sub(1) / self.displays.load(Ordering::Relaxed).max(1))
    }
}

impl Steps {
    /// Something happens to a step. If it has failed: whether its error is that of a run above, and was told there.
    fn tell(&mut self, run: &RunInfo, event: &StepEvent<'_>) -> bool {
        let key = (run.id(), event.step);
        if let StepEventKind::Demanded { .. } = event.kind {
            let needs = run.steps()[event.step].needs().to_vec();
            self.demanded.insert(key, Shown { name: event.name, needs, stage: Stage::Waiting });
            return false;
        }
        // What was there from the start was not demanded.
        let Some(step) = self.demanded.get_mut(&key) else { return false };
        step.stage = match event.kind {
            StepEventKind::Demanded { .. } => Stage::Waiting,
            StepEventKind::Ready => Stage::Ready,
            StepEventKind::Waiting => Stage::Elsewhere,
            StepEventKind::Started => Stage::Running(event.time),
            StepEventKind::Finished
            | StepEventKind::Skipped(SkipReason::Present | SkipReason::NeedsFailed)
            | StepEventKind::Failed(_)
            | StepEventKind::Panicked
            | StepEventKind::Cancelled => Stage::Over,
        };
        match event.kind {
            StepEventKind::Finished | StepEventKind::Skipped(SkipReason::Present) => self.done += 1,
            StepEventKind::Failed(error) if error.is::<RunError>() && self.failed_above > 0 => {
                self.failed_above -= 1;
                return true;
            }
            StepEventKind::Failed(_) => self.failed += 1,
            _ => {}
        }
        false
    }

    /// Writes the rest of the first line, and a line for each step that is shown.
    fn write(&self, elapsed: Duration, room: (usize, usize), to: &mut dyn fmt::Write) -> fmt::Result {
        let (columns, lines) = room;
        // Those that are not over, as they are to be shown: by stage, the longest running first, and whoever waits for least.
        let mut steps: Vec<_> = self
            .demanded
            .iter()
            .filter(|(_, step)| step.stage < Stage::Over)
            .map(|(key, step)| (key.0, step))
            .collect();
        steps.sort_by_cached_key(|(run, step)| (step.stage, self.awaited(*run, step).count()));
        let running = steps.iter().filter(|(_, step)| matches!(step.stage, Stage::Running(_))).count();
        for (count, what) in [(running, "running"), (self.failed, "failed")] {
            if count > 0 {
                write!(to, ", {count} {what}")?;
            }
        }
        write!(to, ", {:#}", HumanDuration(elapsed))?;

        let room = lines.saturating_sub(1);
        let shown = if steps.len() <= room { steps.len() } else { room.saturating_sub(1) };
        let (shown, others) = steps.split_at(shown);
        let width = shown.iter().map(|(_, step)| step.name.chars().count()).max().unwrap_or_default();
        for (run, step) in shown {
            let (stage, more) = match step.stage {
                Stage::Running(since) => ("running", format!("{:#}", HumanDuration(since.elapsed()))),
                Stage::Ready => ("ready", String::new()),
                Stage::Elsewhere => ("waiting", "for another run".to_owned()),
                Stage::Waiting | Stage::Over => ("waiting", self.told_awaited(*run, step)),
            };
            let line = format!("  {stage:<8} {:<width$} {more}", step.name);
            write!(to, "\n{}", truncate_str(line.trim_end(), columns, "…"))?;
        }
        if !others.is_empty() && room > 0 {
            write!(to, "\n  and {} more", others.len())?;
        }
        Ok(())
    }

    /// What a step waits for: the names of the steps that it needs and that are not over.
    fn awaited<'a>(&'a self, run: RunId, step: &'a Shown) -> impl Iterator<Item = &'static str> + 'a {
        let needs = step.needs.iter().filter_map(move |&need| self.demanded.get(&(run, need)));
        needs.filter(|need| need.stage < Stage::Over).map(|need| need.name)
    }

    /// The same in words.
    fn told_awaited(&self, run: RunId, step: &Shown) -> String {
        let names: Vec<_> = self.awaited(run, step).collect();
        match names.len().saturating_sub(NAMED) {
            _ if names.is_empty() => String::new(),
            0 => format!("for {}", names.join(", ")),
            more => format!("for {} and {more} more", names[..NAMED].join(", ")),
        }
    }
}

/// Locks what no panic can leave half-way: the terminal is written to outside of all locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("bars", &self.bars).finish_non_exhaustive()
    }
}
