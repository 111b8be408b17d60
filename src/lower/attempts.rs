//! Starts a step that has a policy.
//!
//! All of this is made for such steps alone: [`start_in`](super::start) chooses between two
//! pointers, because rustc pays at each step for a function that any step mentions.

use super::slot::{Slot, Stored};
use super::start::Start;
use crate::error::{BoxError, StepError};
use crate::exec::attempts::{Attempted, Attempts, Limits};
use crate::exec::inputs::InputReader;
use crate::exec::store_ref::Erased;
use crate::exec::task::Started;
use crate::steps::continuation::Continuation;
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{Inputs, Outputs, Step};
use core::fmt;
use core::task::Context;
use futures::future::BoxFuture;
use std::sync::Arc;

/// The place for the outputs `O` of a step.
pub enum OutputPlace<'s, O: OutputList + ?Sized> {
    /// The slot of the step.
    Slot(&'s Slot<O::Stored>),
    /// The cell of a target.
    Cell(Arc<dyn TargetCell<O>>),
}

impl<O: OutputList + ?Sized> fmt::Debug for OutputPlace<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputPlace").finish_non_exhaustive()
    }
}

/// The cell for the outputs `O` of a target.
pub trait TargetCell<O: OutputList + ?Sized>: Send + Sync {
    /// Keeps outputs, which are those of the target or of its fallback.
    fn keep(&self, outputs: O::Values, is_fallback: bool);
}

impl<'s, O: OutputList> OutputPlace<'s, O> {
    /// Keeps outputs, which are those of the step or of its fallback, and returns the first one
    /// that is stored.
    fn keep(&self, outputs: O::Values, is_fallback: bool) -> Option<&'s Erased> {
        match self {
            OutputPlace::Slot(slot) if is_fallback => slot.fill_by_fallback(O::split(outputs).0),
            OutputPlace::Slot(slot) => slot.fill(O::split(outputs).0),
            OutputPlace::Cell(cell) => {
                cell.keep(outputs, is_fallback);
                None
            }
        }
    }
}

/// Makes the attempts of the step `S`; none if a step that was chosen at run time has no policy.
pub(crate) type Begin<S> =
    for<'s> fn(Inputs<'s, S>, OutputPlace<'s, <S as Step>::Outputs>) -> Option<Box<dyn Attempts<'s> + 's>>;

/// The attempts of the step `S`.
struct AttemptsOf<'s, S: Step> {
    /// Its inputs.
    inputs: Inputs<'s, S>,
    /// Stores its outputs.
    keep: OutputPlace<'s, S::Outputs>,
}

/// Makes the attempts of a step that has a policy: a [`Begin`].
pub(crate) fn attempts<'s, S: Step>(
    inputs: Inputs<'s, S>,
    keep: OutputPlace<'s, S::Outputs>,
) -> Option<Box<dyn Attempts<'s> + 's>> {
    Some(Box::new(AttemptsOf::<S> { inputs, keep }))
}

/// The reason why there is a policy.
const HAS_POLICY: &str = "only a step with a policy is started in this way";

impl<'s, S: Step> Attempts<'s> for AttemptsOf<'s, S> {
    fn limits(&self) -> Limits {
        let policy = S::POLICY.expect(HAS_POLICY);
        Limits { retry: policy.retry, timeout: policy.timeout }
    }
    fn attempt(&mut self) -> BoxFuture<'_, Attempted<'s>> {
        S::run_then(self.inputs.clone(), Attempt { keep: &self.keep })
    }
    fn fall_back(&mut self, error: &BoxError) -> Option<Option<&'s Erased>> {
        let outputs = S::POLICY.expect(HAS_POLICY).fallback?(self.inputs.clone(), error)?;
        Some(self.keep.keep(outputs, true))
    }
}

/// Boxes the future of an attempt.
struct Attempt<'a, 's, S: Step> {
    /// Stores the outputs.
    keep: &'a OutputPlace<'s, S::Outputs>,
}

impl<'a, 's, S: Step> Continuation<'s, S> for Attempt<'a, 's, S> {
    type Result = BoxFuture<'a, Attempted<'s>>;

    fn take<F: Future<Output = Result<Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Self::Result {
        let keep = self.keep;
        Box::pin(async move {
            match future.await {
                Ok(outputs) => Ok(keep.keep(outputs, false)),
                Err(error) => {
                    let again = S::POLICY.expect(HAS_POLICY).retry_if.is_none_or(|is_transient| is_transient(&error));
                    Err((error.boxed(), again))
                }
            }
        })
    }
}

/// Starts the step `S` with its policy: a [`StartIn`](super::slot::StartIn).
pub(super) fn start_with_policy<'s, S: Step>(
    slot: &'s Slot<Stored<S>>,
    mut reader: InputReader<'_, 's>,
    cx: &mut Context<'_>,
) -> Started<'s> {
    let (surroundings, inputs) = (reader.surroundings(), S::Inputs::gather(&mut reader));
    match S::ATTEMPTS.expect(HAS_POLICY)(inputs.clone(), OutputPlace::Slot(slot)) {
        Some(attempts) => Started::poll(surroundings.execute(attempts), cx),
        None => S::run_then(inputs, Start::<S> { slot, cx }),
    }
}
