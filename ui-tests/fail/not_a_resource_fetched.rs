#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divide, Divisor};
use typed_pipeliner::{Store, fetch};

fn main() {
    let store = Store::<Calc>::new().with(Divisor, 3);
    let _ = fetch::<Divide>(&store);
}
