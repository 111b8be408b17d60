#[path = "../calc.rs"]
mod calc;

use calc::{Base, BaseProvider, Divide, Divisor, Mod};
use typed_pipeliner::{HList, Pipeline, Store};

/// A group, as a crate may export it.
type Arithmetic = HList![Divide, Mod];

struct Grouped;
impl Pipeline for Grouped {
    type Steps = HList![BaseProvider, Arithmetic];
}

fn main() {
    let _ = Store::<Grouped>::new().with(Base, 38).with(Divisor, 3);
}
