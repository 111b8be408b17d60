//! The attribute stands before another impl of the pipeline.

use typed_pipeliner::{HList, Pipeline, Scoped, pipeline};

struct App;
impl Pipeline for App {
    type Steps = HList![];
}

struct PerRequest;
impl Pipeline for PerRequest {
    type Steps = HList![];
}
#[pipeline]
impl Scoped for PerRequest {
    type Parent = App;
}

fn main() {}
