//! A fan-out: a step that runs a pipeline for each element of a collection.
//!
//! The schedule knows nothing of it: it is one step, with one claim. On several threads a run helps
//! with the elements: it starts helpers beside the step, each of which borrows the inputs anew and
//! works on elements of its own. A helper is a task of the run as a step is, so that a run on a
//! shared store can have some too, whose tasks each hold the store.

use super::inputs::InputReader;
#[cfg(feature = "journal")]
use super::keeping::FanKeeping;
use super::plan::{ConstList, Key, StepSpec};
use super::run_key::RunKey;
use super::surroundings::Surroundings;
use super::task::Started;
use super::waits::NestedRun;
use crate::observe::{Element, StepEventKind};
use crate::options::RunOptions;
use core::any::Any;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::Context;
use std::sync::{Arc, OnceLock};

/// A fan-out as data.
///
/// Its lists are functions, because a pipeline may run for each element of a collection that its
/// own steps provide: a constant cannot name itself.
pub struct FanSpec {
    /// The name of the pipeline that runs for each element.
    pub pipeline: fn() -> &'static str,
    /// Its steps.
    pub steps: fn() -> &'static ConstList<StepSpec>,
    /// What its steps take from outside: the element, and then the resources that are the same
    /// for all.
    pub given: fn() -> &'static ConstList<Key>,
    /// The step that is run for each element.
    pub target: fn() -> &'static StepSpec,
    /// The most elements that run at once.
    pub at_once: usize,
    /// Starts to help with the elements of a step that has started.
    pub help: for<'s> fn(InputReader<'_, 's>, &mut Context<'_>) -> Started<'s>,
}

/// A fan-out whose elements are spread over several threads, in one run.
pub(crate) struct Fan {
    /// What the step and its helpers share, once the step has started.
    shared: OnceLock<Arc<dyn Any + Send + Sync>>,
    /// How many there are of them.
    hands: usize,
    /// How many of them have started.
    started: AtomicUsize,
}

impl Fan {
    /// A fan-out with this many hands: the step itself, and its helpers.
    #[cfg(feature = "executor")]
    pub(super) fn new(hands: usize) -> Arc<Self> {
        Arc::new(Fan { shared: OnceLock::new(), hands, started: AtomicUsize::new(0) })
    }

    /// The number of the step and its helpers.
    pub(crate) fn hands(&self) -> usize {
        self.hands
    }

    /// The number of a hand that starts: 0 for the step, which starts first.
    pub(crate) fn number(&self) -> usize {
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// What the step and its helpers share. The step makes it, which starts first.
    pub(crate) fn shared<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        let shared = self.shared.get_or_init(|| make());
        Arc::clone(shared).downcast().unwrap_or_else(|_| unreachable!("a fan-out has one type"))
    }
}

/// The run around a fan-out, as the step sees it: an input of the step that is no resource.
pub struct Around {
    /// The fan-out, if its elements are spread over several threads.
    pub(crate) fan: Option<Arc<Fan>>,
    /// The run of all elements. The runs of the single elements are parts of it.
    pub(crate) key: RunKey,
    /// The same as one that is nested in the step.
    pub(crate) nested: Option<NestedRun>,
    /// The observers and the timer.
    pub(super) surroundings: Surroundings,
    /// The journal of the store around, if it is kept.
    #[cfg(feature = "journal")]
    pub(crate) keeping: Option<FanKeeping>,
}

/// A clone is a part of the run.
impl Clone for Around {
    fn clone(&self) -> Self {
        Around {
            fan: self.fan.clone(),
            key: self.key,
            nested: self.nested.as_ref().map(NestedRun::part),
            surroundings: self.surroundings.clone(),
            #[cfg(feature = "journal")]
            keeping: self.keeping.clone(),
        }
    }
}

impl Around {
    /// The options for the run of an element.
    pub(crate) fn options(&self, element: impl FnOnce(usize) -> Element) -> Option<RunOptions> {
        let observers = self.surroundings.observers_of_element(element)?;
        Some(RunOptions { observers: Some(Box::new(observers)), ..RunOptions::default() })
    }

    /// The same for a fan-out whose steps take so many inputs besides an element.
    #[cfg(feature = "journal")]
    pub(crate) fn with_takes(mut self, takes: usize) -> Self {
        if let Some(keeping) = &mut self.keeping {
            keeping.retain_last(takes);
        }
        self
    }

    /// Notifies the observers of how many elements are done.
    pub(crate) fn progress(&self, done: usize, of: usize) {
        self.surroundings.notify(StepEventKind::Progress { done, of });
    }
}
