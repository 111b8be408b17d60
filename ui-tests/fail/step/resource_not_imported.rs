use typed_pipeliner::{HList, In, Out, Pipeline, Store, step};

mod values {
    typed_pipeliner::resource! { pub Base: i64; pub Divisor: i64; pub Quotient: i64; }
}
use values::{Base, Quotient};

#[step]
async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38);
    let _ = store.resource::<Quotient>();
}
