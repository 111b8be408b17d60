#[path = "../calc.rs"]
mod calc;

use calc::{Base, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / 3])
    }
}

fn main() {}
