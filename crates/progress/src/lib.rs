#![doc = include_str!("../README.md")]

use console::{Term, truncate_str};
use indicatif::{
    HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use typed_pipeliner::observe::{RunEnd, RunId, RunInfo, SkipReason, StepEvent, StepEventKind};
use typed_pipeliner::text::{one_line, printable};
use typed_pipeliner::{Observer, RunError};

/// How often the times are updated while nothing happens.
const TICK: Duration = Duration::from_millis(200);

/// How many of the steps that a step waits for are listed.
const NAMED: usize = 3;

/// An [`Observer`] that shows a run in the terminal: which steps run, which steps wait for which,
/// and how many are done.
///
/// It is drawn to the standard error. If that is not a terminal, nothing is written and nothing is
/// kept.
///
/// The first line counts the steps that the run needs. Below it are the steps that are not done, as
/// many as there is room for: first those that run; then those that are ready but may not start
/// yet, or that another run executes; then those that wait for other steps, beginning with those
/// that wait for the fewest. If a step fails, a line with its error is printed above the display.
/// The display disappears at the end of the run, and the printed lines stay. Steps whose outputs
/// are taken from a journal count as done, and as restored.
///
/// Each run has its own display. A run in a parent store is part of the display of the run that
/// needs it. Of a [`ForEach`](typed_pipeliner::each::ForEach) the display counts the elements that are
/// done, and does not show their steps.
pub struct Progress {
    bars: MultiProgress,
    terminal: Terminal,
    /// The displays of the runs that have not ended.
    displays: Mutex<HashMap<RunId, Arc<Display>>>,
}

/// The terminal.
#[derive(Clone)]
struct Terminal {
    /// Returns its columns and lines.
    size: Arc<dyn Fn() -> (usize, usize) + Send + Sync>,
    /// The number of displays on it.
    displays: Arc<AtomicUsize>,
}

/// The display of a run, and of the runs in parent stores that it needs.
struct Display {
    /// The run that the display belongs to.
    root: RunId,
    bar: ProgressBar,
    steps: Arc<Mutex<Steps>>,
    /// Whether the times are updated.
    ticks: AtomicBool,
}

/// The steps of a display.
#[derive(Default)]
struct Steps {
    /// The demanded steps, and those that were restored before the run.
    demanded: BTreeMap<(RunId, usize), ShownStep>,
    /// The number of steps that are done.
    done: usize,
    /// The number of those whose outputs were taken from the journal.
    restored: usize,
    /// The number of steps that have failed.
    failed: usize,
    /// The number of failed runs in parent stores whose errors the child run has not received yet.
    failed_in_parent: usize,
}

/// A step of a display.
struct ShownStep {
    name: Cow<'static, str>,
    needs: Vec<usize>,
    stage: Stage,
    /// How many elements are done, and of how many.
    progress: Option<(usize, usize)>,
    /// The attempt that it is at, and the number of attempts, after the first one has failed.
    attempt: Option<(u32, u32)>,
}

/// The stage of a step, in the order in which steps are listed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running(Instant),
    Ready,
    InOtherRun,
    Waiting,
    /// Its outputs are there.
    Done,
    /// It failed, or it will not run.
    Over,
}

/// What an event changes in a display.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Nothing yet: an event that follows draws the display.
    Later,
    /// The display.
    Display,
    /// The display, and an error is printed above it.
    Failure,
}

impl Progress {
    /// Creates a display on the standard error.
    pub fn new() -> Self {
        let size = || {
            let (lines, columns) = Term::stderr().size();
            (columns.into(), lines.into())
        };
        Progress::drawn_to(ProgressDrawTarget::stderr(), Arc::new(size))
    }

    /// Creates a display on another terminal, such as one in memory for a test. It is drawn at each
    /// event.
    ///
    /// ```
    /// use indicatif::InMemoryTerm;
    /// use typed_pipeliner_progress::Progress;
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

