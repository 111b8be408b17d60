//! The run of a target: the graph that computes its outputs, and the outputs at the end.

use crate::error::StepError;
use crate::exec::graph::{Demand, StartTarget, TargetNode};
use crate::exec::inputs::InputReader;
use crate::exec::order::Order;
use crate::exec::plan::{ConstList, ExecPlan, Key, Source};
use crate::exec::store_ref::{DynStore, StoreRef};
use crate::exec::task::Started;
#[cfg(feature = "policy")]
use crate::lower::attempts::{OutputPlace, TargetCell};
use crate::lower::goal::OfTarget;
use crate::lower::slot::{Slot, Stored};
use crate::lower::spec::ends_at_once;
use crate::run::{OwnedOutput, RunOutput};
use crate::steps::continuation::Continuation;
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{Outputs, Step};
use crate::store::AnyStore;
use crate::tuple::Tuple;
use core::any::Any;
use core::pin::pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex};

/// The cell for the outputs of the target `T`.
struct ReturnCell<T: Step>(Mutex<Option<Returned<T>>>);

/// The outputs of the target `T`.
struct Returned<T: Step> {
    /// The outputs.
    outputs: Outputs<T>,
    /// Whether they are those of a fallback.
    #[cfg(feature = "policy")]
    is_fallback: bool,
}

/// The reason why the lock of a cell is never poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

impl<T: Step> StartTarget for ReturnCell<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn start<'s>(self: Arc<Self>, mut inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
        #[cfg(feature = "policy")]
        if let Some(start) = const { start_with_policy::<T>() } {
            return start(self, inputs, cx);
        }
        T::run_then(T::Inputs::gather(&mut inputs), Return::<T> { cell: self, cx })
    }
}

#[cfg(feature = "policy")]
impl<T: Step> TargetCell<T::Outputs> for ReturnCell<T> {
    fn keep(&self, outputs: Outputs<T>, is_fallback: bool) {
        *self.0.lock().expect(NO_PANIC) = Some(Returned { outputs, is_fallback });
    }
}

/// Starts a target that has a policy.
#[cfg(feature = "policy")]
type StartWithPolicy<T> = for<'s> fn(Arc<ReturnCell<T>>, InputReader<'_, 's>, &mut Context<'_>) -> Started<'s>;

/// The function that starts the target `T`, if it has a policy.
#[cfg(feature = "policy")]
const fn start_with_policy<T: Step>() -> Option<StartWithPolicy<T>> {
    match T::ATTEMPTS {
        None => None,
        Some(_) => Some(|cell, mut inputs, cx| {
            let (surroundings, values) = (inputs.surroundings(), T::Inputs::gather(&mut inputs));
            match T::ATTEMPTS.and_then(|begin| begin(values.clone(), OutputPlace::Cell(Arc::clone(&cell) as _))) {
                Some(attempts) => Started::poll(surroundings.execute(attempts), cx),
                None => T::run_then(values, Return::<T> { cell, cx }),
            }
        }),
    }
}

/// Starts the future of a target.
struct Return<'c, 'w, T: Step> {
    /// The cell for its outputs.
    cell: Arc<ReturnCell<T>>,
    /// The task of the run.
    cx: &'c mut Context<'w>,
}

impl<'s, T: Step> Continuation<'s, T> for Return<'_, '_, T> {
    type Result = Started<'s>;

    fn take<F: Future<Output = Result<Outputs<T>, T::Error>> + Send + 's>(self, future: F) -> Started<'s> {
        let Return { cell, cx } = self;
        let returned = async move {
            let outputs = future.await.map_err(StepError::boxed)?;
            *cell.0.lock().expect(NO_PANIC) = Some(Returned {
                outputs,
                #[cfg(feature = "policy")]
                is_fallback: false,
            });
            Ok(None)
        };
        if !ends_at_once::<T>() {
            return Started::poll(returned, cx);
        }
        match pin!(returned).poll(cx) {
            Poll::Ready(result) => Started::Ended(result),
            Poll::Pending => unreachable!("a step that is not async is ready at once"),
        }
    }
}

/// The demand of a run of the target on a store. A target that does not store all its outputs has a
/// cell for them.
pub(crate) fn demand_of<T: Step>(store: StoreRef<'_>, order: &'static Order) -> Demand {
    if T::Outputs::ALL_STORED {
        return Demand { name: T::name, sources: order.outputs, target: None };
    }
    let cell = Arc::new(ReturnCell::<T>(Mutex::new(None)));
    let (inputs, parent_inputs) = sources(store, T::Inputs::KEYS);
    let target = TargetNode { name: T::name, is_sync: ends_at_once::<T>(), inputs, parent_inputs, cell };
    Demand { name: T::name, sources: &[], target: Some(target) }
}

