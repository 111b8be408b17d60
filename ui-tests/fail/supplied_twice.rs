#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc, Divisor, GetDivision};
use typed_pipeliner::{Store, run};

fn main() {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3).with(Base, 39);
    let _ = run::<GetDivision>(&store);
}
