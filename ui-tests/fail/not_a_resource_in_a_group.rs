#[path = "../calc.rs"]
mod calc;

use calc::{Base, Divisor};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! { Half: i64; }

struct TheHalf;

/// The outputs of several steps.
type Halves = HList![TheHalf];

struct Halve;
impl Step for Halve {
    type Inputs = HList![Base];
    type Outputs = HList![Divisor, Halves];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![2, hlist![base / 2]])
    }
}

fn main() {}
