//! Scopes: stores that see another one above them.

use crate::exec::store_ref::View;
use crate::pipeline::Pipeline;
use crate::proof::check::{InScopeOf, IsParent, Nobody, Verdict};
use crate::proof::ids::trie::{Empty, Trie};
use crate::proof::{Proven, SourcesOf};
use crate::sealed::Seal;
use crate::store::Store;
use crate::store::supplied::Supply;
use std::sync::Arc;

/// A pipeline whose stores are scopes of a store of another pipeline: of one request in an application, for example.
///
/// A scope has room for the values of its own steps alone, so it is cheap to make, and sees what is in the store above it
/// by reference. What is absent there and needed here is computed there, once for all scopes. What is in a scope stays in
/// it: the steps above never see it.
///
/// ```
/// use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Scoped, Step, Store, hlist, hlist_pat, resource, run};
///
/// resource! {
///     Greeting: String;
///     User: String;
/// }
///
/// struct LoadGreeting;
/// impl Step for LoadGreeting {
///     type Inputs = HList![];
///     type Outputs = HList![Greeting];
///     type Error = std::convert::Infallible;
///     async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///         Ok(hlist!["Hello".to_owned()])
///     }
/// }
///
/// struct Greet;
/// impl Step for Greet {
///     type Inputs = HList![Greeting, User];
///     type Outputs = HList![Return<String>];
///     type Error = std::convert::Infallible;
///     async fn run(hlist_pat![greeting, user]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
///         Ok(hlist![Return(format!("{greeting}, {user}!"))])
///     }
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
///     let hlist_pat![Return(greeting)] = run::<Greet>(&request).await?;
///     assert_eq!(greeting, format!("Hello, {user}!"));
/// }
/// // It was loaded once, above.
/// assert!(app.is_ready::<Greeting>());
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope of another pipeline",
    label = "`{Self}` names no parent",
    note = "name the pipeline of the store above: `impl Scoped for {Self} {{ type Parent = App; }}`"
)]
pub trait Scoped: Pipeline {
    /// The pipeline of the store above.
    type Parent: Pipeline;
}

/// What is above a store: [`Root`], or a store, borrowed or in an [`Arc`].
///
/// Implemented for these; you never write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to a store, nor an `Arc` of one",
    label = "neither a reference to a store nor an `Arc` of one",
    note = "make the scope within `&store`, or within `Arc::clone(&store)`"
)]
pub trait Above: Send + Sync + Sized {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// This type. A store says `U::This` of what is above it where it is made; so where `U` is none of these, rustc knows no
    /// more of the store, and says nothing more of it.
    #[doc(hidden)]
    type This: Above;
    /// The pipeline of that store.
    #[doc(hidden)]
    type Pipeline;
    /// What is there, as the proof sees it from below.
    type Sources: Trie;
    /// Who says of a store below it that something is missing.
    #[doc(hidden)]
    type Judge;
    /// What is there, as the executor sees it.
    #[doc(hidden)]
    fn view(&self) -> Option<View<'_>>;
}

/// Nothing is above: the store is no scope.
#[derive(Debug, Clone, Copy, Default)]
pub struct Root;

// Here and below: else rustc shows one of these impls where a store is given by value.
#[diagnostic::do_not_recommend]
impl Above for Root {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = Nobody;
    type Sources = Empty;
    type Judge = Verdict;
    fn view(&self) -> Option<View<'_>> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<P: Pipeline, G: Supply, U: Above> Above for &Store<P, G, U> {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = P;
    type Sources = <SourcesOf<P, G, U> as Trie>::Below;
    type Judge = InScopeOf<P>;
    fn view(&self) -> Option<View<'_>> {
        Some(View::new(*self))
    }
}

#[diagnostic::do_not_recommend]
impl<P: Pipeline, G: Supply, U: Above> Above for &Arc<Store<P, G, U>> {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = P;
    type Sources = <SourcesOf<P, G, U> as Trie>::Below;
    type Judge = InScopeOf<P>;
    fn view(&self) -> Option<View<'_>> {
        Some(View::new(&***self))
    }
}

#[diagnostic::do_not_recommend]
impl<P: Pipeline, G: Supply, U: Above> Above for Arc<Store<P, G, U>> {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = P;
    type Sources = <SourcesOf<P, G, U> as Trie>::Below;
    type Judge = InScopeOf<P>;
    fn view(&self) -> Option<View<'_>> {
        Some(View::new(&**self))
    }
}

/// A store of the pipeline `P`, borrowed or in an [`Arc`].
///
/// Implemented for these; you never write it.
pub trait IsStoreOf<P>: Above<This = Self> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Always [`Proven`].
    #[doc(hidden)]
    type Proof;
}

impl<P, U: Above<This = U>> IsStoreOf<P> for U
where
    Verdict: IsParent<U::Pipeline, P>,
{
    fn seal(_: Seal) {}

    type Proof = Proven;
}
