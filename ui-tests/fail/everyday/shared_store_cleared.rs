//! A store in an `Arc` cannot be cleared.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, StoreOf, resource, step};

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

use std::sync::Arc;

fn reload(app: &mut Arc<StoreOf<App, HList![Url]>>) {
    app.clear();
}

fn main() {
    let _ = reload;
}
