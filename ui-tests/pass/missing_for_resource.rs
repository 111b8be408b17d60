#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor, Quotient};
use typed_pipeliner::Store;

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}
