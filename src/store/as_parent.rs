//! A store as the parent of another: borrowed, or in an `Arc`.

use crate::exec::store_ref::StoreRef;
use crate::pipelines::{OriginalOf, Pipeline};
use crate::proof::certificate::{AnswerYes, FreeOf, Located};
use crate::proof::check::ProofQuery;
use crate::proof::check::findings::{Findings, FoundInParent, InMap};
use crate::proof::check::missing::ReporterInScope;
use crate::proof::env::{ProofEnvOf, SoughtBy, SourcesOf};
use crate::proof::ids::digits::Digits;
use crate::proof::ids::trie::Trie;
use crate::proof::lists::{StepsProof, TreePair};
use crate::proof::walk::goal::{ChildGoal, RequestedResources};
use crate::proof::walk::source::Source;
use crate::proof::witness::Proven;
use crate::sealed::Seal;
use crate::store::Store;
use crate::store::parent::{ParentStore, TakesValues};
use crate::store::supplied::SuppliedValues;
use std::sync::Arc;

/// The findings of the walk for the resources `Requested` in a store, without those in its parent.
type ChildFindings<Requested, Pipe, Supplied, Parent> =
    <<Pipe as Pipeline>::Steps as StepsProof>::Findings<ChildGoal<Requested>, Pipe, Supplied, Parent>;

macro_rules! parents {
    ($($pointer:ty: |$this:ident| $store:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> ParentStore for $pointer {
            fn seal(_: Seal) {}

            type This = Self;
            type Pipeline = OriginalOf<Pipe>;
            type Sources = <SourcesOf<Pipe, Supplied, Parent> as Trie>::ForChild;
            type ChildEnv<Child: Pipeline, Values: SuppliedValues> = ProofEnvOf<Child, Values, Self>;
            type Findings<Requested: RequestedResources> = FoundInParent<
                <ChildFindings<Requested, Pipe, Supplied, Parent> as Findings>::WithParent<Parent>,
                ProofQuery<ChildGoal<Requested>, ProofEnvOf<Pipe, Supplied, Parent>>,
            >;
            type Inputs = TreePair<InMap<SoughtBy<Pipe>, SourcesOf<Pipe, Supplied, Parent>>, Parent::Inputs>;
            type Locate<Identity: Digits> = <Located<Identity, Pipe::Steps, Supplied, Parent> as Source>::ForChild;
            type IsStore = AnswerYes;
            const IS_STORE: bool = true;
            type IsComplete = <Pipe::Steps as StepsProof>::IsComplete<Supplied, Parent>;
            type Free = FreeOf<Pipe, Supplied, Parent>;
            type Reporter = ReporterInScope<Pipe>;
            #[cfg(feature = "journal")]
            type Outer = Parent;
            fn store_ref(&self) -> Option<StoreRef<'_>> {
                let $this = self;
                Some(StoreRef::new($store))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> TakesValues for $pointer {
            fn seal(_: Seal) {}

            type Witness = Proven;
        }
    )*};
}
/// No store is in the place of a parent. But where one is given by value, that is the one mistake.
#[diagnostic::do_not_recommend]
impl<Pipe: Pipeline, Supplied: SuppliedValues, Parent: ParentStore> TakesValues for Store<Pipe, Supplied, Parent> {
    fn seal(_: Seal) {}

    type Witness = Proven;
}

parents! {
    &Store<Pipe, Supplied, Parent>: |this| *this;
    &Arc<Store<Pipe, Supplied, Parent>>: |this| &***this;
    Arc<Store<Pipe, Supplied, Parent>>: |this| &**this;
}
