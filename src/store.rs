//! Stores: the values of one pipeline.

use crate::above::{Above, IsStoreOf, Root};
use crate::exec::plan::{Key, Lower, Plan, Source, Spec, Tree, lower};
use crate::exec::slot::{AnySlot, Listed};
use crate::exec::view::{Backing, Erased, Values, View};
use crate::pipeline::{Pipeline, Slots, StepList};
use crate::proof::is::{IsPipeline, IsResource};
use crate::proof::{AcceptedBy, CanProvide, Knows, Valid, ValidScope, WorldOf};
use crate::run::{Run, fetch_from};
use crate::sealed::Sealed;
use crate::supply::{Nothing, Supply, SupplyList};
use core::any::Any;
use core::fmt;
use core::marker::PhantomData;

/// The values of one pipeline: what was supplied, and what its steps have computed.
///
/// A store is made empty and supplied with values; what is supplied is part of its type. A value that is supplied wins
/// over a step that would provide it, and nothing that only this step needed has to be there. Every value is typed
/// and in place; a value is written once and never overwritten.
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, hlist, hlist_pat, resource};
/// # resource! { Base: i64; Divisor: i64; Quotient: i64; }
/// # struct Divide;
/// # impl Step for Divide {
/// #     type Inputs = HList![Base, Divisor];
/// #     type Outputs = HList![Quotient];
/// #     type Error = &'static str;
/// #     async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![base.checked_div(*divisor).ok_or("division by zero")?])
/// #     }
/// # }
/// # struct Calc;
/// # impl Pipeline for Calc { type Steps = HList![Divide]; }
/// use typed_pipeliner::Store;
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
///
/// assert_eq!(store.get::<Quotient>(), None);
/// assert_eq!(store.resource::<Quotient>().await?, &12);
/// assert_eq!(store.get::<Quotient>(), Some(&12));
///
/// println!("{store:?}"); // Store<Calc> {Base: supplied, Divisor: supplied, Quotient: computed}
/// # Ok(()) }) }
/// ```
///
/// The type of a store can be written with [`StoreOf`]. Runs borrow the store, any number at once; share it between tasks
/// in an [`Arc`](std::sync::Arc).
pub struct Store<P: IsPipeline<Proof: Sized>, G = Nothing, U = Root> {
    /// What the steps stored.
    slots: <P::Steps as StepList>::Slots,
    /// What was supplied.
    supplied: G,
    /// The store above, if this is a scope.
    above: U,
}

/// The type of a store of `P` that was supplied with the resources of the list `L`, in whatever order.
///
/// `Store<P>` is one that was supplied with nothing. For a scope, `U` is what is above it: `&'a Store<App>`, or an `Arc`.
///
/// ```
/// # use typed_pipeliner::{HList, Pipeline, Store, StoreOf, resource};
/// # resource! { Base: i64; Divisor: i64; }
/// # struct Calc;
/// # impl Pipeline for Calc { type Steps = HList![]; }
/// struct App {
///     store: StoreOf<Calc, HList![Base, Divisor]>,
/// }
///
/// let app = App { store: Store::<Calc>::new().with(Divisor, 3).with(Base, 38) };
/// assert_eq!(app.store.get::<Base>(), Some(&38));
/// ```
pub type StoreOf<P, L, U = Root> = Store<P, <L as SupplyList>::Sorted, U>;

impl<P: Pipeline> Store<P> {
    /// A store with nothing in it.
    ///
    /// Here the compiler refuses a pipeline in which two steps provide one resource, or a step lists one twice.
    pub fn new() -> Self
    where
        P: Valid<Proof: Sized>,
    {
        Store { slots: Slots::vacant(), supplied: Nothing, above: Root }
    }

    /// A store with nothing in it, that sees the store above it: a [scope](crate::Scoped). It takes `&store` or an `Arc`.
    pub fn within<U>(above: U) -> Store<P, Nothing, U::This>
    where
        P: ValidScope<Proof: Sized>,
        U: IsStoreOf<P::Parent, Proof: Sized>,
    {
        Store { slots: Slots::vacant(), supplied: Nothing, above }
    }
}

impl<P: Pipeline + Valid<Proof: Sized>> Default for Store<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Pipeline, G: Supply, U> Store<P, G, U> {
    /// Supplies a resource: `store.with(Base, 38)`.
    ///
    /// A resource that was supplied already is refused by the compiler. One that was computed in this store before is
    /// supplied from now on; what was computed from it stays as it is, until [`clear`](Store::clear).
    pub fn with<R: AcceptedBy<G>>(self, resource: R, value: R::Value) -> Store<P, R::Inserted, U> {
        let _ = resource;
        Store { slots: self.slots, supplied: R::insert(value, self.supplied), above: self.above }
    }
}

impl<P: Pipeline, G: Supply, U: Above> Store<P, G, U> {
    /// The value of a resource, if it is there. Looks, and never runs anything.
    ///
    /// A resource that the store does not hold and no step provides is refused by the compiler, here and below.
    pub fn get<R: IsResource>(&self) -> Option<&R::Carried>
    where
        Self: Knows<R, Proof: Sized>,
    {
        View::new(self).value(Key::of::<R>().id)?.downcast_ref()
    }

    /// Whether the value of a resource is there.
    pub fn is_ready<R: IsResource<Carried: Sized>>(&self) -> bool
    where
        Self: Knows<R, Proof: Sized>,
    {
        self.get::<R>().is_some()
    }

    /// The value of a resource: runs the step that provides it, and what that needs, and nothing else.
    ///
    /// Errors, panics and cancel safety are those of [`run`](crate::run()). In generic code, [`fetch`](crate::fetch) does the
    /// same.
    pub fn resource<R: IsResource>(&self) -> Run<'_, &R::Carried>
    where
        Self: CanProvide<R, Proof: Sized>,
    {
        fetch_from::<R>(View::new(self))
    }

    /// Drops every computed value and keeps the supplied ones, so that the next run computes them anew.
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

impl<P: Pipeline, G, U> Sealed for Store<P, G, U> {}
impl<P: Pipeline, G: Supply, U: Above> Backing for Store<P, G, U> {
    type World = WorldOf<P, G, U>;
    fn view(&self) -> View<'_> {
        View::new(self)
    }
    fn pipeline() -> &'static str {
        crate::names::of::<P>()
    }
}

impl<P: Pipeline, G: Supply, U: Above> Values for Store<P, G, U> {
    fn plan(&self) -> &'static Plan {
        const { lower::<PlanOf<P, G>>() }
    }
    fn slot(&self, step: usize) -> &dyn AnySlot {
        self.slots.slot(step)
    }
    fn slot_mut(&mut self, step: usize) -> &mut dyn AnySlot {
        self.slots.slot_mut(step)
    }
    fn slots<'s>(&'s self, to: &mut Vec<Listed<'s>>) {
        self.slots.list(to);
    }
    fn supplied(&self, place: usize) -> Option<&Erased> {
        self.supplied.value(place)
    }
    fn above(&self) -> Option<View<'_>> {
        self.above.view()
    }
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any {
        self.supplied.value_mut(place)
    }
}

/// Names each resource and whether it is supplied, computed or absent; no values.
impl<P: Pipeline, G: Supply, U: Above> fmt::Debug for Store<P, G, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = View::new(self);
        write!(f, "Store<{}> ", crate::names::of::<P>())?;
        let mut resources: Vec<_> = self.plan().resources().collect();
        resources.sort_by_key(|&(_, source)| match source {
            Source::Above(place) => (0, place, 0),
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