    /// The bars of the display: to add bars of your own, and to write to the terminal without
    /// mixing with the display, with [`println`](MultiProgress::println) or
    /// [`suspend`](MultiProgress::suspend).
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
    /// # resource! { Port: u16; }
    /// # #[step] fn read_port() -> Out<Port> { 80 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    /// # let store = Store::<App>::new();
    /// use typed_pipeliner_progress::Progress;
    /// use std::sync::Arc;
    ///
    /// let progress = Arc::new(Progress::new());
    /// let run = run::<ReadPort>(&store).observe(Arc::clone(&progress));
    /// // … and during the run:
    /// progress.bars().suspend(|| println!("the display is hidden while this is printed"));
    /// # drop(run);
    /// ```
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// The display of a run.
    fn display(&self, run: RunId) -> Option<Arc<Display>> {
        lock(&self.displays).get(&run).cloned()
    }

    /// Prints the error of a step above the display.
    fn print_failure(&self, name: &str, error: &(dyn Error + 'static)) {
        let causes = std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string);
        let text = format!("failed   {}: {}", one_line(name), printable(&causes.collect::<Vec<_>>().join(": ")));
        // If writing to the terminal fails, there is no place to report that.
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
        if self.bars.is_hidden() || run.element().is_some() {
            return;
        }
        let display = match run.parent().and_then(|parent| self.display(parent)) {
            Some(display) => display,
            None => Arc::new(Display::new(run, &self.bars, &self.terminal)),
        };
        lock(&self.displays).insert(run.id(), display);
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let Some(display) = self.display(run.id()) else { return };
        let change = lock(&display.steps).update(run, event);
        if let (Change::Failure, StepEventKind::Failed(error)) = (change, event.kind) {
            self.print_failure(event.name(), error);
        }
        if change != Change::Later {
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
            lock(&display.steps).failed_in_parent += 1;
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
        let target = one_line(run.target());
        let prefix = if run.is_close() { format!("close {target}").into() } else { target };
        let bar = bars.add(ProgressBar::new(0).with_style(style).with_prefix(prefix));
        Display { root: run.id(), bar, steps, ticks: AtomicBool::new(false) }
    }

    /// Draws the display, and updates its times from then on; indicatif limits how often.
    fn draw(&self) {
        let (done, demanded) = {
            let steps = lock(&self.steps);
            (steps.done as u64, steps.demanded.len() as u64)
        };
        // The bar of no steps would be full. All steps are demanded before the first one starts.
        if demanded == 0 {
            return;
        }
        // In one update, which draws only while nothing ticks; the length, set again, always draws.
        self.bar.update(|state| {
            state.set_pos(done);
            state.set_len(demanded);
        });
        self.bar.set_length(demanded);
        if !self.ticks.swap(true, Ordering::Relaxed) {
            self.bar.enable_steady_tick(TICK);
        }
    }
}

impl Terminal {
    /// The columns and lines that a display may use.
    fn room(&self) -> (usize, usize) {
        let (columns, lines) = (self.size)();
        (columns, lines.saturating_sub(1) / self.displays.load(Ordering::Relaxed).max(1))
    }
}

impl Steps {
    /// Updates a step.
    fn update(&mut self, run: &RunInfo, event: &StepEvent<'_>) -> Change {
        let key = (run.id(), event.step);
        // A step that was restored before the run is not demanded, and is part of its work.
        let is_restored = matches!(event.kind, StepEventKind::Skipped(SkipReason::Restored));
        if is_restored || matches!(event.kind, StepEventKind::Demanded { .. }) {
            let (name, needs) = (one_line(event.name()), run.steps()[event.step].needs().to_vec());
            let stage = if is_restored { Stage::Done } else { Stage::Waiting };
            self.demanded.insert(key, ShownStep { name, needs, stage, progress: None, attempt: None });
            self.done += usize::from(is_restored);
            self.restored += usize::from(is_restored);
            return Change::Later;
        }
        // A step whose outputs were in the store is not demanded. It is skipped while others are
        // demanded, whose number is not known yet.
        let Some(step) = self.demanded.get_mut(&key) else { return Change::Later };
        if let StepEventKind::Progress { done, of } = event.kind {
            step.progress = Some((done, of));
            return Change::Display;
        }
        step.stage = match event.kind {
            StepEventKind::Ready => Stage::Ready,
            StepEventKind::WaitingForOtherRun { .. } => Stage::InOtherRun,
            StepEventKind::Started => Stage::Running(event.time),
            StepEventKind::Finished | StepEventKind::Skipped(SkipReason::Present) => Stage::Done,
            StepEventKind::Skipped(_)
            | StepEventKind::Failed(_)
            | StepEventKind::Panicked
            | StepEventKind::Cancelled => Stage::Over,
            _ => step.stage,
        };
        match event.kind {
            StepEventKind::Retrying { attempt, of, .. } => step.attempt = Some((attempt, of)),
            StepEventKind::Ready => return Change::Later,
            StepEventKind::Restored => {
                self.restored += 1;
                return Change::Later;
            }
            StepEventKind::Finished | StepEventKind::Skipped(SkipReason::Present) => self.done += 1,
            // The error of a run in the parent store has been printed already.
            StepEventKind::Failed(error) if error.is::<RunError>() && self.failed_in_parent > 0 => {
                self.failed_in_parent -= 1;
            }
            StepEventKind::Failed(_) => {
                self.failed += 1;
                return Change::Failure;
            }
            _ => {}
        }
        Change::Display
    }

