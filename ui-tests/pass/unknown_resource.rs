#[path = "../calc.rs"]
mod calc;

use calc::Calc;
use typed_pipeliner::Store;

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.get::<calc::Quotient>();
}
