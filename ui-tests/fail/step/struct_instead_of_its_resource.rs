use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

struct Settings;

resource! { Config: Settings; }

#[step]
async fn divide(_: In<'_, Settings>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    *divisor
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Config, Settings).with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}
