#[path = "../../scopes.rs"]
mod scopes;

use scopes::{App, Connect, Url};
use typed_pipeliner::{Store, run};

fn main() {
    let app = Store::<App>::new().with(Url, String::new());
    let _ = run::<Connect>(&app);
}
