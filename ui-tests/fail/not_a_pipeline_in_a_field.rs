#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use typed_pipeliner::{HList, StoreOf};

struct Mine;

struct App {
    store: StoreOf<Mine, HList![Base, Divisor]>,
}

fn main() {}
