#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Connect, Url};
use typed_pipeliner::{Store, run};

fn main() {
    let app = Store::new().with(Url, String::new());
    let _ = run::<Connect>(&app);
}
