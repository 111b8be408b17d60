use typed_pipeliner::{In, Out, Pipeline, Store, resource, run, step};

resource! { Base: i64; Quotient: i64; }

#[step]
async fn divide(base: In<'_, Base>) -> Out<Quotient> {
    *base
}

struct Calc;
impl Pipeline for Calc {
    type Steps = (Divide,);
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38);
    let _ = run::<Divide>(&store);
}
