#[path = "../calc.rs"]
mod calc;

use calc::Calc;
use pipeliner::Store;

fn main() {
    let _ = Store::<Calc>::new().with("base", 38);
}
