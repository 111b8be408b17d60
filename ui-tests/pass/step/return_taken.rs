use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

resource! { Doubled: i64; }

#[step]
fn double(base: In<'_, Base>) -> (Out<Doubled>, Return<i64>) {
    (2 * base, Return(2 * base))
}

#[step]
async fn divide(base: In<'_, Doubled>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide, Double];
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}
