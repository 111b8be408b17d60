//! The proof of a list of outputs.

use super::{Sought, SoughtResources, StepsProof, TreePair};
use crate::proof::ids::digits::Digits;
use crate::proof::ids::number::{Number, Unregistered};
use crate::proof::ids::set::ResourceSet;
use crate::proof::ids::trie::{Find, Insert, LeafDecision, Trie};
use crate::proof::kind::{Group, OfResources, Returned, Single};
use crate::proof::walk::source::{NoSource, Provided, Source};
use crate::proof::witness::IsResource;
use crate::resource::Return;
use crate::sealed::Seal;
use crate::steps::Step;
use frunk_core::hlist::{HCons, HNil};

/// A list of outputs: the functions by which the map of providers and the checks read it.
///
/// It is defined on `HNil` and `HCons`. It is needed because a step enters each of its outputs into
/// the map under the identity of the resource.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of resources",
    label = "not a list of resources",
    note = "write a list, even of one: `HList![Quotient]`"
)]
pub trait OutputsProof: OfResources<Kind = Group> {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The map `Map`, in which the step `Owner`, number `Num`, provides these outputs.
    type Provide<Map: Trie, Owner: Step, Num: Number>: Trie;
    /// The source, in the map `Map`, of the first of these outputs that is stored, or else `Rest`.
    type Provider<Map: Trie, Rest: Source>: Source;
    /// The source, among the steps `List`, of the first of these outputs that is stored, or else
    /// `Rest`.
    type ProviderAmong<List: StepsProof, Rest: Source>: Source;
    /// The step `Owner`, as the source of the identity `Identity` if these outputs have it.
    type Locate<Identity: Digits, Owner: Step>: Source;
    /// The identity of the first of these outputs that is stored, or else `Rest`.
    type First<Rest: Digits>: Digits;
    /// The set `Set` of the resources that the step `Owner` lists, with these outputs.
    type List<Owner, Set: ResourceSet<Owner>>: ResourceSet<Owner>;
    /// The stored outputs, as a tree of [`Sought`].
    type Sought: SoughtResources;
}

#[diagnostic::do_not_recommend]
impl OutputsProof for HNil {
    fn seal(_: Seal) {}

    type Provide<Map: Trie, Owner: Step, Num: Number> = Map;
    type Provider<Map: Trie, Rest: Source> = Rest;
    type ProviderAmong<List: StepsProof, Rest: Source> = Rest;
    type Locate<Identity: Digits, Owner: Step> = NoSource;
    type First<Rest: Digits> = Rest;
    type List<Owner, Set: ResourceSet<Owner>> = Set;
    type Sought = HNil;
}

impl<Head: OutputProof, Tail: OutputsProof> OutputsProof for HCons<Head, Tail> {
    fn seal(_: Seal) {}

    type Provide<Map: Trie, Owner: Step, Num: Number> = Tail::Provide<Head::Provide<Map, Owner, Num>, Owner, Num>;
    type Provider<Map: Trie, Rest: Source> = Head::Provider<Map, Tail::Provider<Map, Rest>>;
    type ProviderAmong<List: StepsProof, Rest: Source> = Head::ProviderAmong<List, Tail::ProviderAmong<List, Rest>>;
    type Locate<Identity: Digits, Owner: Step> =
        <Head::Locate<Identity, Owner> as Source>::Or<Tail::Locate<Identity, Owner>>;
    type First<Rest: Digits> = Head::First<Tail::First<Rest>>;
    type List<Owner, Set: ResourceSet<Owner>> = Tail::List<Owner, Head::List<Owner, Set>>;
    type Sought = TreePair<Head::Sought, Tail::Sought>;
}

/// One element of a list of outputs, of the kind `Kind`: a resource, a [`Return`], or a list.
pub trait OutputProof<Kind = <Self as OfResources>::Kind>: OfResources {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// See [`OutputsProof::Provide`].
    type Provide<Map: Trie, Owner: Step, Num: Number>: Trie;
    /// See [`OutputsProof::Provider`].
    type Provider<Map: Trie, Rest: Source>: Source;
    /// See [`OutputsProof::ProviderAmong`].
    type ProviderAmong<List: StepsProof, Rest: Source>: Source;
    /// See [`OutputsProof::Locate`].
    type Locate<Identity: Digits, Owner: Step>: Source;
    /// See [`OutputsProof::First`].
    type First<Rest: Digits>: Digits;
    /// See [`OutputsProof::List`].
    type List<Owner, Set: ResourceSet<Owner>>: ResourceSet<Owner>;
    /// See [`OutputsProof::Sought`].
    type Sought: SoughtResources;
}

impl<R: IsResource> OutputProof<Single> for R {
    fn seal(_: Seal) {}

    type Provide<Map: Trie, Owner: Step, Num: Number> = Insert<Map, Provided<R, Owner, Num>>;
    type Provider<Map: Trie, Rest: Source> = Find<Map, R::CheckedIdentity>;
    type ProviderAmong<List: StepsProof, Rest: Source> = List::Locate<R::CheckedIdentity>;
    type Locate<Identity: Digits, Owner: Step> =
        <Identity::Compare<R::CheckedIdentity> as LeafDecision>::Found<Provided<R, Owner, Unregistered>>;
    type First<Rest: Digits> = R::CheckedIdentity;
    type List<Owner, Set: ResourceSet<Owner>> = Set::With<R>;
    type Sought = Sought<R, R::CheckedIdentity>;
}

impl<V: 'static> OutputProof<Returned> for Return<V> {
    fn seal(_: Seal) {}

    type Provide<Map: Trie, Owner: Step, Num: Number> = Map;
    type Provider<Map: Trie, Rest: Source> = Rest;
    type ProviderAmong<List: StepsProof, Rest: Source> = Rest;
    type Locate<Identity: Digits, Owner: Step> = NoSource;
    type First<Rest: Digits> = Rest;
    type List<Owner, Set: ResourceSet<Owner>> = Set;
    type Sought = HNil;
}

impl<List: OutputsProof> OutputProof<Group> for List {
    fn seal(_: Seal) {}

    type Provide<Map: Trie, Owner: Step, Num: Number> = <List as OutputsProof>::Provide<Map, Owner, Num>;
    type Provider<Map: Trie, Rest: Source> = <List as OutputsProof>::Provider<Map, Rest>;
    type ProviderAmong<Steps: StepsProof, Rest: Source> = <List as OutputsProof>::ProviderAmong<Steps, Rest>;
    type Locate<Identity: Digits, Owner: Step> = <List as OutputsProof>::Locate<Identity, Owner>;
    type First<Rest: Digits> = <List as OutputsProof>::First<Rest>;
    type List<Owner, Set: ResourceSet<Owner>> = <List as OutputsProof>::List<Owner, Set>;
    type Sought = <List as OutputsProof>::Sought;
}
