#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, Request, User};
use typed_pipeliner::{Store, run};

fn main() {
    let request = Store::<Request>::new().with(User, String::new());
    let _ = run::<Answer>(&request);
}
