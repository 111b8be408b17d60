//! A pipeline that is kept, for the tests of observers, before and after a change of a step. After
//! it `Load` is taken from the journal before the run; `Fetch` is executed, and gives the same; so
//! `Count` is taken during the run, and `MakeReport` is executed.

use typed_pipeliner::journal::{Journal, Keeps, Kept, Memory};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, StoreOf, resource, step};

resource! {
    pub(crate) Page: String;
    pub(crate) Words: usize;
    pub(crate) Limit: usize;
    pub(crate) Report: String;
}

#[step(keep = "fetch", name = FetchOnce)]
pub(crate) fn fetch_once() -> Out<Page> {
    "three little words".to_owned()
}

#[step(keep = "fetch", version = 2)]
pub(crate) async fn fetch() -> Out<Page> {
    ["three", "little", "words"].join(" ")
}

#[step(keep)]
pub(crate) fn count(page: In<'_, Page>) -> Out<Words> {
    page.split(' ').count()
}

#[step(keep)]
pub(crate) fn load() -> Out<Limit> {
    10
}

#[step(name = MakeReport)]
pub(crate) fn report(words: In<'_, Words>, limit: In<'_, Limit>) -> Out<Report> {
    format!("{words} words of {limit}")
}

pub(crate) struct Before;
impl Pipeline for Before {
    type Steps = HList![FetchOnce, Count, Load, MakeReport];
}
impl Keeps for Before {
    type Ambient = HList![];
}

pub(crate) struct Nightly;
impl Pipeline for Nightly {
    type Steps = HList![Fetch, Count, Load, MakeReport];
}
impl Keeps for Nightly {
    type Ambient = HList![];
}

/// A store of the pipeline after the change, kept in the journal of a run before it.
pub(crate) async fn store() -> StoreOf<Nightly, HList![], Kept> {
    let journal = Journal::on(Memory::new());
    let before = Store::<Before>::new().kept_in(&journal, "today").await.expect("the run is free");
    before.resource::<Report>().await.expect("no step fails");
    drop(before);
    Store::<Nightly>::new().kept_in(&journal, "today").await.expect("the run is free again")
}
