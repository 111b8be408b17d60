//! The state of a service: the type of a store that holds nothing, and `main` supplied a value.

#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Request, User};
use std::sync::Arc;
use typed_pipeliner::{RunError, Store, run};

type AppStore = Arc<Store<App>>;

async fn handle(app: AppStore, user: String) -> Result<String, RunError> {
    let request = Store::<Request>::within(app).with(User, user);
    run::<Answer>(&request).await
}

fn main() {
    let _ = handle;
}
