#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor, GetDivision};
use typed_pipeliner::{Store, run};

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = run::<GetDivision>(&store);
}
