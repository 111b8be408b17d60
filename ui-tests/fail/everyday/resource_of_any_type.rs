//! `S` may be any type, so it has no methods of a store.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, StoreOf, resource, step};

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

async fn pool<S>(store: &S) -> Result<String, RunError> {
    store.resource::<Pool>().await.cloned()
}

fn main() {
    let _ = pool::<StoreOf<App, HList![Url]>>;
}
