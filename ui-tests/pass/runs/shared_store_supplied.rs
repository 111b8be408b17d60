#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Request, Url, User};
use std::sync::Arc;
use typed_pipeliner::{HList, RunError, Store, StoreOf, run};

async fn handle(app: Arc<StoreOf<App, HList![Url]>>, user: String) -> Result<String, RunError> {
    run::<Answer>(&Store::<Request>::within(app).with(User, user)).await
}

fn main() {
    let _ = handle;
}
