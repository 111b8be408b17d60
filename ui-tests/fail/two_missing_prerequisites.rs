#[path = "../calc.rs"]
mod calc;

use calc::{Divide, GetDivision, Mod};
use typed_pipeliner::{HList, Pipeline, Store, run};

struct NoBase;
impl Pipeline for NoBase {
    type Steps = HList![Divide, Mod, GetDivision];
}

fn main() {
    let store = Store::<NoBase>::new();
    let _ = run::<GetDivision>(&store);
}
