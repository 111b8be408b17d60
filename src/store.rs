//! Stores: the values of one pipeline.

pub(crate) mod any_store;
mod as_parent;
mod close;
pub(crate) mod computed;
#[cfg(feature = "journal")]
pub(crate) mod keep;
mod owned;
pub(crate) mod parent;
pub(crate) mod supplied;

pub use any_store::AnyStore;
pub use owned::{OwnOrigin, Owns};
pub use parent::{NoParent, ParentStore, StoreHandle, TakesValues};
pub use supplied::{NothingSupplied, ResourceList, SuppliedValues, SupplyDecision, With};

use crate::exec::claim::Claim;
#[cfg(feature = "journal")]
use crate::exec::keeping::Keeping;
use crate::exec::order::{Goal, NoGoal, Order};
use crate::exec::plan::{ConstList, ExecPlan, Key, Lower, Source, StepSpec, lower};
use crate::exec::slot::{AnySlot, SlotRef};
use crate::exec::stale::{lists, stale_steps};
use crate::exec::store_ref::{BorrowStore, DynStore, Erased, StoreRef};
use crate::lower::slots::Slots;
use crate::observe::Observer;
use crate::options::Observers;
use crate::pipelines::{Pipeline, StepList};
use crate::proof::check::conflict::{ValidPipeline, ValidScope};
use crate::proof::check::store::Knows;
use crate::proof::check::supplied::AcceptedBy;
use crate::proof::witness::{IsPipeline, IsResource};
use crate::sealed::Sealed;
use computed::Computed;
use core::any::Any;
use core::fmt;
use core::marker::PhantomData;

/// The values of one pipeline: those that were supplied, and those that its steps have computed.
///
/// A store is made empty and supplied with values. The supplied resources are part of its type. A
/// supplied value takes precedence over a step that would provide it, and inputs that only this
/// step needs may be missing. Every value has its type, and is stored in place. A value is written
/// once and never overwritten.
///
/// ```
/// # use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};
/// # resource! { Base: i64; Divisor: i64; Quotient: i64; }
/// # #[step]
/// # fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Quotient>, &'static str> {
/// #     base.checked_div(*divisor).ok_or("division by zero")
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
/// No value is dropped before those that were computed from it, and the supplied values are dropped
/// last, in reverse order of [`with`](Store::with).
///
/// The type of a store can be written with [`StoreOf`]. Runs borrow the store, any number at once;
/// share it between tasks in an [`Arc`](std::sync::Arc).
pub struct Store<Pipe: IsPipeline<Witness: Sized>, Supplied = NothingSupplied, Parent = NoParent> {
    /// The outputs of the steps.
    computed: Computed<<Pipe::Steps as StepList>::Slots>,
    /// The supplied values.
    supplied: Supplied,
    /// The parent store, if this is a scope.
    parent: Parent,
    /// The observers of all runs on this store, those of its parents included.
    observers: Option<Box<Observers>>,
}

/// The type of a store of `Pipe` that was supplied with the resources of the list `Resources`, in
/// any order.
///
/// `Store<Pipe>` is one that was supplied with nothing. For a scope, `Parent` is its parent store:
/// `&'a Store<App>`, or an `Arc`.
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
pub type StoreOf<Pipe, Resources, Parent = NoParent> = Store<Pipe, <Resources as ResourceList>::Sorted, Parent>;

impl<Pipe: Pipeline> Store<Pipe> {
    /// An empty store.
    ///
    /// Here the compiler refuses a pipeline in which two steps provide one resource, or a step
    /// lists one twice.
    pub fn new() -> Self
    where
        Pipe: ValidPipeline<Witness: Sized>,
    {
        Store::vacant(NoParent, None)
    }

    /// An empty store that reads from a parent store: a [scope](crate::Scoped). It takes `&store`
    /// or an `Arc`.
    pub fn within<Handle>(parent: Handle) -> Store<Pipe, NothingSupplied, Handle::This>
    where
        Pipe: ValidScope<Witness: Sized>,
        Handle: StoreHandle<Pipe::Parent, Witness: Sized>,
    {
        let observers = parent.store_ref().and_then(|parent| parent.observers()).cloned().map(Box::new);
        Store::vacant(parent, observers)
    }
}

