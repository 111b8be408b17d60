use typed_pipeliner::{HList, In, Out, resource, step};
use typed_pipeliner::dyn_step::SharedStep;
use std::sync::Arc;

resource! { Number: u32; Text: String; Doubled: u32; Doubler: SharedStep<HList![Number], HList![Doubled]>; }

#[step]
fn parse(number: In<'_, Number>) -> Out<Doubled> {
    2 * number
}

#[step]
fn choose() -> Out<Doubler> {
    Arc::new(Parse)
}

fn main() {}
