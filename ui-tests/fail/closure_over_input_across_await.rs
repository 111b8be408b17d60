use futures::StreamExt as _;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    Urls: Vec<String>;
    Pages: Vec<usize>;
}

struct Fetch;
impl Step for Fetch {
    type Inputs = HList![Urls];
    type Outputs = HList![Pages];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![urls]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let pages = futures::stream::iter(urls).map(|url| async move { url.len() }).buffered(8).collect().await;
        Ok(hlist![pages])
    }
}

fn main() {}