impl<Pipe: Pipeline, Parent> Store<Pipe, NothingSupplied, Parent> {
    /// A store without values.
    fn vacant(parent: Parent, observers: Option<Box<Observers>>) -> Self {
        let computed = Computed::of(<Pipe::Steps as StepList>::VACANT);
        Store { computed, supplied: NothingSupplied, parent, observers }
    }
}

impl<Pipe: Pipeline + ValidPipeline<Witness: Sized>> Default for Store<Pipe> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent> Store<Pipe, Supplied, Parent> {
    /// Supplies a resource: `store.with(Base, 38)`.
    ///
    /// The compiler refuses a resource that was supplied already. A resource that was computed in
    /// this store before is supplied from now on, and every value that was computed from it,
    /// directly or through others, is dropped. So a run never sees a stale value.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, resource, step};
    /// # resource! { Width: u32; Area: u32; }
    /// # #[step] fn default_width() -> Out<Width> { 2 }
    /// # #[step] fn square(width: In<'_, Width>) -> Out<Area> { width * width }
    /// # struct Squares;
    /// # impl Pipeline for Squares { type Steps = HList![DefaultWidth, Square]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let store = Store::<Squares>::new();
    /// assert_eq!(store.resource::<Area>().await?, &4);
    ///
    /// let store = store.with(Width, 3);
    /// assert_eq!(store.get::<Area>(), None);
    /// assert_eq!(store.resource::<Area>().await?, &9);
    /// # Ok(()) }) }
    /// ```
    #[inline]
    #[must_use = "the store that is returned has the value, and the one before is gone"]
    pub fn with<R: AcceptedBy<Supplied>>(self, resource: R, value: R::Value) -> Store<Pipe, R::Inserted, Parent>
    where
        Parent: TakesValues<Witness: Sized>,
    {
        let _ = resource;
        self.supply::<R>(value)
    }

    /// Supplies a resource like [`with`](Store::with), by its type alone: for a generic resource,
    /// `store.supply::<Table<Game>>(games)`, and for code that is generic in the resource.
    ///
    /// ```
    /// use typed_pipeliner::{HList, Pipeline, Store, resource};
    ///
    /// resource! { Samples<T>: Vec<T>; }
    ///
    /// struct App;
    /// impl Pipeline for App {
    ///     type Steps = HList![];
    /// }
    ///
    /// let store = Store::<App>::new().supply::<Samples<u8>>(vec![1, 2, 3]);
    /// assert_eq!(store.get::<Samples<u8>>().unwrap().len(), 3);
    /// ```
    #[inline]
    #[must_use = "the store that is returned has the value"]
    pub fn supply<R: AcceptedBy<Supplied>>(self, value: R::Value) -> Store<Pipe, R::Inserted, Parent>
    where
        Parent: TakesValues<Witness: Sized>,
    {
        let Store { computed, mut supplied, parent, observers } = self;
        let supplied = R::insert(value, &mut supplied);
        let mut store = Store { computed, supplied, parent, observers };
        if store.computed.plan.is_used() {
            store.drop_stale(Key::of::<R>().id);
        }
        store
    }

    /// Drops all that was computed from a resource, which is a given value.
    #[cold]
    fn drop_stale(&mut self, id: u64) {
        self.computed.clear(Some(&Self::stale(id, true)));
    }

    /// Whether each step computes from a resource, directly or through others; or provides it,
    /// unless it is a given value.
    fn stale(id: u64, is_given: bool) -> Vec<bool> {
        let (steps, supplied) = (<Pipe::Steps as StepList>::SPECS, Supplied::KEYS);
        stale_steps(steps, supplied, |step| lists(step.inputs, id) || (!is_given && lists(step.outputs, id)))
    }

