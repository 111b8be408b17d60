#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use typed_pipeliner::{HList, StoreOf};

struct Mine;
impl typed_pipeliner::Pipeline for Mine {
    type Steps = HList![calc::Divide];
}

struct App {
    store: StoreOf<Mine, HList![Base, Divisor]>,
}

fn main() {}
