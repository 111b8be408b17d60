#[path = "../../scopes.rs"]
mod scopes;

use scopes::Answer;
use std::sync::Arc;
use typed_pipeliner::{Runs, run};

fn spawn(_: impl Future<Output = ()> + Send + 'static) {}

fn answer(store: Arc<impl Runs<Answer>>) {
    spawn(async move { drop(run::<Answer>(&store).await) });
}

fn main() {}
