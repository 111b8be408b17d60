#[path = "../calc.rs"]
mod calc;

use calc::Divide;
use typed_pipeliner::{Runs, run};

async fn divide<S: Runs<Divide>>(store: &S) {
    let _ = run::<Divide>(store).await;
}

fn main() {}
