//! `run` is a method of `Store`, and of no other type.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

use typed_pipeliner::Runs;

async fn text(store: &impl Runs<Answer>) -> Result<String, RunError> {
    store.run::<Answer>().await
}

fn main() {
    let _ = text(&Store::<App>::new().with(Url, String::new()));
}
