#[path = "../scopes.rs"]
mod scopes;

use typed_pipeliner::Store;
use scopes::{App, Request};
use std::sync::Arc;

fn main() {
    let app = Arc::new(Store::<App>::new());
    let _ = Store::<Request>::within(&*app);
    let _ = Store::<Request>::within(Arc::clone(&app));
}
