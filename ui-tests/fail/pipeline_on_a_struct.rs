//! The attribute of a pipeline stands before its struct.

use typed_pipeliner::{HList, Pipeline, pipeline};

#[pipeline]
struct App;
impl Pipeline for App {
    type Steps = HList![];
}

fn main() {}
