//! The walks that `src/proof/README.md` writes out, state by state.

use super::goal::{Goal, TargetGoal};
use super::marks::{Busy, Done, MarkNode, Marks, New};
use super::stack::{Bottom, Frame, Trace};
use super::{FindingsOf, Halt, Machine, PathEnd, PathStep, Walk};
use crate::proof::check::findings::{CycleFound, MissingInput, NeededBy, NoMore, OptionalProvider};
use crate::proof::env::SourcesOf;
use crate::proof::ids::number::{End, N1, Unregistered};
use crate::proof::testing::same;
use crate::store::parent::NoParent;
use crate::store::supplied::{NothingSupplied, With};
use crate::{HList, Inputs, Outputs, Pipeline, Return, Step, resource};

macro_rules! steps {
    ($($step:ident: $inputs:ty => $outputs:ty;)*) => {$(
        struct $step;
        impl Step for $step {
            type Inputs = $inputs;
            type Outputs = $outputs;
            type Error = core::convert::Infallible;
            async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                unreachable!("these steps are for the walk alone")
            }
        }
    )*};
}

macro_rules! pipelines {
    ($($pipeline:ident: [$($step:ident),*];)*) => {$(
        struct $pipeline;
        impl Pipeline for $pipeline {
            type Steps = HList![$($step),*];
        }
    )*};
}

resource! { Url: String; Page: String; Words: usize; Cache: usize; }

steps! {
    Fetch: HList![Url] => HList![Page];
    Count: HList![Page] => HList![Words];
    Show: HList![Page, Words] => HList![Return<String>];
    FetchForWords: HList![Words] => HList![Page];
    ShowPage: HList![Page] => HList![Return<String>];
    ConnectCache: HList![Url] => HList![Cache];
    ShowCached: HList![Option<Cache>] => HList![Return<String>];
}

pipelines! {
    App: [Fetch, Count, Show];
    Circular: [FetchForWords, Count];
    Cached: [ConnectCache];
    Uncached: [];
}

/// The map of a store of a pipeline, and the first state of a walk in it.
type MapOf<Pipe, Supplied = NothingSupplied> = SourcesOf<Pipe, Supplied, NoParent>;
type StartOf<Target, Pipe> = <TargetGoal<Target> as Goal>::Start<Pipe, MapOf<Pipe>>;
type Tick<State, Pipe> = <State as Machine>::Tick<MapOf<Pipe>>;
type Set<M, Num, Mark> = <M as Marks>::SetMark<Num, Mark>;

/// The numbers of the first two steps; a target that is not registered has one of its own.
type First = End;
type Second = N1<End>;

#[test]
fn walk_of_three_steps_visits_each_once_and_finds_what_is_missing() {
    type OfShow<Inputs> = Frame<Inputs, Show, Unregistered, Bottom>;
    type Missing = MissingInput<Url, NeededBy<Fetch>, NoMore>;
    type Marks0 = Set<New, Unregistered, Busy>;
    type Marks1 = Set<Marks0, First, Busy>;
    type Marks2 = Set<Marks1, First, Done>;
    type Marks3 = Set<Marks2, Second, Busy>;
    type Marks4 = Set<Marks3, Second, Done>;
    type Marks5 = Set<Marks4, Unregistered, Done>;

    type State0 = StartOf<Show, App>;
    assert!(same::<State0, Walk<OfShow<HList![Page, Words]>, Marks0, NoMore>>());
    type State1 = Tick<State0, App>;
    assert!(same::<State1, Walk<Frame<HList![Url], Fetch, First, OfShow<HList![Words]>>, Marks1, NoMore>>());
    type State2 = Tick<State1, App>;
    assert!(same::<State2, Walk<Frame<HList![], Fetch, First, OfShow<HList![Words]>>, Marks1, Missing>>());
    type State3 = Tick<State2, App>;
    assert!(same::<State3, Walk<OfShow<HList![Words]>, Marks2, Missing>>());
    type State4 = Tick<State3, App>;
    assert!(same::<State4, Walk<Frame<HList![Page], Count, Second, OfShow<HList![]>>, Marks3, Missing>>());
    type State5 = Tick<State4, App>;
    assert!(same::<State5, Walk<Frame<HList![], Count, Second, OfShow<HList![]>>, Marks3, Missing>>());
    type State6 = Tick<State5, App>;
    assert!(same::<State6, Walk<OfShow<HList![]>, Marks4, Missing>>());
    type State7 = Tick<State6, App>;
    assert!(same::<State7, Walk<Bottom, Marks5, Missing>>());
    type State8 = Tick<State7, App>;
    assert!(same::<State8, Halt<Missing>>());
    assert!(same::<Tick<State8, App>, State8>());

    assert!(same::<FindingsOf<TargetGoal<Show>, App, MapOf<App>>, Missing>());
}

#[test]
fn walk_over_supplied_values_finds_nothing() {
    type Findings = FindingsOf<TargetGoal<Show>, App, MapOf<App, With<Url>>>;
    assert!(same::<Findings, NoMore>());
}

#[test]
fn cycle_is_read_off_the_stack() {
    type OfTarget = Frame<HList![], ShowPage, Unregistered, Bottom>;
    type OfFetch = Frame<HList![], FetchForWords, First, OfTarget>;
    type OfCount<Inputs> = Frame<Inputs, Count, Second, OfFetch>;
    type AllBusy = Set<Set<Set<New, Unregistered, Busy>, First, Busy>, Second, Busy>;
    type Before = Walk<OfCount<HList![]>, AllBusy, NoMore>;

    type State2 = Tick<Tick<StartOf<ShowPage, Circular>, Circular>, Circular>;
    assert!(same::<State2, Walk<OfCount<HList![Page]>, AllBusy, NoMore>>());
    type State3 = Tick<State2, Circular>;
    assert!(same::<State3, Trace<OfCount<HList![]>, First, PathEnd, Before>>());
    type State4 = Tick<State3, Circular>;
    assert!(same::<State4, Trace<OfFetch, First, PathStep<Count, PathEnd>, Before>>());
    type State5 = Tick<State4, Circular>;
    type Cycle = PathStep<FetchForWords, PathStep<Count, PathEnd>>;
    assert!(same::<State5, Walk<OfCount<HList![]>, AllBusy, CycleFound<Cycle, NoMore>>>());
}

#[test]
fn provider_of_an_optional_input_is_visited_and_reported_as_such() {
    type Findings = FindingsOf<TargetGoal<ShowCached>, Cached, MapOf<Cached>>;
    assert!(same::<Findings, MissingInput<Url, OptionalProvider<ConnectCache, Cache>, NoMore>>());
    assert!(same::<FindingsOf<TargetGoal<ShowCached>, Uncached, MapOf<Uncached>>, NoMore>());
}

#[test]
fn mark_of_a_target_is_below_four_digits() {
    type Rest<Mark> = MarkNode<New, New, New, New, New, New, New, Mark>;
    assert!(same::<Set<New, Unregistered, Busy>, Rest<Rest<Rest<Rest<Busy>>>>>());
}
