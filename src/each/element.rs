//! The run for one element: its store, and its outputs.

use super::error::ElementError;
use super::{Each, EachTarget, ElementsOf, FanInputs, Given, Gives, KeysOf, TargetOf};
use crate::error::RunError;
use crate::exec::close::close_steps;
use crate::exec::fan::Around;
#[cfg(feature = "journal")]
use crate::exec::keeping::Keeping;
use crate::exec::order::{NoGoal, Order};
use crate::exec::plan::{ConstList, ExecPlan, Key, Lower, Source, StepSpec, lower};
use crate::exec::single_task::SingleTask;
use crate::exec::slot::{AnySlot, SlotRef};
use crate::exec::store_ref::{DynStore, Erased, StoreRef};
#[cfg(feature = "journal")]
use crate::journal::print::Known;
use crate::lower::goal::OfTarget;
use crate::lower::slots::Slots;
use crate::observe::Element;
use crate::options::{Observers, RunOptions};
use crate::pipelines::StepList;
use crate::proof::witness::IsResource;
use crate::resource::{Resource, type_name};
use crate::run::OwnedOutput;
use crate::run::target::{demand_of, returned, take};
use crate::steps::lists::InputList;
use crate::store::computed::Computed;
use core::any::Any;
use core::marker::PhantomData;
use frunk_core::hlist::HCons;
use std::sync::Arc;

/// The elements of a collection, with all that their runs take from outside.
pub(super) struct Elements<'s, M: Each> {
    /// The elements.
    pub(super) all: &'s [ValueOf<M>],
    /// The values that the steps take, the same for all elements.
    takes: Vec<&'s Erased>,
    /// The run around.
    pub(super) around: Around,
}

impl<'s, M: Each> Elements<'s, M> {
    /// The elements of a fan-out with these inputs.
    pub(super) fn new(inputs: InputsOf<'s, M>) -> Self {
        let HCons { head: over, tail: HCons { head: refs, tail: HCons { head: around, .. } } } = inputs;
        let mut takes = Vec::new();
        M::Takes::erase(refs, &mut takes);
        #[cfg(feature = "journal")]
        let around = around.with_takes(takes.len());
        Elements { all: M::Over::elements(over), takes, around }
    }
}

/// Runs the target of `M` for the element at a place.
pub(super) async fn run_element<M: Each>(
    elements: Arc<Elements<'_, M>>,
    place: usize,
) -> (usize, Result<Gives<M>, ElementError>) {
    let Elements { all, takes, around } = &*elements;
    let element = &all[place];
    let options = around.options(|step| Element { step, place, of: all.len(), key: M::key(element) });
    let mut store = ElementStore::<M>::new(element, takes);
    #[cfg(feature = "journal")]
    if let Some(fan) = &around.keeping {
        let known = match M::KEPT_BY.print {
            None => fan.element(place),
            Some(print) => print(element).map_or(Known::Not, Known::Print),
        };
        store.keeping = Some(fan.of_element(type_name::of::<M>(), known, place, M::key(element)));
    }
    let mut result = store.run(options, around).await;
    if const { closes(<M::Steps as StepList>::SPECS) } {
        // In a box, because few pipelines need it, and the future of an element would be larger.
        let closed = Box::pin(close_steps(&mut store, type_name::of::<M>())).await;
        if let Err(error) = closed {
            result = result.and(Err(error.of_run()));
        }
    }
    #[cfg(feature = "journal")]
    if let (Err(_), Some(fan)) = (&result, &around.keeping) {
        // An `Attempt` makes it a result.
        fan.mark_uncertain();
    }
    let result = result.map_err(|error| ElementError::new(place, M::Over::name(), M::key(element), error));
    (place, M::Target::give(result))
}

/// Whether any of these steps has a function that closes its outputs.
const fn closes(steps: &ConstList<StepSpec>) -> bool {
    match steps {
        ConstList::Empty => false,
        ConstList::One(step) => step.close.is_some(),
        ConstList::Both(first, second) => closes(first) || closes(second),
    }
}

