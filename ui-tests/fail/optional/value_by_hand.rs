#[path = "../../calc.rs"]
mod calc;

use calc::{Base, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base, Option<i64>];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / divisor.copied().unwrap_or(1)])
    }
}

fn main() {}
