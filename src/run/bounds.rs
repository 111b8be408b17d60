//! The bounds that generic code writes: a store can run a target, or provide a resource.

use crate::exec::store_ref::DynStore;
use crate::pipelines::Pipeline;
use crate::proof::check::store::{CanProvide, CanRun, SatisfiesTarget};
use crate::proof::witness::{IsResource, IsStep, Proven};
use crate::sealed::Seal;
use crate::steps::Step;
use crate::store::Store;
#[cfg(feature = "journal")]
use crate::store::keep::Kept;
use crate::store::parent::{ParentStore, Scoped, StoreHandle};
use crate::store::supplied::{ResourceList, SuppliedValues};

/// A store that can run the target `T`: the store was supplied with everything that the target
/// needs, or a step of its pipeline provides it.
///
/// This is the bound to write in generic code, and the trait that carries the proof:
///
/// ```
/// # use typed_pipeliner::{In, Return, resource, step};
/// # resource! { Name: String; }
/// # #[step]
/// # fn greet(name: In<'_, Name>) -> Return<String> { Return(format!("Hello, {name}!")) }
/// use typed_pipeliner::{RunError, Runs, run};
///
/// async fn greeting(store: &impl Runs<Greet>) -> Result<String, RunError> {
///     run::<Greet>(store).await
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
/// # use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
/// # resource! { Name: String; Greeting: String; }
/// # #[step]
/// # fn greet(name: In<'_, Name>) -> Out<Greeting> { format!("Hello, {name}!") }
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

/// A store, borrowed or in an [`Arc`](std::sync::Arc), in which a [scope](crate::Scoped) of `Pipe`
/// can run the target `T` once it was supplied with the resources of the list `Resources`.
///
/// This is the bound to write in generic code that makes the scope itself, such as the handlers of
/// a web service. A test can then hand in a store with other steps:
///
/// ```
/// use std::sync::Arc;
/// use typed_pipeliner::{HList, In, Opens, Out, Pipeline, Return, RunError, Scoped, Store, Swap, resource, run, step};
///
/// resource! { Server: String; Id: u32; }
///
/// #[step]
/// fn connect() -> Out<Server> {
///     "the server".to_owned()
/// }
///
/// #[step]
/// fn show(server: In<'_, Server>, id: In<'_, Id>) -> Return<String> {
///     Return(format!("{id} from {server}"))
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![Connect];
/// }
///
/// struct Request;
/// impl Pipeline for Request {
///     type Steps = HList![];
/// }
/// impl Scoped for Request {
///     type Parent = App;
/// }
///
/// async fn handle(app: impl Opens<Request, HList![Id], Show>, id: u32) -> Result<String, RunError> {
///     run::<Show>(&Store::<Request>::within(app).with(Id, id)).await
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let app = Arc::new(Store::<App>::new());
/// assert_eq!(handle(app, 7).await?, "7 from the server");
///
/// // In a test, another step takes the place of `Connect`.
/// #[step]
/// fn pretend() -> Out<Server> {
///     "a stub".to_owned()
/// }
/// let app = Arc::new(Store::<Swap<App, Connect, Pretend>>::new());
/// assert_eq!(handle(app, 7).await?, "7 from a stub");
/// # Ok(()) }) }
/// ```
pub trait Opens<Pipe: Scoped, Resources: ResourceList, T: Step>:
    StoreHandle<Pipe::Parent> + ParentStore<ChildEnv<Pipe, Resources::Sorted>: SatisfiesTarget<T>>
{
    #[doc(hidden)]
    fn seal(_: Seal);
}

impl<Pipe: Scoped, Resources: ResourceList, T: Step, S> Opens<Pipe, Resources, T> for S
where
    S: StoreHandle<Pipe::Parent> + ParentStore<ChildEnv<Pipe, Resources::Sorted>: SatisfiesTarget<T>>,
{
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

#[cfg(feature = "journal")]
#[diagnostic::do_not_recommend]
impl<Pipe: Pipeline, Supplied: SuppliedValues, T: Step> RunsOwned<T, Proven> for Store<Pipe, Supplied, Kept>
where
    Self: CanRun<T>,
{
    fn seal(_: Seal) {}
}
