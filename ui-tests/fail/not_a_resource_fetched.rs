#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide, Divisor};
use pipeliner::{Store, fetch};

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = fetch::<Divide>(&store);
}
