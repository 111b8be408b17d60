//! The observer that a run is given.

use crate::history::History;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Instant;
use typed_pipeliner::Observer;
use typed_pipeliner::observe::{RunEnd, RunInfo, SkipReason, StepEvent, StepEventKind};

/// An observer that shows its runs in an [`Explorer`](crate::Explorer).
///
/// [`Explorer::observer`](crate::Explorer::observer) makes one for each run. One in an [`Arc`] can
/// observe many runs. When the explorer is gone, the observer does nothing.
///
/// The page shows names, times and errors, and how many elements of a
/// [`ForEach`](typed_pipeliner::each::ForEach) are done. It shows a value only if
/// [`show`](ExplorerObserver::show) says how.
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, run, step};
/// # resource! { Answer: u32; }
/// # #[step]
/// # fn find_answer() -> Out<Answer> { 42 }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![FindAnswer]; }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # smol::block_on(async {
/// use std::sync::Arc;
/// use typed_pipeliner_explorer::{Explorer, ExplorerObserver};
///
/// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
/// let observer: Arc<ExplorerObserver> = Arc::new(explorer.observer());
/// for _ in 0..3 {
///     let store = Store::<App>::new();
///     run::<FindAnswer>(&store).observe(Arc::clone(&observer)).await?;
/// }
/// # Ok(()) }) }
/// ```
#[derive(Debug)]
pub struct ExplorerObserver {
    history: Weak<History>,
    values: Vec<Value>,
}

/// A value that the page shows.
struct Value {
    name: &'static str,
    /// The text of the value, if the value is there.
    text: Box<dyn Fn() -> Option<String> + Send + Sync>,
}

impl ExplorerObserver {
    pub(crate) fn new(history: Weak<History>) -> Self {
        ExplorerObserver { history, values: Vec::new() }
    }

    /// Shows a value of this store on the page, under the name of its resource.
    ///
    /// `text` returns the text to show, or `None` while the value is not there. It is called within
    /// the run, at the start and whenever a step has finished, until it returns a text. So it is to
    /// be quick, and must not panic. The page keeps the first 2,000 letters of the text.
    ///
    /// The observer keeps the store alive. Give it to runs of this store only: it reads this one
    /// whatever store runs.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};
    /// use typed_pipeliner_explorer::Explorer;
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
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # smol::block_on(async {
    /// let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await?;
    /// let store = Arc::new(Store::<App>::new().with(Text, "three little words"));
    /// let observer = explorer.observer().show(&store, "Words", |store| store.get::<Words>().map(usize::to_string));
    /// run::<Count>(&store).observe(observer).await?;
    /// # Ok(()) }) }
    /// ```
    #[must_use = "the observer shows the value"]
    pub fn show<S: Send + Sync + 'static>(
        mut self,
        store: &Arc<S>,
        name: &'static str,
        text: impl Fn(&S) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let store = Arc::clone(store);
        self.values.push(Value { name, text: Box::new(move || text(&store)) });
        self
    }

    /// Passes on the values that are there, and were not before.
    fn show_values(&self, history: &History, run: &RunInfo) {
        // A run in the parent store has values of its own.
        if self.values.is_empty() || run.parent().is_some() {
            return;
        }
        let id = run.id().get();
        let missing = history.missing_values(id).into_iter();
        let texts = missing.filter_map(|place| Some((place, (self.values.get(place)?.text)()?)));
        history.show(id, texts.collect());
    }
}

impl Observer for ExplorerObserver {
    fn run_started(&self, run: &RunInfo, time: Instant) {
        // There may be many, and the page keeps few runs. It shows how many of them are done.
        if run.element().is_some() {
            return;
        }
        let Some(history) = self.history.upgrade() else { return };
        let shown = if run.parent().is_none() { &self.values[..] } else { &[] };
        history.start(run, time, shown.iter().map(|value| value.name));
        self.show_values(&history, run);
    }

    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if run.element().is_some() {
            return;
        }
        let Some(history) = self.history.upgrade() else { return };
        history.step(run.id().get(), event);
        if let StepEventKind::Finished | StepEventKind::Skipped(SkipReason::Present | SkipReason::Restored) = event.kind
        {
            self.show_values(&history, run);
        }
    }

    fn run_ended(&self, run: &RunInfo, end: RunEnd, time: Instant) {
        if run.element().is_some() {
            return;
        }
        let Some(history) = self.history.upgrade() else { return };
        self.show_values(&history, run);
        history.end(run.id().get(), end, time);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("name", &self.name).finish_non_exhaustive()
    }
}
