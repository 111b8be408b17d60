#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Pool, Request, Url, User};
use typed_pipeliner::{Store, run};

fn main() {
    let app = Store::<App>::new().with(Url, String::new());
    let request = Store::<Request>::within(&app).with(User, String::new());
    let _ = run::<Answer>(&request);

    // A test of a scope alone supplies the values of the parent.
    let request = Store::<Request>::new().with(User, String::new()).with(Pool, String::new());
    let _ = run::<Answer>(&request);
}
