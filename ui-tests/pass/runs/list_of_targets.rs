#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, App, Connect, Request, Url, User};
use typed_pipeliner::{RunError, Store, run};

async fn both() -> Result<(), RunError> {
    let app = Store::<App>::new().with(Url, String::new());
    let request = Store::<Request>::within(&app).with(User, String::new());
    let (_pool, _answer) = futures::future::try_join(run::<Connect>(&app), run::<Answer>(&request)).await?;
    Ok(())
}

fn main() {
    let _ = both;
}
