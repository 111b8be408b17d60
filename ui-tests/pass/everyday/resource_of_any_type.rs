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

use typed_pipeliner::{Provides, fetch};

async fn pool<S: Provides<Pool>>(store: &S) -> Result<String, RunError> {
    fetch::<Pool>(store).await.cloned()
}

fn main() {
    let _ = pool::<StoreOf<App, HList![Url]>>;
}
