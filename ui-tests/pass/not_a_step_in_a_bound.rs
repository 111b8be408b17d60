use pipeliner::{HList, Inputs, Outputs, Runs, Step, hlist, hlist_pat, resource};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

struct Divide;
impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base / divisor])
    }
}

fn divide(_: &impl Runs<Divide>) {}

fn main() {}
