#[path = "../calc.rs"]
mod calc;

use calc::{Calc, GetDivision};
use typed_pipeliner::{Store, run};

fn main() {
    let store = Store::<Calc>::new();
    let _ = run::<GetDivision>(&store);
}
