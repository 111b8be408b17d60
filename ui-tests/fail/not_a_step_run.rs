#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc, Divisor, Quotient};
use typed_pipeliner::{Store, run};

fn main() {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
    let _ = run::<Quotient>(&store);
}
