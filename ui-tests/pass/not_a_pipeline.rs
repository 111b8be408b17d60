#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use typed_pipeliner::{HList, Store};

struct Mine;
impl typed_pipeliner::Pipeline for Mine {
    type Steps = HList![calc::Divide];
}

fn main() {
    let _ = Store::<Mine>::new().with(Base, 38).with(Divisor, 3);
}
