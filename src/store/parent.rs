//! Parent stores, and the scopes that read from them.

#[cfg(feature = "journal")]
use crate::exec::keeping::Keeping;
use crate::exec::store_ref::StoreRef;
use crate::pipelines::{OriginalOf, Pipeline};
use crate::proof::certificate::{AnswerNo, AnswerYes, CertificateAnswer};
use crate::proof::check::findings::NoMore;
use crate::proof::check::parent::IsParent;
use crate::proof::check::{NeverMatches, ProofCheck};
use crate::proof::env::ProofEnvOf;
use crate::proof::ids::digits::Digits;
use crate::proof::ids::trie::{Empty, Trie};
use crate::proof::walk::goal::RequestedResources;
use crate::proof::walk::source::{NoSource, Source};
use crate::proof::witness::Proven;
use crate::sealed::Seal;
use crate::store::supplied::SuppliedValues;
use frunk_core::hlist::HNil;
#[cfg(feature = "journal")]
use std::sync::Arc;

/// A pipeline whose stores are scopes within a store of another pipeline: for example one request
/// of an application.
///
/// A scope has room only for the values of its own steps, so it is cheap to create. It reads the
/// values of its parent store by reference. If a value is needed in the scope and absent in the
/// parent, it is computed in the parent, once for all scopes. The values of a scope stay in it: the
/// steps of the parent never see them.
///
/// ```
/// use typed_pipeliner::{HList, In, Out, Pipeline, Return, Scoped, Store, resource, run, step};
///
/// resource! {
///     Greeting: String;
///     User: String;
/// }
///
/// #[step]
/// async fn load_greeting() -> Out<Greeting> {
///     "Hello".to_owned()
/// }
///
/// #[step]
/// fn greet(greeting: In<'_, Greeting>, user: In<'_, User>) -> Return<String> {
///     Return(format!("{greeting}, {user}!"))
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![LoadGreeting];
/// }
///
/// struct Request;
/// impl Pipeline for Request {
///     type Steps = HList![Greet];
/// }
/// impl Scoped for Request {
///     type Parent = App;
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # smol::block_on(async {
/// let app = Store::<App>::new();
/// for user in ["Alice", "Bob"] {
///     let request = Store::<Request>::within(&app).with(User, user.to_owned());
///     let greeting = run::<Greet>(&request).await?;
///     assert_eq!(greeting, format!("Hello, {user}!"));
/// }
/// // It was loaded once, in the parent.
/// assert!(app.is_ready::<Greeting>());
/// # Ok(()) }) }
/// ```
///
/// If scopes have deadlines, compute the values that they share before, in a run without a
/// deadline. A value that takes longer than each of the deadlines is never computed otherwise,
/// because each run that begins it is dropped.
///
/// A function that makes a scope within any store of the parent has the bound
/// [`Opens`](crate::Opens), so that a test can [swap](crate::Swap) a step of the parent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope of another pipeline",
    label = "`{Self}` names no parent",
    note = "name the pipeline of the parent store: `impl Scoped for {Self} {{ type Parent = App; }}`"
)]
pub trait Scoped: Pipeline {
    /// The pipeline of the parent store.
    type Parent: Pipeline;
}

