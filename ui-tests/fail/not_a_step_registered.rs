#[path = "../calc.rs"]
mod calc;

use calc::{BaseProvider, Quotient};
use typed_pipeliner::{HList, Pipeline};

struct Mistaken;
impl Pipeline for Mistaken {
    type Steps = HList![BaseProvider, Quotient];
}

fn main() {}
