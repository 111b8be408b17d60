#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, User};
use typed_pipeliner::{Provides, RunError, Runs, fetch};

async fn user<S: Runs<Answer> + Provides<User>>(store: &S) -> Result<String, RunError> {
    fetch::<User>(store).await.cloned()
}

fn main() {}
