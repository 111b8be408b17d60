use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

#[step]
fn tell(base: In<'_, Base>) -> Return<String> {
    Return(base.to_string())
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![];
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38);
    let _ = run::<Tell>(&store);
}
