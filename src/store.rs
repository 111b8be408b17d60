//! Stores: the values of one pipeline.

use crate::exec::plan::{Key, Lower, Plan, Source, Spec, Tree, lower};
use crate::exec::slot::AnySlot;
use crate::exec::view::{Backing, Erased, Values, View};
use crate::pipeline::{Pipeline, Slots, StepList};
use crate::proof::{Accepts, Knows, Provides, Valid, WorldOf};
use crate::resource::Resource;
use crate::run::{Run, fetch};
use crate::supply::{Nothing, Supply, SupplyList};
use core::any::Any;
use core::fmt;
use core::marker::PhantomData;

/// The values of one pipeline. (docs to come)
pub struct Store<P: Pipeline, G = Nothing> {
    /// What the steps stored.
    slots: <P::Steps as StepList>::Slots,
    /// What was supplied.
    supplied: G,
}

/// The type of a store of `P` that was supplied with the resources of the list `L`, in whatever order.
pub type StoreOf<P, L> = Store<P, <L as SupplyList>::Sorted>;

impl<P: Pipeline> Store<P> {
    /// An empty store.
    pub fn new() -> Self
    where
        P: Valid,
    {
        Store { slots: Slots::vacant(), supplied: Nothing }
    }
}

impl<P: Pipeline + Valid> Default for Store<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Pipeline, G: Supply> Store<P, G> {
    /// Supplies a resource.
    pub fn with<R: Resource>(self, resource: R, value: R::Value) -> Store<P, G::Insert<R>>
    where
        G: Accepts<R>,
    {
        let _ = resource;
        Store { slots: self.slots, supplied: self.supplied.insert::<R>(value) }
    }

    /// The value of a resource, if it is there.
    pub fn get<R: Resource>(&self) -> Option<&R::Value>
    where
        Self: Knows<R>,
    {
        View::new(self).value(Key::of::<R>().id)?.downcast_ref()
    }

    /// Whether the value of a resource is there.
    pub fn is_ready<R: Resource>(&self) -> bool
    where
        Self: Knows<R>,
    {
        self.get::<R>().is_some()
    }

    /// The value of a resource: runs what is needed for it, and nothing else.
    pub fn resource<R: Resource>(&self) -> Run<'_, &R::Value>
    where
        Self: Provides<R>,
    {
        fetch::<R>(View::new(self))
    }

    /// Drops every computed value and keeps the supplied ones.
    pub fn clear(&mut self) {
        for step in 0..<P::Steps as StepList>::Slots::LEN {
            self.slots.slot_mut(step).clear();
        }
    }
}

/// What the plan of a store is made from: its type.
struct PlanOf<P, G>(PhantomData<(P, G)>);

impl<P: Pipeline, G: Supply> Lower for PlanOf<P, G> {
    const STEPS: &'static Tree<Spec> = <P::Steps as StepList>::SPECS;
    const SUPPLIED: &'static Tree<Key> = G::KEYS;
}

impl<P: Pipeline, G: Supply> Backing for Store<P, G> {
    type World = WorldOf<P, G>;
    fn view(&self) -> View<'_> {
        View::new(self)
    }
}

impl<P: Pipeline, G: Supply> Values for Store<P, G> {
    fn plan(&self) -> &'static Plan {
        const { lower::<PlanOf<P, G>>() }
    }
    fn slot(&self, step: usize) -> &dyn AnySlot {
        self.slots.slot(step)
    }
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot {
        self.slots.slot_mut(step)
    }
    fn slots<'s>(&'s self, to: &mut Vec<&'s dyn AnySlot>) {
        self.slots.list(to);
    }
    fn supplied(&self, place: usize) -> Option<&Erased> {
        self.supplied.value(place)
    }
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any {
        self.supplied.value_mut(place)
    }
}

impl<P: Pipeline, G: Supply> fmt::Debug for Store<P, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = View::new(self);
        write!(f, "Store<{}> ", crate::names::of::<P>())?;
        let mut resources: Vec<_> = self.plan().resources().collect();
        resources.sort_by_key(|&(_, source)| match source {
            Source::Nowhere => (0, 0, 0),
            Source::Supplied(place) => (1, place, 0),
            Source::Step { step, output } => (2, step, output),
        });
        let mut map = f.debug_map();
        for (key, source) in resources {
            let state = match source {
                Source::Supplied(_) => "supplied",
                _ if view.value(key.id).is_some() => "computed",
                _ => "absent",
            };
            map.entry(&format_args!("{}", (key.name)()), &format_args!("{state}"));
        }
        map.finish()
    }
}
