//! A target whose inputs are those of a scope, run in the store of its parent.

#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Url};
use std::sync::Arc;
use typed_pipeliner::{HList, RunError, StoreOf, run};

async fn answer(app: Arc<StoreOf<App, HList![Url]>>) -> Result<String, RunError> {
    run::<Answer>(&app).await
}

fn main() {
    let _ = answer;
}
