//! `Swap` replaces a step of a pipeline with another.

mod support;

use std::marker::PhantomData;
use support::pipeline;
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Runs, Step, Store, Swap, resource, run, step};

resource! {
    Url: String;
    Page: String;
    Links: usize;
    Words: usize;
    Report: String;
}

#[step]
async fn fetch(url: In<'_, Url>) -> Result<(Out<Page>, Out<Links>), String> {
    Err(format!("no network for {url}"))
}

#[step]
fn count(page: In<'_, Page>) -> Out<Words> {
    page.split_whitespace().count()
}

#[step]
fn write(words: In<'_, Words>, links: In<'_, Links>) -> Out<Report> {
    format!("{words} words, {links} links")
}

#[step]
fn stub() -> (Out<Page>, Out<Links>) {
    ("a short page".to_owned(), 7)
}

#[step]
fn stub_of_write(_: In<'_, Words>) -> Out<Report> {
    "stub".to_owned()
}

/// A group, so that the swapped step is inside a nested list.
type Web = HList![Fetch, Count];

pipeline! {
    App: [Web, Write, Web];
}

#[test]
fn stub_runs_and_the_swapped_step_does_not() -> Result<(), RunError> {
    // No `Url`, since only `Fetch` needs it.
    let store = Store::<Swap<App, Fetch, Stub>>::new();
    let report = smol::block_on(store.resource::<Report>())?;
    assert_eq!(report, "3 words, 7 links");
    assert_eq!(store.get::<Links>(), Some(&7));
    Ok(())
}

#[test]
fn swaps_can_be_nested() -> Result<(), RunError> {
    type Tested = Swap<Swap<App, Fetch, Stub>, Write, StubOfWrite>;
    let store = Store::<Tested>::new();
    assert_eq!(smol::block_on(store.resource::<Report>())?, "stub");
    assert_eq!(store.get::<Words>(), Some(&3));
    Ok(())
}

/// A pipeline with the steps of another one.
struct Around<P>(PhantomData<P>);

impl<P: Pipeline> Pipeline for Around<P> {
    type Steps = HList![P::Steps];
}

#[test]
fn swapped_pipeline_can_be_a_group_of_another() -> Result<(), RunError> {
    type Tested = Swap<Around<Swap<App, Fetch, Stub>>, Write, StubOfWrite>;
    let store = Store::<Tested>::new();
    assert_eq!(smol::block_on(store.resource::<Report>())?, "stub");
    assert_eq!(store.get::<Words>(), Some(&3));
    Ok(())
}

#[test]
fn stub_can_be_the_target() -> Result<(), RunError> {
    let store = Store::<Swap<App, Fetch, Stub>>::new();
    let (page, links) = smol::block_on(run::<Stub>(&store))?;
    assert_eq!((page.as_str(), *links), ("a short page", 7));
    Ok(())
}

#[test]
fn supplied_value_wins_over_the_stub() -> Result<(), RunError> {
    let store = Store::<Swap<App, Fetch, Stub>>::new().with(Page, "one".to_owned()).with(Links, 1);
    assert_eq!(smol::block_on(store.resource::<Report>())?, "1 words, 1 links");
    Ok(())
}

#[test]
fn generic_code_accepts_a_swapped_pipeline() -> Result<(), RunError> {
    #[step]
    fn shout(report: In<'_, Report>) -> Return<String> {
        Return(report.to_uppercase())
    }

    async fn shouted(store: &impl Runs<Shout>) -> Result<String, RunError> {
        let text = run::<Shout>(store).await?;
        Ok(text)
    }

    let error = smol::block_on(shouted(&Store::<App>::new().with(Url, "here".to_owned()))).unwrap_err();
    assert_eq!(error.step(), Fetch::name());
    assert_eq!(smol::block_on(shouted(&Store::<Swap<App, Fetch, Stub>>::new()))?, "3 WORDS, 7 LINKS");
    Ok(())
}
