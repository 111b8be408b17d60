#[path = "../calc.rs"]
mod calc;

use calc::{Modulus, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist};

struct Shorten;
impl Step for Shorten {
    type Inputs = HList![Modulus];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![0])
    }
}

fn main() {}
