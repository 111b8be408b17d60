#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divide, Divisor, GetDivision, Mod};
use typed_pipeliner::{HList, Pipeline, Store, run};

struct NoBase;
impl Pipeline for NoBase {
    type Steps = HList![Divide, Mod, GetDivision];
}

fn main() {
    let store = Store::<NoBase>::new().with(Base, 38).with(Divisor, 3);
    let _ = run::<GetDivision>(&store);
}
