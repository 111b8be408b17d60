use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

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

use std::future::Future;
use std::sync::Arc;

fn spawn<T: Send + 'static>(_: impl Future<Output = T> + Send + 'static) {}

fn main() {
    let store = Arc::new(Store::<App>::new().with(Url, String::new()));
    let shared = Arc::clone(&store);
    spawn(async move { shared.resource::<Pool>().await.cloned() });
}
