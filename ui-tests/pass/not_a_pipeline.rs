#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use pipeliner::{HList, Store};

struct Mine;
impl pipeliner::Pipeline for Mine {
    type Steps = HList![calc::Divide];
}

fn main() {
    let _ = Store::<Mine>::new().with(Base, 38).with(Divisor, 3);
}
