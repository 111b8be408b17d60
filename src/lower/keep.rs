//! Starts a step that is kept.
//!
//! All of this is made for such steps alone: [`start_in`](super::start) chooses between pointers,
//! because rustc pays at each step for a function that any step mentions.

use super::slot::{Slot, StartIn, Stored};
use crate::error::{BoxError, StepError};
use crate::exec::inputs::InputReader;
use crate::exec::keeping::execute::Executed;
use crate::exec::keeping::{Codec, Encoded, KeepSpec, Outputs};
use crate::exec::slot::AnySlot;
use crate::exec::store_ref::Erased;
use crate::exec::task::Started;
#[cfg(feature = "policy")]
use crate::lower::attempts::{OutputPlace, TargetCell};
use crate::steps::continuation::Continuation;
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{self, Step};
use core::any::Any;
use core::task::Context;
use futures::future::BoxFuture;
#[cfg(feature = "policy")]
use std::sync::{Arc, Mutex};

impl KeepSpec {
    /// How the step `S` is kept.
    pub(crate) const fn of<S: Step>() -> Self {
        KeepSpec { version: S::KNOWN_VERSION, codec: S::CODEC }
    }
}

/// The reason why a step has a codec.
const IS_KEPT: &str = "only a step that is kept has a codec";

/// The codec of the step `S`, which is kept.
pub(crate) const fn codec<S: Step>() -> &'static Codec {
    const { &Codec { name: name::<S>, encode: encode::<S>, decode: decode::<S>, fill: fill::<S> } }
}

/// The name of the step `S` in the journal.
fn name<S: Step>() -> &'static str {
    S::KEEP.expect(IS_KEPT).name.unwrap_or(core::any::type_name::<S>())
}

/// Encodes the outputs of the step `S`.
fn encode<S: Step>(outputs: &(dyn Any + Send)) -> Result<Encoded, BoxError> {
    let stored: &Stored<S> = outputs.downcast_ref().expect(HAS_TYPE);
    let mut encoded = Vec::new();
    (S::KEEP.expect(IS_KEPT).encode)(stored, &mut encoded)?;
    Ok(encoded)
}

/// Decodes the outputs of the step `S`.
fn decode<S: Step>(bytes: &[&[u8]]) -> Result<Outputs, BoxError> {
    Ok(Box::new((S::KEEP.expect(IS_KEPT).decode)(&mut bytes.iter())?))
}

/// Stores the outputs of the step `S`.
fn fill<S: Step>(slot: &dyn AnySlot, outputs: Outputs, is_fallback: bool) -> Option<&Erased> {
    let slot: &Slot<Stored<S>> = slot.as_any().downcast_ref().expect(HAS_TYPE);
    let stored = *outputs.downcast().expect(HAS_TYPE);
    #[cfg(feature = "policy")]
    if is_fallback {
        return slot.fill_by_fallback(stored);
    }
    let _ = is_fallback;
    slot.fill(stored)
}

/// The reason why the outputs and the slot of a step have these types.
const HAS_TYPE: &str = "a step has one codec and one slot";

/// Starts the step `S`, which is kept if its store is: a [`StartIn`].
pub(super) fn start_kept<'s, S: Step>(
    slot: &'s Slot<Stored<S>>,
    mut reader: InputReader<'_, 's>,
    cx: &mut Context<'_>,
) -> Started<'s> {
    let Some(kept) = reader.kept() else {
        let start: StartIn<Stored<S>> = super::start::start_unkept::<S>();
        return start(slot, reader, cx);
    };
    #[cfg(feature = "policy")]
    let surroundings = reader.surroundings();
    let inputs = S::Inputs::gather(&mut reader);
    let execute = move || -> BoxFuture<'s, Executed> {
        #[cfg(feature = "policy")]
        if let Some(begin) = S::ATTEMPTS {
            let cell = Arc::new(Cell::<S>(Mutex::new(None)));
            if let Some(attempts) = begin(inputs.clone(), OutputPlace::Cell(Arc::clone(&cell) as _)) {
                return Box::pin(async move {
                    surroundings.execute(attempts).await?;
                    Ok(cell.take().expect("a step that has ended has outputs"))
                });
            }
        }
        S::run_then(inputs, Execute)
    };
    Started::poll(kept.run(slot, execute), cx)
}

/// Boxes the future of a step that is kept.
struct Execute;

impl<'s, S: Step> Continuation<'s, S> for Execute {
    type Result = BoxFuture<'s, Executed>;

    fn take<F: Future<Output = Result<steps::Outputs<S>, S::Error>> + Send + 's>(self, future: F) -> Self::Result {
        Box::pin(async move {
            let outputs = future.await.map_err(StepError::boxed)?;
            Ok((Box::new(S::Outputs::split(outputs).0) as Outputs, false))
        })
    }
}

/// The cell for the outputs of the step `S`, which has a policy.
#[cfg(feature = "policy")]
struct Cell<S: Step>(Mutex<Option<(Stored<S>, bool)>>);

#[cfg(feature = "policy")]
impl<S: Step> Cell<S> {
    /// Takes the outputs, and whether they are those of a fallback.
    fn take(&self) -> Option<(Outputs, bool)> {
        let (stored, is_fallback) = self.0.lock().expect(NO_PANIC).take()?;
        Some((Box::new(stored), is_fallback))
    }
}

/// The reason why the lock of a cell is never poisoned.
#[cfg(feature = "policy")]
const NO_PANIC: &str = "nothing panics while it holds this lock";

#[cfg(feature = "policy")]
impl<S: Step> TargetCell<S::Outputs> for Cell<S> {
    fn keep(&self, outputs: steps::Outputs<S>, is_fallback: bool) {
        *self.0.lock().expect(NO_PANIC) = Some((S::Outputs::split(outputs).0, is_fallback));
    }
}
