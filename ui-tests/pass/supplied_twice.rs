#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc, Divisor};
use typed_pipeliner::Store;

fn main() {
    let _ = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
}
