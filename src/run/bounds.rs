//! The bounds that generic code writes: a store can run a target, or provide a resource.

use crate::exec::store_ref::DynStore;
use crate::pipeline::Pipeline;
use crate::proof::check::store::{CanProvide, CanRun};
use crate::proof::witness::{IsResource, IsStep, Proven};
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::Store;
use crate::store::supplied::SuppliedValues;

/// A store that can run the target `T`: the store was supplied with everything that the target
/// needs, or a step of its pipeline provides it.
///
/// This is the bound to write in generic code, and the trait that carries the proof:
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, hlist, hlist_pat, resource};
/// # resource! { Name: String; }
/// # struct Greet;
/// # impl Step for Greet {
/// #     type Inputs = HList![Name];
/// #     type Outputs = HList![Return<String>];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(hlist_pat![name]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![Return(format!("Hello, {name}!"))])
/// #     }
/// # }
/// use typed_pipeliner::{RunError, Runs, run};
///
/// async fn greet(store: &impl Runs<Greet>) -> Result<String, RunError> {
///     let greeting = run::<Greet>(store).await?;
///     Ok(greeting)
/// }
/// ```
///
/// Such a store is `Send + Sync`, so it may be shared between tasks and threads. The second
/// parameter is never written; [`witness`](crate::proof::witness) explains it.
pub trait Runs<T: IsStep<Witness: Sized>, Proof = <Self as CanRun<T>>::Witness>: CanRun<T> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<T: Step, S: CanRun<T>> Runs<T, Proven> for S {
    fn seal(_: Seal) {}
}

/// A store that can provide the resource `R`: the store was supplied with it, or its steps can
/// compute it.
///
/// This is the bound to write in generic code that needs a resource, as [`Runs`] is for a target:
///
/// ```
/// # use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource};
/// # resource! { Name: String; Greeting: String; }
/// # struct Greet;
/// # impl Step for Greet {
/// #     type Inputs = HList![Name];
/// #     type Outputs = HList![Greeting];
/// #     type Error = std::convert::Infallible;
/// #     async fn run(hlist_pat![name]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
/// #         Ok(hlist![format!("Hello, {name}!")])
/// #     }
/// # }
/// # struct Greetings;
/// # impl Pipeline for Greetings { type Steps = HList![Greet]; }
/// use typed_pipeliner::{Provides, RunError, fetch};
///
/// async fn shout(store: &impl Provides<Greeting>) -> Result<String, RunError> {
///     Ok(fetch::<Greeting>(store).await?.to_uppercase())
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let store = Store::<Greetings>::new().with(Name, "World".to_owned());
/// assert_eq!(shout(&store).await?, "HELLO, WORLD!");
/// # Ok(()) }) }
/// ```
///
/// Such a store is `Send + Sync`. The second parameter is never written;
/// [`witness`](crate::proof::witness) explains it.
pub trait Provides<R: IsResource<CheckedValue: Sized>, Proof = <Self as CanProvide<R>>::Witness>:
    CanProvide<R>
{
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<R: IsResource, S: CanProvide<R>> Provides<R, Proven> for S {
    fn seal(_: Seal) {}
}

/// A store that can run the target `T` and then be taken apart: a store by value, so that no other
/// task can hold it, and without a parent store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken apart after the run",
    label = "not a store by value, or one with a parent store",
    note = "pass the store itself, not a reference or an `Arc`, which others may hold as well; for these, `run` returns references"
)]
pub trait RunsOwned<T: IsStep<Witness: Sized>, Proof = <Self as CanRun<T>>::Witness>:
    Runs<T, Proof> + DynStore + Sized
{
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, T: Step> RunsOwned<T, Proven> for Store<Pipe, Supplied>
where
    Self: CanRun<T>,
{
    fn seal(_: Seal) {}
}
