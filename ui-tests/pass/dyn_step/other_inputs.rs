use typed_pipeliner::{AnyStep, HList, In, Out, resource, step};
use std::sync::Arc;

resource! { Number: u32; Text: String; Doubled: u32; Doubler: AnyStep<HList![Number], HList![Doubled]>; }

#[step]
fn parse(number: In<'_, Number>) -> Out<Doubled> {
    2 * number
}

#[step]
fn choose() -> Out<Doubler> {
    Arc::new(Parse)
}

fn main() {}