    /// Adds an [`Observer`] to every run on this store, and to the runs in the
    /// [scopes](crate::Scoped) that are made within it from now on.
    ///
    /// An `Arc` of an observer is an observer too. [`Run::observe`](crate::Run::observe) adds one
    /// to a single run.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, resource, step};
    /// # resource! { Port: u16; }
    /// # #[step] fn read_port() -> Out<Port> { 80 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadPort]; }
    /// use std::sync::{Arc, Mutex};
    /// use typed_pipeliner::observe::{Observer, RunInfo, StepEvent, StepEventKind};
    /// use typed_pipeliner::{RunError, Store};
    ///
    /// #[derive(Default)]
    /// struct Finished(Mutex<Vec<&'static str>>);
    ///
    /// impl Observer for Finished {
    ///     fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
    ///         if let StepEventKind::Finished = event.kind {
    ///             self.0.lock().unwrap().push(event.name());
    ///         }
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let finished = Arc::new(Finished::default());
    /// let store = Store::<App>::new().observed_by(Arc::clone(&finished));
    /// store.resource::<Port>().await?;
    /// assert_eq!(*finished.0.lock().unwrap(), ["ReadPort"]);
    /// # Ok(()) }) }
    /// ```
    #[must_use = "the store that is returned has the observer"]
    pub fn observed_by(mut self, observer: impl Observer) -> Self {
        Observers::add(&mut self.observers, observer);
        self
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Returns the value of a resource, if the store has it. It never runs a step.
    ///
    /// The compiler refuses a resource with which the store was not supplied and that no step
    /// provides. The same holds for [`is_ready`](Store::is_ready).
    pub fn get<R: IsResource>(&self) -> Option<&R::CheckedValue>
    where
        Self: Knows<R, Witness: Sized>,
    {
        StoreRef::new(self).value(Key::of::<R>().id)?.downcast_ref()
    }

    /// Whether the value of a resource is there.
    pub fn is_ready<R: IsResource<CheckedValue: Sized>>(&self) -> bool
    where
        Self: Knows<R, Witness: Sized>,
    {
        self.get::<R>().is_some()
    }

    /// Whether the value of a resource is there, and is that of a [fallback](crate::policy), and so
    /// was not computed by its step. Feature `policy`.
    ///
    /// Code that keeps values beyond the life of the store asks for this. A value that was computed
    /// *from* that of a fallback does not count as one.
    ///
    /// ```
    /// # use typed_pipeliner::{BoxError, HList, Out, Pipeline, RunError, Store, resource, step};
    /// # resource! { Rate: f64; }
    /// #[step(fallback = last_known)]
    /// fn fetch_rate() -> Result<Out<Rate>, &'static str> {
    ///     Err("the exchange is closed")
    /// }
    /// fn last_known(_: &BoxError) -> Option<Out<Rate>> {
    ///     Some(1.08)
    /// }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![FetchRate]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let store = Store::<App>::new();
    /// assert_eq!(*store.resource::<Rate>().await?, 1.08);
    /// assert!(store.is_fallback::<Rate>());
    /// # Ok(()) }) }
    /// ```
    #[cfg(feature = "policy")]
    pub fn is_fallback<R: IsResource<CheckedValue: Sized>>(&self) -> bool
    where
        Self: Knows<R, Witness: Sized>,
    {
        StoreRef::new(self).is_fallback(Key::of::<R>().id)
    }

    /// Drops every computed value, so that the next run computes it anew. The supplied values stay.
    ///
    /// # Panics
    ///
    /// If a destructor panics, after all values have been dropped. So do [`forget`](Store::forget)
    /// and [`with`](Store::with).
    pub fn clear(&mut self) {
        self.drop_computed(None);
    }

    /// Drops the computed value of a resource, and every value that was computed from it, directly
    /// or through others, so that the next run computes them anew.
    ///
    /// The other outputs of the step that provides the resource are dropped with it. A supplied
    /// value stays; every value that was computed from it is dropped, which serves a value that has
    /// changed within. The compiler refuses a resource that belongs to the [parent store](crate::Scoped),
    /// because a scope only shares it.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, resource, step};
    /// # resource! { Path: &'static str; Config: String; Workers: usize; }
    /// # #[step] fn read_config(path: In<'_, Path>) -> Out<Config> { path.to_string() }
    /// # #[step] fn count_workers(config: In<'_, Config>) -> Out<Workers> { config.len() }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig, CountWorkers]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let mut store = Store::<App>::new().with(Path, "app.toml");
    /// store.resource::<Workers>().await?;
    ///
    /// store.forget::<Config>();
    /// assert!(!store.is_ready::<Config>() && !store.is_ready::<Workers>());
    /// store.resource::<Workers>().await?; // reads the file again
    /// # Ok(()) }) }
    /// ```
    pub fn forget<R: IsResource<CheckedValue: Sized>>(&mut self)
    where
        Self: Owns<R, Witness: Sized>,
    {
        let id = Key::of::<R>().id;
        let is_stale = Self::stale(id, lists(Supplied::KEYS, id));
        self.drop_computed(Some(&is_stale));
    }

    /// Drops the outputs of these steps, or of all. A journal does not give them back.
    fn drop_computed(&mut self, is_dropped: Option<&[bool]>) {
        #[cfg(feature = "journal")]
        if let Some(keeping) = self.parent.keeping() {
            keeping.forget(StoreRef::new(self), is_dropped);
        }
        self.computed.clear(is_dropped);
    }
}

/// The type of a store, from which its plan is made.
struct PlanOf<Pipe, Supplied>(PhantomData<(Pipe, Supplied)>);

impl<Pipe: Pipeline, Supplied: SuppliedValues> Lower for PlanOf<Pipe, Supplied> {
    const STEPS: &'static ConstList<StepSpec> = <Pipe::Steps as StepList>::SPECS;
    const SUPPLIED: &'static ConstList<Key> = Supplied::KEYS;
}

impl<Pipe: Pipeline, Supplied, Parent> Sealed for Store<Pipe, Supplied, Parent> {}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> BorrowStore for Store<Pipe, Supplied, Parent> {
    fn store_ref(&self) -> StoreRef<'_> {
        StoreRef::new(self)
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> AnyStore for Store<Pipe, Supplied, Parent> {
    type ProofEnv = Parent::ChildEnv<Pipe, Supplied>;
    fn pipeline() -> &'static str {
        crate::resource::type_name::of::<Pipe>()
    }
    fn order<G: Goal>() -> &'static Order {
        const {
            let (plan, order) = lower::<PlanOf<Pipe, Supplied>, G>();
            order.checked(plan, Parent::IS_STORE)
        }
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> DynStore for Store<Pipe, Supplied, Parent> {
    fn plan(&self) -> &'static ExecPlan {
        const { lower::<PlanOf<Pipe, Supplied>, NoGoal>().0 }
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
        self.supplied.value(place)
    }
    fn supplied_mut(&mut self, place: usize) -> &mut dyn Any {
        self.supplied.value_mut(place)
    }
    fn parent(&self) -> Option<StoreRef<'_>> {
        self.parent.store_ref()
    }
    fn observers(&self) -> Option<&Observers> {
        self.observers.as_deref()
    }
    fn begin_run(&self) -> bool {
        self.computed.plan.begin_run(self.plan())
    }
    #[cfg(feature = "journal")]
    fn keeping(&self) -> Option<&std::sync::Arc<Keeping>> {
        self.parent.keeping()
    }
}

