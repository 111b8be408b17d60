#[path = "../calc.rs"]
mod calc;

use calc::{BaseProvider, Divide};
use typed_pipeliner::{HList, Pipeline};

struct Mistaken;
impl Pipeline for Mistaken {
    type Steps = HList![BaseProvider, Divide];
}

fn main() {}
