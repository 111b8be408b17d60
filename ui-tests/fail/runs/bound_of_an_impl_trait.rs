//! The bound of an `impl Trait`, for another resource.

#[path = "../../scopes.rs"]
mod scopes;

use scopes::{Answer, User};
use typed_pipeliner::{RunError, Runs, fetch};

async fn user(store: &impl Runs<Answer>) -> Result<String, RunError> {
    fetch::<User>(store).await.cloned()
}

fn main() {}
