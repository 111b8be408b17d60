//! Optional inputs: `Some` if they are supplied or provided, and `None` otherwise.

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use support::{Journal, pipeline};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::{HList, In, Inputs, Out, Outputs, Return, RunError, Scoped, Step, Store};
use typed_pipeliner::{hlist, hlist_pat, resource, run, step};

resource! {
    Url: &'static str;
    Cache: String;
    Page: String;
    Log: Journal;
}

#[step]
async fn connect(url: In<'_, Url>) -> Out<Cache> {
    smol::future::yield_now().await;
    format!("cache at {url}")
}

#[step]
async fn fetch(cache: Option<In<'_, Cache>>) -> Out<Page> {
    match cache {
        Some(cache) => format!("page from {cache}"),
        None => "page without a cache".to_owned(),
    }
}

pipeline! {
    Without: [Fetch];
    With: [Fetch, Connect];
}

#[test]
fn optional_input_is_none_without_a_provider() -> Result<(), RunError> {
    let store = Store::<Without>::new();
    assert_eq!(smol::block_on(store.resource::<Page>())?, "page without a cache");
    Ok(())
}

#[test]
fn optional_input_is_some_when_supplied() -> Result<(), RunError> {
    let store = Store::<Without>::new().with(Cache, "a test".to_owned());
    assert_eq!(smol::block_on(store.resource::<Page>())?, "page from a test");
    Ok(())
}

#[test]
fn provider_of_an_optional_input_runs_first() -> Result<(), RunError> {
    let store = Store::<With>::new().with(Url, "home");
    assert_eq!(smol::block_on(store.resource::<Page>())?, "page from cache at home");
    Ok(())
}

#[test]
fn supplied_optional_input_wins_over_its_provider() -> Result<(), RunError> {
    // The prerequisite of the provider is not needed then.
    let store = Store::<With>::new().with(Cache, "a test".to_owned());
    assert_eq!(smol::block_on(store.resource::<Page>())?, "page from a test");
    Ok(())
}

#[test]
fn hand_written_step_lists_an_option_of_the_resource() -> Result<(), RunError> {
    struct Tell;
    impl Step for Tell {
        type Inputs = HList![Option<Cache>, Option<Page>, Url];
        type Outputs = HList![Return<String>];
        type Error = Infallible;
        async fn run(hlist_pat![cache, page, url]: Inputs<'_, Self>) -> Result<Outputs<Self>, Infallible> {
            Ok(hlist![Return(format!("{cache:?}, {page:?}, {url}"))])
        }
    }

    pipeline! { Nothing: []; }
    let store = Store::<Nothing>::new().with(Url, "here").with(Page, "page".to_owned());
    let text = smol::block_on(run::<Tell>(&store))?;
    assert_eq!(text, r#"None, Some("page"), here"#);
    Ok(())
}

#[test]
fn failed_provider_of_an_optional_input_fails_the_run() {
    #[step]
    fn break_down() -> Result<Out<Cache>, String> {
        Err("no cache today".to_owned())
    }
    pipeline! { Broken: [Fetch, BreakDown]; }

    let store = Store::<Broken>::new();
    let error = smol::block_on(store.resource::<Page>()).unwrap_err();
    assert_eq!(error.step(), "BreakDown");
    assert_eq!(store.get::<Page>(), None);
}

#[test]
fn blocking_step_may_have_optional_inputs() -> Result<(), RunError> {
    #[step(blocking)]
    fn length(cache: Option<In<'_, Cache>>, page: Option<In<'_, Page>>) -> Return<(Option<usize>, Option<usize>)> {
        Return((cache.map(String::len), page.map(String::len)))
    }

    pipeline! { Nothing: []; }
    let store = Store::<Nothing>::new().with(Page, "four".to_owned());
    let lengths = smol::block_on(run::<Length>(&store))?;
    assert_eq!(lengths, (None, Some(4)));
    Ok(())
}

mod scopes {
    use super::*;

    pipeline! {
        Bare: [];
        Request: [Fetch];
        OfBare: [Fetch];
    }
    impl Scoped for Request {
        type Parent = With;
    }
    impl Scoped for OfBare {
        type Parent = Bare;
    }

    #[step]
    fn note(cache: Option<In<'_, Cache>>, log: In<'_, Log>) -> Return<bool> {
        log.note(if cache.is_some() { "there" } else { "not there" });
        Return(cache.is_some())
    }

    #[test]
    fn optional_input_may_come_from_parent() -> Result<(), RunError> {
        smol::block_on(async {
            let app = Store::<With>::new().with(Url, "home");
            let request = Store::<Request>::within(&app);
            assert_eq!(request.resource::<Page>().await?, "page from cache at home");
            assert!(app.is_ready::<Cache>());
            Ok(())
        })
    }

    #[test]
    fn optional_input_may_be_unknown_to_parent() -> Result<(), RunError> {
        smol::block_on(async {
            let app = Store::<Bare>::new();
            let request = Store::<OfBare>::within(&app);
            assert_eq!(request.resource::<Page>().await?, "page without a cache");

            // Also if only the target takes it.
            let app = Store::<Bare>::new().with(Log, Journal::default());
            let request = Store::<OfBare>::within(&app);
            let there = run::<Note>(&request).await?;
            assert!(!there);
            assert_eq!(app.get::<Log>().unwrap().take(), ["not there"]);
            Ok(())
        })
    }
}

#[test]
fn optional_inputs_work_on_threads() -> Result<(), RunError> {
    let executor = Executor::new(2);
    let without = Store::<Without>::new();
    executor.run_blocking::<Fetch>(&without)?;
    assert_eq!(without.get::<Page>().unwrap(), "page without a cache");

    let with = Arc::new(Store::<With>::new().with(Url, "home"));
    smol::block_on(executor.run::<Fetch>(&with))?;
    assert_eq!(with.get::<Page>().unwrap(), "page from cache at home");
    Ok(())
}
