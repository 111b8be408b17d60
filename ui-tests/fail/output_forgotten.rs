#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor, Modulus, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};

struct DivideAndMod;
impl Step for DivideAndMod {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient, Modulus];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / divisor])
    }
}

fn main() {}
