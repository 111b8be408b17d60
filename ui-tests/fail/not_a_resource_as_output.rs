#[path = "../calc.rs"]
mod calc;

use calc::Base;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};

struct Half;

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base];
    type Outputs = HList![Half];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / 2])
    }
}

fn main() {}
