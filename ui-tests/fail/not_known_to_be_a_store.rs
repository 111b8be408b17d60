#[path = "../calc.rs"]
mod calc;

use calc::Divide;
use typed_pipeliner::run;

async fn divide<S>(store: &S) {
    let _ = run::<Divide>(store).await;
}

fn main() {}
