//! Tests of a pipeline without the outside world: a value in place of a step, and a stub in place
//! of a step.
//!
//! In an application these functions would be tests, under `#[cfg(test)]`. The pipeline is the one
//! that goes into production.

use std::io;
use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, Swap, resource, step};

resource! {
    Url: String;
    /// The text behind the address.
    Page: String;
    Words: usize;
    Verdict: &'static str;
}

/// Asks the network, which a test cannot reach.
#[step]
async fn fetch(url: In<'_, Url>) -> Result<Out<Page>, io::Error> {
    Err(io::Error::other(format!("no network to fetch {url}")))
}

#[step]
fn count(page: In<'_, Page>) -> Out<Words> {
    page.split_whitespace().count()
}

#[step]
fn judge(words: In<'_, Words>) -> Out<Verdict> {
    if *words > 3 { "long" } else { "short" }
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch, Count, Judge];
}

/// A step is a function: most tests need no more than that.
fn a_function_is_called() {
    assert_eq!(judge(&4), "long");
    println!("four words are long");
}

/// A supplied value takes precedence over the step. Inputs that only this step needs may be
/// missing: no `Url` is supplied here.
async fn a_value_is_supplied() -> Result<(), RunError> {
    let store = Store::<App>::new().with(Page, "just two".to_owned());
    println!("a page with {} words is {}", store.resource::<Words>().await?, store.resource::<Verdict>().await?);
    Ok(())
}

/// Another step replaces the step. The compiler checks that it provides the same resources, and
/// that its inputs are there.
async fn a_step_is_swapped() -> Result<(), RunError> {
    #[step]
    fn stub(url: In<'_, Url>) -> Out<Page> {
        format!("the page behind {url}")
    }

    let store = Store::<Swap<App, Fetch, Stub>>::new().with(Url, "there".to_owned());
    println!("a stub with {} words is {}", store.resource::<Words>().await?, store.resource::<Verdict>().await?);
    Ok(())
}

/// Without a stub the real step runs, and the run fails with its error.
async fn nothing_is_replaced() {
    let store = Store::<App>::new().with(Url, "there".to_owned());
    let error = store.resource::<Verdict>().await.expect_err("there is no network");
    println!("{error}: {}", std::error::Error::source(&error).expect("it has a source"));
}

fn main() -> Result<(), RunError> {
    smol::block_on(async {
        a_function_is_called();
        a_value_is_supplied().await?;
        a_step_is_swapped().await?;
        nothing_is_replaced().await;
        Ok(())
    })
}
