#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor, GetDivision, Quotient};
use typed_pipeliner::{Store, run};

fn main() {
    // The next lines make no second error.
    let store = Store::<Calc>::new().with("base", 38).with(Divisor, 3);
    let _ = store.get::<Quotient>();
    let _ = run::<GetDivision>(&store);
}
