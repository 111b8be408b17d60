#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Request, Url, User};
use std::sync::Arc;
use typed_pipeliner::{HList, RunError, Store, StoreOf, run};

type AppStore = Arc<StoreOf<App, HList![Url]>>;

async fn handle(app: AppStore, user: String) -> Result<String, RunError> {
    let request = Store::<Request>::within(app).with(User, user);
    run::<Answer>(&request).await
}

fn main() {
    let _ = handle;
}
