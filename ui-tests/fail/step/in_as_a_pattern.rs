use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

resource! { Pair: (i64, i64); }

#[step]
async fn divide(In(pair): In<'_, Pair>) -> Out<Quotient> {
    pair.0 / pair.1
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Pair, (38, 3));
    let _ = store.resource::<Quotient>();
}
