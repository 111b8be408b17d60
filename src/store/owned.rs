//! A value that leaves its store.

use crate::drops::{Drops, DropsQuietly};
use crate::exec::plan::{Key, Source};
use crate::exec::store_ref::DynStore;
use crate::lower::slot::{Slot, Stored};
use crate::pipelines::Pipeline;
use crate::proof::check::ProofCheck;
use crate::proof::check::store::{FindsResource, Knows, OriginIn};
use crate::proof::walk::source::{FromStore, NoSource, ProvidedBy};
use crate::proof::witness::{IsResource, Proven};
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::steps::Step;
use crate::steps::lists::OutputList;
use crate::store::Store;
use crate::store::any_store::AnyStore;
use crate::store::parent::ParentStore;
use crate::store::supplied::SuppliedValues;

/// A store that has the value of the resource `R` itself, or can compute it, and not its parent.
///
/// You never write it. It is a function from a store to [`Proven`]. It is needed because a scope
/// shares the values of its parent, so it can give none of them away.
pub trait Owns<R: Resource>: Knows<R> + DynStore + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    #[doc(hidden)]
    type Witness;
    /// Takes the value, if it is there.
    #[doc(hidden)]
    fn take(self) -> Option<R::Value>;
}

// For any type, and not for `Store`: rustc would quote that impl in each error.
impl<R: Resource, S: Knows<R> + AnyStore + DynStore> Owns<R> for S
where
    ProofCheck: FindsResource<R, S::ProofEnv, Origin: OwnOrigin<R>>,
{
    fn seal(_: Seal) {}

    type Witness = Proven;
    fn take(mut self) -> Option<R::Value> {
        // A panic here drops the value too: Rust would leak one that is being returned.
        let mut value = DropsQuietly(None);
        let mut drops = Drops::default();
        value.0 = <OriginIn<S::ProofEnv, R>>::take(&mut self, &mut drops);
        drops.drop(self);
        drop(drops);
        value.0.take()
    }
}

/// The origin of the resource `R` in a store that owns its value.
///
/// You never write it. It is a function from an origin to the way to the value. It is defined on
/// [`FromStore`] and [`ProvidedBy`], and on [`NoSource`], which [`Knows`] refuses.
#[diagnostic::on_unimplemented(
    message = "`{R}` is in the parent store, which keeps it",
    label = "a scope shares the values of its parent",
    note = "take it out of the parent store, or clone the value: `store.get::<{R}>().cloned()`"
)]
pub trait OwnOrigin<R: Resource> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Takes the value out of a store, if it is there, and drops the other outputs of its step.
    #[doc(hidden)]
    fn take(store: &mut dyn DynStore, drops: &mut Drops) -> Option<R::Value>;
}

// Here and below: otherwise rustc lists the types that implement the trait.
#[diagnostic::do_not_recommend]
impl<R: Resource> OwnOrigin<R> for FromStore<R> {
    fn seal(_: Seal) {}

    fn take(store: &mut dyn DynStore, _: &mut Drops) -> Option<R::Value> {
        match store.plan().source(Key::of::<R>().id)? {
            Source::Supplied(place) => store.supplied_mut(place.into()).downcast_mut::<Option<R::Value>>()?.take(),
            _ => None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Resource> OwnOrigin<R> for NoSource {
    fn seal(_: Seal) {}

    fn take(_: &mut dyn DynStore, _: &mut Drops) -> Option<R::Value> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<R: Resource, Owner: Step> OwnOrigin<R> for ProvidedBy<R, Owner> {
    fn seal(_: Seal) {}

    fn take(store: &mut dyn DynStore, drops: &mut Drops) -> Option<R::Value> {
        match store.plan().source(Key::of::<R>().id)? {
            Source::Step { step, .. } => {
                drop_dependents(store, step.into(), drops);
                let slot = store.slot_mut(step.into()).as_any_mut().downcast_mut::<Slot<Stored<Owner>>>()?;
                Owner::Outputs::take::<R>(slot.take()?, drops)
            }
            _ => None,
        }
    }
}

/// Drops all that may have been computed from the outputs of a step, because those that are not
/// taken out with it are dropped next.
fn drop_dependents(store: &mut dyn DynStore, step: usize, drops: &mut Drops) {
    for other in store.plan().drops().take_while(|&other| other != step) {
        store.slot_mut(other).clear(drops);
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Returns the value of a resource by value, if the store has it, and drops the rest of the
    /// store. It never runs a step.
    ///
    /// The compiler refuses a resource that belongs to the [parent store](crate::Scoped). To compute
    /// the value if it is absent, use [`resource_owned`](Store::resource_owned).
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, resource, step};
    /// # resource! { Path: &'static str; Connection: String; }
    /// # #[step] fn connect(path: In<'_, Path>) -> Out<Connection> { format!("connection to {path}") }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect]; }
    /// # fn main() -> Result<(), RunError> {
    /// # smol::block_on(async {
    /// let store = Store::<App>::new().with(Path, "data.db");
    /// store.resource::<Connection>().await?;
    /// // … and at the end, to close it, if it was ever opened:
    /// let connection: Option<String> = store.into_value::<Connection>();
    /// assert_eq!(connection.as_deref(), Some("connection to data.db"));
    /// # Ok(()) }) }
    /// ```
    pub fn into_value<R: IsResource<CheckedValue: Sized>>(self) -> Option<R::CheckedValue>
    where
        Self: Owns<R, Witness: Sized>,
    {
        Owns::<R>::take(self)
    }
}