/// The values that the target returns, once the run has succeeded, from the cell of its graph. The
/// values that it stores go into its slot.
pub(crate) fn returned<T: Step>(
    store: StoreRef<'_>,
    cell: Option<&dyn StartTarget>,
) -> <T::Outputs as OutputList>::Returned {
    let Some(cell) = cell.and_then(|cell| cell.as_any().downcast_ref::<ReturnCell<T>>()) else {
        return T::Outputs::nothing_returned().expect("a target that stores all its outputs returns none");
    };
    let kept = cell.0.lock().expect(NO_PANIC).take().expect("a target that has ended has returned its outputs");
    let (stored, returned) = T::Outputs::split(kept.outputs);
    if let Some(Source::Step { step, .. }) = source_of::<T>(store.plan()) {
        if let Some(slot) = store.slot(step.into()).as_any().downcast_ref::<Slot<Stored<T>>>() {
            #[cfg(feature = "policy")]
            if kept.is_fallback {
                slot.fill_by_fallback(stored);
                return returned;
            }
            slot.fill(stored);
        }
    }
    returned
}

/// The output of a run that has succeeded, with the cell of its graph.
pub(crate) fn output_of<'s, T: Step>(
    store: StoreRef<'s>,
    order: &'static Order,
    cell: Option<&dyn StartTarget>,
) -> RunOutput<'s, T> {
    run_output::<T>(store, order, returned::<T>(store, cell)).expect(HAS_ALL)
}

/// The reason why the outputs of a run are there at its end.
pub(super) const HAS_ALL: &str = "a run that succeeded has all values that it demanded";

/// The order of the target in a store.
pub(crate) fn order_of<T: Step, S: AnyStore>(_: &S) -> &'static Order {
    S::order::<OfTarget<T>>()
}

/// Fast path: the outputs of the target, if all of them are stored and already computed and no
/// observer of the store has to see the run.
pub(crate) fn already_computed<'s, T: Step>(store: StoreRef<'s>, order: &'static Order) -> Option<RunOutput<'s, T>> {
    if !T::Outputs::ALL_STORED || store.observers().is_some() {
        return None;
    }
    run_output::<T>(store, order, T::Outputs::nothing_returned()?)
}

/// The output of a run, if all stored values are there. The order is that of the target.
fn run_output<'s, T: Step>(
    store: StoreRef<'s>,
    order: &'static Order,
    returned: <T::Outputs as OutputList>::Returned,
) -> Option<RunOutput<'s, T>> {
    T::Outputs::run_output(store, &mut order.outputs.iter(), returned, ()).map(Tuple::output)
}

/// Takes the outputs of a target out of a store.
pub(crate) fn take<T: Step>(
    store: &mut dyn DynStore,
    returned: <T::Outputs as OutputList>::Returned,
) -> OwnedOutput<T> {
    let stored = match source_of::<T>(store.plan()) {
        Some(Source::Step { step, .. }) => {
            store.slot_mut(step.into()).as_any_mut().downcast_mut::<Slot<Stored<T>>>().and_then(Slot::take)
        }
        _ => None,
    };
    let outputs = T::Outputs::owned_output(store, stored, returned, ());
    outputs.expect(HAS_ALL).output()
}

/// The step `T` as a source: the source of any output that was not supplied.
fn source_of<T: Step>(plan: &ExecPlan) -> Option<Source> {
    fn find(plan: &ExecPlan, keys: &ConstList<Key>) -> Option<Source> {
        match keys {
            ConstList::Empty => None,
            ConstList::One(key) => plan.source(key.id).filter(|source| matches!(source, Source::Step { .. })),
            ConstList::Both(first, second) => find(plan, first).or_else(|| find(plan, second)),
        }
    }
    find(plan, T::Outputs::KEYS)
}

/// The sources of the resources of a list, in order; and the resources of the parent store that
/// have no place in the plan.
fn sources(store: StoreRef<'_>, keys: &ConstList<Key>) -> (Vec<Source>, Vec<Key>) {
    fn list(plan: &ExecPlan, keys: &ConstList<Key>, to: &mut (Vec<Source>, Vec<Key>)) {
        match keys {
            ConstList::Empty => {}
            ConstList::One(key) => {
                let source = plan.source(key.id).unwrap_or_else(|| {
                    let places = plan.parent_inputs().iter().map(|input| input.key().id);
                    let place = places.chain(to.1.iter().map(|key| key.id)).position(|id| id == key.id);
                    Source::Parent(place.unwrap_or_else(|| {
                        to.1.push(*key);
                        plan.parent_inputs().len() + to.1.len() - 1
                    }) as u16)
                });
                to.0.push(source);
            }
            ConstList::Both(first, second) => {
                list(plan, first, to);
                list(plan, second, to);
            }
        }
    }
    let mut sources = (Vec::new(), Vec::new());
    list(store.plan(), keys, &mut sources);
    sources
}
