#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide, Divisor};
use typed_pipeliner::{Runs, Store, run};

async fn divide(store: &impl Runs<Divide>) {
    let _ = run::<Divide>(store).await;
}

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = divide(&store);
}
