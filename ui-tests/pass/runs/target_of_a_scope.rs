#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Request, Url, User};
use std::sync::Arc;
use typed_pipeliner::{HList, RunError, Store, StoreOf, run};

async fn answer(app: Arc<StoreOf<App, HList![Url]>>) -> Result<String, RunError> {
    run::<Answer>(&Store::<Request>::within(app).with(User, String::new())).await
}

fn main() {
    let _ = answer;
}
