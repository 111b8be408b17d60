#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / divisor])
    }
}

fn main() {}