    /// Writes the rest of the first line, and a line for each listed step.
    fn write(&self, elapsed: Duration, room: (usize, usize), to: &mut dyn fmt::Write) -> fmt::Result {
        let (columns, lines) = room;
        // By stage; among running steps the oldest first, among waiting ones those that wait for
        // the fewest.
        let mut steps: Vec<_> = self
            .demanded
            .iter()
            .filter(|(_, step)| step.stage < Stage::Done)
            .map(|(key, step)| (key.0, step))
            .collect();
        steps.sort_by_cached_key(|(run, step)| (step.stage, self.awaited(*run, step).count()));
        let running = steps.iter().filter(|(_, step)| matches!(step.stage, Stage::Running(_))).count();
        for (count, what) in [(running, "running"), (self.restored, "restored"), (self.failed, "failed")] {
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
                Stage::Running(since) => {
                    let elements = step.progress.map_or(String::new(), |(done, of)| format!("{done} of {of}, "));
                    let attempt = step.attempt.map(|(attempt, of)| format!(", attempt {attempt} of {of}"));
                    let attempt = attempt.unwrap_or_default();
                    ("running", format!("{elements}{:#}{attempt}", HumanDuration(since.elapsed())))
                }
                Stage::Ready => ("ready", String::new()),
                Stage::InOtherRun => ("waiting", "for another run".to_owned()),
                // The event that its inputs are there comes next.
                Stage::Waiting if self.awaited(*run, step).next().is_none() => ("ready", String::new()),
                Stage::Waiting | Stage::Done | Stage::Over => ("waiting", self.describe_awaited(*run, step)),
            };
            let line = format!("  {stage:<8} {:<width$} {more}", step.name);
            write!(to, "\n{}", truncate_str(line.trim_end(), columns, "…"))?;
        }
        if !others.is_empty() && room > 0 {
            write!(to, "\n  and {} more", others.len())?;
        }
        Ok(())
    }

    /// The names of the steps that a step waits for.
    fn awaited<'a>(&'a self, run: RunId, step: &'a ShownStep) -> impl Iterator<Item = &'a str> + 'a {
        let needs = step.needs.iter().filter_map(move |&need| self.demanded.get(&(run, need)));
        needs.filter(|need| need.stage != Stage::Done).map(|need| &*need.name)
    }

    /// The steps that a step waits for, in words.
    fn describe_awaited(&self, run: RunId, step: &ShownStep) -> String {
        let names: Vec<_> = self.awaited(run, step).collect();
        match names.len().saturating_sub(NAMED) {
            0 => format!("for {}", names.join(", ")),
            more => format!("for {} and {more} more", names[..NAMED].join(", ")),
        }
    }
}

/// Locks a mutex. A poisoned lock is harmless, because the terminal is written to outside of all
/// locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("bars", &self.bars).finish_non_exhaustive()
    }
}
