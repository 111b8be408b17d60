#[path = "../calc.rs"]
mod calc;

use calc::{Base, BaseProvider, Divide, Divisor};
use typed_pipeliner::{HList, Pipeline, Store, run};

struct Empty;
impl Pipeline for Empty {
    type Steps = HList![BaseProvider, Divide];
}

fn main() {
    let store = Store::<Empty>::new().with(Base, 38).with(Divisor, 3);
    let _ = run::<Divide>(&store);
}
