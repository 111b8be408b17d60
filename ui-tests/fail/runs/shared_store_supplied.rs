//! A value of a request is supplied to the store of the application, in place of a scope.

#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Url, User};
use std::sync::Arc;
use typed_pipeliner::{HList, RunError, StoreOf, run};

async fn handle(app: Arc<StoreOf<App, HList![Url]>>, user: String) -> Result<String, RunError> {
    run::<Answer>(&app.with(User, user)).await
}

fn main() {
    let _ = handle;
}
