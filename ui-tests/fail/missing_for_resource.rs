#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Quotient};
use typed_pipeliner::Store;

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Quotient>();
}