/// Prints each resource by name, and whether it is supplied, computed or absent. If a run executes
/// its step, it prints which run, and for how long that run has waited for steps. It prints no
/// values.
impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> fmt::Debug for Store<Pipe, Supplied, Parent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let store = StoreRef::new(self);
        write!(f, "Store<{}> ", crate::resource::type_name::of::<Pipe>())?;
        let mut resources: Vec<_> = self.plan().resources().collect();
        resources.sort_by_key(|&(_, source)| match source {
            Source::Parent(place) => (0, place, 0),
            Source::Supplied(place) => (1, place, 0),
            Source::Step { step, output } => (2, step, output),
        });
        let mut map = f.debug_map();
        for (key, source) in resources {
            let name = (key.name)();
            let mut entry = |state: fmt::Arguments<'_>| _ = map.entry(&format_args!("{name}"), &state);
            let claim = match source {
                Source::Step { step, .. } => Some(store.slot(step.into()).claim()),
                Source::Supplied(_) | Source::Parent(_) => None,
            };
            match (source, claim.and_then(Claim::holder), claim.and_then(Claim::since)) {
                (Source::Supplied(_), ..) => entry(format_args!("supplied")),
                _ if store.value(key.id).is_some() => entry(format_args!("computed")),
                (_, None, _) => entry(format_args!("absent")),
                (_, Some(run), None) => entry(format_args!("computed by run {} now", run.id())),
                (_, Some(run), Some(since)) => {
                    let (run, since) = (run.id(), since.elapsed());
                    entry(format_args!("computed by run {run} now, which has waited for {since:.1?}"));
                }
            }
        }
        map.finish()
    }
}
