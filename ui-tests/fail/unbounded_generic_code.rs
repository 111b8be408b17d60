#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide};
use typed_pipeliner::{Store, run};
use typed_pipeliner::store::SuppliedValues;

async fn divide<G: SuppliedValues>(store: &Store<Calc, G>) {
    let _ = run::<Divide>(store).await;
}

fn main() {}
