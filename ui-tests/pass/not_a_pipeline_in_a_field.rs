#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use pipeliner::{HList, StoreOf};

struct Mine;
impl pipeliner::Pipeline for Mine {
    type Steps = HList![calc::Divide];
}

struct App {
    store: StoreOf<Mine, HList![Base, Divisor]>,
}

fn main() {}
