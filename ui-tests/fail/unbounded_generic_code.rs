#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide};
use typed_pipeliner::{Store, Supply, run};

async fn divide<G: Supply>(store: &Store<Calc, G>) {
    let _ = run::<Divide>(store).await;
}

fn main() {}