/// The inputs of the step that runs `M`.
pub(super) type InputsOf<'s, M> = <FanInputs<M> as InputList>::Refs<'s>;

/// The value of an element.
pub(super) type ValueOf<M> = <<M as Each>::Item as IsResource>::CheckedValue;

/// The store of `M` for one element. It owns the outputs of the steps, and borrows the element and
/// what the steps take from outside.
struct ElementStore<'e, M: Each> {
    /// The outputs of the steps.
    computed: Computed<<M::Steps as StepList>::Slots>,
    /// The element.
    element: &'e ValueOf<M>,
    /// The values that the steps take from outside.
    takes: &'e [&'e Erased],
    /// The journal, if the store around is kept.
    #[cfg(feature = "journal")]
    keeping: Option<Arc<Keeping>>,
}

impl<'e, M: Each> ElementStore<'e, M> {
    /// The steps that the target needs, in their order.
    ///
    /// # Panics
    ///
    /// While code is generated, if an output of the target is taken from outside.
    const ORDER: &'static Order = {
        let (plan, order) = lower::<PlanOf<M>, OfTarget<TargetOf<M>>>();
        let mut at = 0;
        while at < order.outputs.len() {
            let is_given = matches!(order.outputs[at], Some(Source::Supplied(_)));
            assert!(!is_given, "the target of a pipeline that runs for each element gives what the pipeline takes");
            at += 1;
        }
        order.checked(plan, false)
    };

    /// A store for an element, without outputs.
    fn new(element: &'e ValueOf<M>, takes: &'e [&'e Erased]) -> Self {
        ElementStore {
            computed: Computed::of(<M::Steps as StepList>::VACANT),
            element,
            takes,
            #[cfg(feature = "journal")]
            keeping: None,
        }
    }

    /// Runs the target, and takes its outputs out.
    async fn run(
        &mut self,
        options: Option<RunOptions>,
        around: &Around,
    ) -> Result<OwnedOutput<TargetOf<M>>, RunError> {
        let view = StoreRef::new(self);
        let demand = demand_of::<TargetOf<M>>(view, Self::ORDER);
        let mut task = SingleTask::begin_element(view, demand, Self::ORDER, options.as_ref(), around);
        (&mut task).await?;
        let returned = returned::<TargetOf<M>>(view, task.target_cell());
        drop(task);
        Ok(take::<TargetOf<M>>(self, returned))
    }
}

/// The type of the store of an element, from which its plan is made.
struct PlanOf<M>(PhantomData<M>);

impl<M: Each> Lower for PlanOf<M> {
    const STEPS: &'static ConstList<StepSpec> = <M::Steps as StepList>::SPECS;
    const SUPPLIED: &'static ConstList<Key> = <Given<M> as KeysOf>::KEYS;
}

impl<M: Each> DynStore for ElementStore<'_, M> {
    fn plan(&self) -> &'static ExecPlan {
        const { lower::<PlanOf<M>, NoGoal>().0 }
    }
    fn slot(&self, step: usize) -> &dyn AnySlot {
        self.computed.slots.slot(step)
    }
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot {
        self.computed.slots.slot_mut(step)
    }
    fn slots<'s>(&'s self, to: &mut Vec<SlotRef<'s>>) {
        self.computed.slots.list(to);
    }
    fn supplied(&self, place: usize) -> Option<&Erased> {
        match place.checked_sub(1) {
            None => Some(self.element),
            Some(place) => self.takes.get(place).copied(),
        }
    }
    fn supplied_mut(&mut self, _: usize) -> &mut dyn Any {
        unreachable!("what is given from outside is borrowed")
    }
    fn parent(&self) -> Option<StoreRef<'_>> {
        None
    }
    fn observers(&self) -> Option<&Observers> {
        None
    }
    fn begin_run(&self) -> bool {
        self.computed.plan.begin_run(self.plan())
    }
    #[cfg(feature = "journal")]
    fn keeping(&self) -> Option<&Arc<Keeping>> {
        self.keeping.as_ref()
    }
}
