#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Quotient};
use typed_pipeliner::{Provides, Store, fetch};

async fn quotient(store: &impl Provides<Quotient>) {
    let _ = fetch::<Quotient>(store).await;
}

fn main() {
    drop(quotient(&Store::<Calc>::new()));
}
