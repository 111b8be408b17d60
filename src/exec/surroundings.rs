//! The surroundings of a step: the parts of its run that it needs besides its inputs.

use super::graph::Graph;
#[cfg(all(feature = "journal", feature = "policy"))]
use super::keeping::Keeping;
use super::notify::Notifier;
use super::run_key::Execution;
use super::waits::Polling;
use crate::observe::{Element, StepEventKind};
use crate::options::Observers;
#[cfg(feature = "policy")]
use crate::timer::Timer;
use std::sync::Arc;

/// The observers and the timer of a run, for one of its steps.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// The number of the step.
    pub(super) step: u16,
    /// Notifies the observers of the run, if there are any.
    notifier: Option<Arc<Notifier>>,
    /// The timer that was handed in to the run.
    #[cfg(feature = "policy")]
    pub(super) timer: Option<Timer>,
    /// The journal of the store, if it is kept.
    #[cfg(all(feature = "journal", feature = "policy"))]
    pub(super) keeping: Option<Arc<Keeping>>,
}

impl Surroundings {
    /// Those of the step that starts now.
    pub(super) fn of(graph: &Graph) -> Self {
        let execution = Polling::current().filter(|execution| execution.run() == Some(graph.key()));
        // A target that is not in the plan is not noted.
        let step = execution.map(Execution::step).or(graph.target()).unwrap_or_default();
        Surroundings {
            step,
            notifier: graph.notifier().cloned(),
            #[cfg(feature = "policy")]
            timer: graph.timer().cloned(),
            #[cfg(all(feature = "journal", feature = "policy"))]
            keeping: graph.keeping().cloned(),
        }
    }

    /// Notifies the observers of an event of the step.
    pub(crate) fn notify(&self, kind: StepEventKind<'_>) {
        if let Some(notifier) = &self.notifier {
            notifier.notify(self.step, kind);
        }
    }

    /// The observers, for the run of an element of the step, which is a fan-out.
    pub(super) fn observers_of_element(&self, element: impl FnOnce(usize) -> Element) -> Option<Observers> {
        Some(self.notifier.as_ref()?.observers_of_element(element(self.step.into())))
    }
}
