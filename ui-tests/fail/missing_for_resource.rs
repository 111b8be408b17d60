#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Quotient};
use pipeliner::Store;

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Quotient>();
}
