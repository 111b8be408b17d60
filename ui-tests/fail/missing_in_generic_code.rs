#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide};
use typed_pipeliner::{Runs, Store, run};

async fn divide(store: &impl Runs<Divide>) {
    let _ = run::<Divide>(store).await;
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = divide(&store);
}
