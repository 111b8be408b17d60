use typed_pipeliner::{HList, Pipeline, Step, Store, resource};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

use typed_pipeliner::{Inputs, Outputs, hlist, hlist_pat};
use std::convert::Infallible;

struct Divide;

impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient];
    type Error = Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Infallible> {
        Ok(hlist![base / divisor])
    }
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}
