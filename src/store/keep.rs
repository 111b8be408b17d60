//! A store that is kept in a journal.

use crate::exec::keeping::Keeping;
use crate::exec::keeping::judge::Judge;
use crate::exec::store_ref::StoreRef;
use crate::journal::error::{Action, JournalError};
use crate::journal::handle::{Journal, MaybeJournal};
use crate::journal::print::Known;
use crate::journal::run::OpenRun;
use crate::journal::state::{Explained, Explanation, KeptState};
use crate::pipelines::Pipeline;
use crate::proof::check::ProofCheck;
use crate::proof::check::keep::{HasAmbient, NotYetKept, ParentIsKept, SuppliedPrints};
use crate::proof::ids::digits::Digits;
use crate::proof::walk::goal::RequestedResources;
use crate::proof::witness::{IsPipeline, Proven};
use crate::sealed::Seal;
use crate::store::Store;
use crate::store::parent::{NoParent, ParentStore};
use crate::store::supplied::{NothingSupplied, SuppliedValues};
use core::fmt;
use core::future::ready;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::Arc;

/// In the place of the parent of a store: the store is kept, and has the parent `Parent`.
///
/// ```
/// # use typed_pipeliner::{HList, Pipeline, StoreOf, resource};
/// use typed_pipeliner::journal::Kept;
///
/// # resource! { Url: String; }
/// # struct App;
/// # impl Pipeline for App { type Steps = HList![]; }
/// struct Nightly {
///     store: StoreOf<App, HList![Url], Kept>,
/// }
/// # fn url(nightly: &Nightly) -> Option<&String> { nightly.store.get::<Url>() }
/// ```
pub struct Kept<Parent = NoParent> {
    /// The journal, if there is one.
    keeping: Option<Arc<Keeping>>,
    /// The parent.
    parent: Parent,
}

impl<Parent> fmt::Debug for Kept<Parent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// The proof knows nothing of journals: all is that of the parent.
#[diagnostic::do_not_recommend]
impl<Parent: ParentStore> ParentStore for Kept<Parent> {
    fn seal(_: Seal) {}

    type This = Self;
    type Pipeline = Parent::Pipeline;
    type Sources = Parent::Sources;
    type ChildEnv<Pipe: Pipeline, Supplied: SuppliedValues> = Parent::ChildEnv<Pipe, Supplied>;
    type Findings<Requested: RequestedResources> = Parent::Findings<Requested>;
    type Inputs = Parent::Inputs;
    type Locate<Identity: Digits> = Parent::Locate<Identity>;
    type IsStore = Parent::IsStore;
    const IS_STORE: bool = Parent::IS_STORE;
    type IsComplete = Parent::IsComplete;
    type Free = Parent::Free;
    type Reporter = Parent::Reporter;
    type Outer = Parent::Outer;
    fn store_ref(&self) -> Option<StoreRef<'_>> {
        self.parent.store_ref()
    }
    fn keeping(&self) -> Option<&Arc<Keeping>> {
        self.keeping.as_ref()
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Parent> {
    /// Keeps the outputs of steps with `#[step(keep)]` in a run of a journal. If the process is
    /// killed, or a step fails, the next one with the same journal and the same key goes on: a run
    /// executes only the steps whose outputs are absent or stale.
    ///
    /// `run` is a key: any text that is the same for the next process, such as the date of a
    /// nightly job. `None` in place of a journal keeps nothing, so a program can decide at run
    /// time. Every supplied value is supplied before; it takes part in the decision whether a kept
    /// value is stale, unless it is [ambient](crate::journal::Keeps::Ambient).
    ///
    /// A scope can be kept if its parent store is.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
    /// use typed_pipeliner::journal::{Journal, Keeps, Memory};
    ///
    /// # resource! { Url: String; Page: String; Words: usize; }
    /// #[step(keep)]
    /// fn fetch(url: In<'_, Url>) -> Out<Page> {
    ///     format!("the content of {url}")
    /// }
    /// # #[step] fn count(page: In<'_, Page>) -> Out<Words> { page.split(' ').count() }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Fetch, Count]; }
    /// impl Keeps for App {
    ///     type Ambient = HList![];
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # smol::block_on(async {
    /// let journal = Journal::on(Memory::new());
    /// for _ in 0..2 {
    ///     let store = Store::<App>::new().with(Url, "example.org".to_owned());
    ///     let store = store.kept_in(&journal, "2026-11-30").await?;
    ///     // The second time, `fetch` is not executed.
    ///     assert_eq!(store.resource::<Words>().await?, &4);
    /// }
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    ///
    /// If another store has the run, here or in another process; if the journal cannot be read; if
    /// two steps are kept under one name; if a supplied value cannot be written by serde; if a run
    /// has begun on the store.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the store, and gives the run back.
    pub fn kept_in(self, journal: impl MaybeJournal, run: impl AsRef<str>) -> KeepIn<Pipe, Supplied, Parent>
    where
        Pipe: HasAmbient<Sorted: Sized>,
        Supplied: SuppliedPrints<Pipe, Pipe::Sorted, Witness: Sized>,
        ProofCheck: NotYetKept<Parent, Witness: Sized> + ParentIsKept<Parent::Pipeline, Parent::Outer, Witness: Sized>,
    {
        let opening: BoxFuture<'static, _> = match self.prepared(journal.journal()) {
            Ok(None) => Box::pin(ready(Ok(None))),
            Err(error) => Box::pin(ready(Err(error))),
            Ok(Some((journal, given))) => {
                let run: Arc<str> = run.as_ref().into();
                Box::pin(async move {
                    let run = Arc::new(OpenRun::open(journal, run).await?);
                    Ok(Some(Arc::new(Keeping::new(run, given))))
                })
            }
        };
        KeepIn { store: Some(self), opening }
    }

    /// A journal with the fingerprints of the supplied values, if there is a journal and the store
    /// can be kept.
    fn prepared(&self, journal: Option<Journal>) -> Result<Option<Prepared>, JournalError>
    where
        Pipe: HasAmbient,
        Supplied: SuppliedPrints<Pipe, Pipe::Sorted>,
    {
        let Some(journal) = journal else { return Ok(None) };
        self.check_steps()?;
        let mut given = Vec::with_capacity(Supplied::LEN);
        self.supplied.prints(&mut given)?;
        Ok(Some((journal, given.into())))
    }

    /// Checks that the store is new, and that its kept steps have different names.
    fn check_steps(&self) -> Result<(), JournalError> {
        if self.computed.plan.is_used() {
            return Err(JournalError::new(Action::Used));
        }
        let mut names = HashMap::new();
        for step in StoreRef::new(self).plan().steps() {
            let Some(codec) = step.spec().keep.codec else { continue };
            let (name, step) = ((codec.name)(), (step.spec().name)());
            if let Some(first) = names.insert(name, step) {
                return Err(JournalError::new(Action::SameName(first, step, name.into())));
            }
        }
        Ok(())
    }
}

impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> Store<Pipe, Supplied, Kept<Parent>> {
    /// Returns for each step of the pipeline whether a run that needs its outputs would take them
    /// from the journal, and if not, why.
    ///
    /// It reads nothing but the records, which are in memory. A kept value whose bytes are damaged
    /// is found when it is read.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
    /// # use typed_pipeliner::journal::{Journal, Keeps, Memory};
    /// # resource! { Url: String; Page: String; Words: usize; }
    /// # #[step(keep)] fn fetch(url: In<'_, Url>) -> Out<Page> { format!("the content of {url}") }
    /// # #[step] fn count(page: In<'_, Page>) -> Out<Words> { page.split(' ').count() }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Fetch, Count]; }
    /// # impl Keeps for App { type Ambient = HList![]; }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # smol::block_on(async {
    /// # let journal = Journal::on(Memory::new());
    /// # let store = Store::<App>::new().with(Url, "example.org".to_owned());
    /// let store = store.kept_in(&journal, "2026-11-30").await?;
    /// assert_eq!(store.explain().to_string(), "Fetch: absent\nCount: not kept\n");
    /// store.resource::<Words>().await?;
    /// assert_eq!(store.explain().to_string(), "Fetch: taken from the journal\nCount: not kept\n");
    /// # Ok(()) }) }
    /// ```
    pub fn explain(&self) -> Explanation {
        let store = StoreRef::new(self);
        let Some(keeping) = &self.parent.keeping else { return Explanation::default() };
        let mut judge = Judge::new(keeping, store);
        let steps = (0..).zip(store.plan().steps()).map(|(number, step)| {
            let spec = step.spec();
            let state = match judge.fresh(number) {
                _ if spec.keep.codec.is_none() => KeptState::NotKept,
                Ok(_) => KeptState::Fresh,
                Err(None) => KeptState::Absent,
                Err(Some(stale)) => KeptState::Stale(stale),
            };
            Explained { step: (spec.name)(), state, elements: spec.fan.map_or(0, |fan| keeping.entries_of(fan)) }
        });
        Explanation { steps: steps.collect() }
    }
}

#[diagnostic::do_not_recommend]
impl<Pipe, Parent> ParentIsKept<Pipe, Kept<Parent>> for ProofCheck {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

/// A journal, and the fingerprints of the values with which a store was supplied.
type Prepared = (Journal, Box<[Known]>);

/// A store that is going to be kept: the future of [`Store::kept_in`].
#[must_use = "the store is kept once this was awaited"]
pub struct KeepIn<Pipe: IsPipeline<Witness: Sized>, Supplied = NothingSupplied, Parent = NoParent> {
    /// The store, until the run is open.
    store: Option<Store<Pipe, Supplied, Parent>>,
    /// Opens the run, if there is a journal.
    opening: BoxFuture<'static, Result<Option<Arc<Keeping>>, JournalError>>,
}

// The store is never pinned.
impl<Pipe: IsPipeline<Witness: Sized>, Supplied, Parent> Unpin for KeepIn<Pipe, Supplied, Parent> {}

impl<Pipe: Pipeline, Supplied, Parent> Future for KeepIn<Pipe, Supplied, Parent> {
    type Output = Result<Store<Pipe, Supplied, Kept<Parent>>, JournalError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let opened = ready!(this.opening.as_mut().poll(cx));
        let store = this.store.take().expect("a future is not polled after its end");
        let Store { computed, supplied, parent, observers } = store;
        Poll::Ready(opened.map(|keeping| Store { computed, supplied, parent: Kept { keeping, parent }, observers }))
    }
}

impl<Pipe: IsPipeline<Witness: Sized>, Supplied, Parent> fmt::Debug for KeepIn<Pipe, Supplied, Parent> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepIn").finish_non_exhaustive()
    }
}
