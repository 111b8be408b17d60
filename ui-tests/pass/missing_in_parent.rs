#[path = "../scopes.rs"]
mod scopes;

use typed_pipeliner::{Store, run};
use scopes::{Answer, App, Request, Url, User};

fn main() {
    let app = Store::<App>::new().with(Url, String::new());
    let request = Store::<Request>::within(&app).with(User, String::new());
    let _ = run::<Answer>(&request);
}
