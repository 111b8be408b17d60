#[path = "../calc.rs"]
mod calc;

use calc::{Divide, Quotient};
use typed_pipeliner::{Runs, fetch, run};

async fn divide<S: Runs<Divide>>(store: &S) {
    let _ = run::<Divide>(store).await;
    let _ = fetch::<Quotient>(store).await;
}

fn main() {}
