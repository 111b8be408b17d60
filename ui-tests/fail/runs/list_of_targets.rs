#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Connect, Url};
use typed_pipeliner::{HList, Store, run};

fn main() {
    let app = Store::<App>::new().with(Url, String::new());
    let _ = run::<HList![Connect, Answer]>(&app);
}