/// The parent of a store: [`NoParent`], or a store, borrowed or in an [`Arc`](std::sync::Arc).
///
/// You never write it. It maps a parent to its map of sources, as a child sees it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to a store, nor an `Arc` of one",
    label = "neither a reference to a store nor an `Arc` of one",
    note = "make the scope within `&store`, or within `Arc::clone(&store)`"
)]
pub trait ParentStore: Send + Sync + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// This type. The constructor of a store names its parent as `Parent::This`. So if `Parent` is
    /// not a parent, the type of the store is unknown, and rustc reports no further error about it.
    #[doc(hidden)]
    type This: ParentStore;
    /// The pipeline of that store, without the [swaps](crate::Swap) in it.
    #[doc(hidden)]
    type Pipeline;
    /// Its map of sources, as a child sees it.
    #[doc(hidden)]
    type Sources: Trie;
    /// The environment of a child: a store of `Pipe` that was supplied with `Supplied` and reads
    /// from this one. A child asks its parent for it, so a proof in generic code stops at a parent
    /// that is not known, with a short error.
    #[doc(hidden)]
    type ChildEnv<Pipe: Pipeline, Supplied: SuppliedValues>;
    /// The findings of the walk for the resources that a child takes from it.
    #[doc(hidden)]
    type Findings<Requested: RequestedResources>;
    /// The inputs of its steps, and those of its own parent.
    #[doc(hidden)]
    type Inputs;
    /// The source of the identity `Identity`, as a child sees it, found without a map.
    #[doc(hidden)]
    type Locate<Identity: Digits>: Source;
    /// Whether it is a store.
    #[doc(hidden)]
    type IsStore: CertificateAnswer;
    /// The same as data.
    #[doc(hidden)]
    const IS_STORE: bool;
    /// Whether it can run each of its steps, by their [certificate](crate::proof::certificate). So
    /// can one that is no store.
    #[doc(hidden)]
    type IsComplete: CertificateAnswer;
    /// The sources of its free resources, and of those of its own parent.
    #[doc(hidden)]
    type Free;
    /// The type that reports a resource that is missing in a child.
    #[doc(hidden)]
    type Reporter;
    /// The store, as the executor sees it.
    #[doc(hidden)]
    fn store_ref(&self) -> Option<StoreRef<'_>>;
    /// The type in the place of the parent of that store; [`NoOuter`] if there is no such store.
    #[cfg(feature = "journal")]
    #[doc(hidden)]
    type Outer;
    /// The journal of the store itself, if it is kept.
    #[cfg(feature = "journal")]
    #[doc(hidden)]
    fn keeping(&self) -> Option<&Arc<Keeping>> {
        None
    }
}

/// No parent: the store is not a scope.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoParent;

/// The type in the place of the parent of a store that takes values.
///
/// You never write it. It is defined on all parents but that of a store that is kept in a journal.
#[diagnostic::on_unimplemented(
    message = "a store that is kept takes no more values",
    label = "the store is kept in a journal, where its supplied values decide which values are stale",
    note = "supply all values before `kept_in`"
)]
pub trait TakesValues {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    #[doc(hidden)]
    type Witness;
}

#[diagnostic::do_not_recommend]
impl TakesValues for NoParent {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// In the place of the parent of a store that there is not.
#[cfg(feature = "journal")]
#[derive(Debug)]
pub enum NoOuter {}

// Here and for stores: otherwise rustc shows one of these impls where a store is given by value.
#[diagnostic::do_not_recommend]
impl ParentStore for NoParent {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = NeverMatches;
    type Sources = Empty;
    type ChildEnv<Pipe: Pipeline, Supplied: SuppliedValues> = ProofEnvOf<Pipe, Supplied, Self>;
    type Findings<Requested: RequestedResources> = NoMore;
    type Inputs = HNil;
    type Locate<Identity: Digits> = NoSource;
    type IsStore = AnswerNo;
    const IS_STORE: bool = false;
    type IsComplete = AnswerYes;
    type Free = HNil;
    type Reporter = ProofCheck;
    #[cfg(feature = "journal")]
    type Outer = NoOuter;
    fn store_ref(&self) -> Option<StoreRef<'_>> {
        None
    }
}

/// A store of the pipeline `P`, or of a [`Swap`](crate::Swap) of it, borrowed or in an
/// [`Arc`](std::sync::Arc).
///
/// Each [`ParentStore`] of `P` implements it. It is a bound for a function that makes a scope
/// within any store of `P` and returns it; for one that runs a target in it, see
/// [`Opens`](crate::Opens).
pub trait StoreHandle<P>: ParentStore<This = Self> + TakesValues {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    #[doc(hidden)]
    type Witness;
}

impl<P: Pipeline, Handle: ParentStore<This = Handle> + TakesValues> StoreHandle<P> for Handle
where
    ProofCheck: IsParent<Handle::Pipeline, OriginalOf<P>>,
{
    fn seal(_: Seal) {}

    type Witness = Proven;
}
