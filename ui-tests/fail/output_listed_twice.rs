#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, hlist_pat};

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient, Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / divisor, base / divisor])
    }
}

struct Repeats;
impl Pipeline for Repeats {
    type Steps = HList![Divide];
}

fn main() {
    let _ = Store::<Repeats>::new();
}
