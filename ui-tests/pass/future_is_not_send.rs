#[path = "../calc.rs"]
mod calc;

use calc::{Base, Quotient};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat};
use std::sync::Arc;

struct Halve;
impl Step for Halve {
    type Inputs = HList![Base];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let shared = Arc::new(*base);
        std::future::ready(()).await;
        Ok(hlist![*shared / 2])
    }
}

fn main() {}
