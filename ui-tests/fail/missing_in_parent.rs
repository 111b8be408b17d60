#[path = "../scopes.rs"]
mod scopes;

use typed_pipeliner::{Store, run};
use scopes::{Answer, App, Request};

fn main() {
    let app = Store::<App>::new();
    let request = Store::<Request>::within(&app);
    let _ = run::<Answer>(&request);
}
