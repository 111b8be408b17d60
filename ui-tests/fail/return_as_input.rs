#[path = "../calc.rs"]
mod calc;

use calc::Quotient;
use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, hlist};

struct Shorten;
impl Step for Shorten {
    type Inputs = HList![Return<String>];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![0])
    }
}

fn main() {}
