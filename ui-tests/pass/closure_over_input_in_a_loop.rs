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
        let mut pages = Vec::new();
        let mut fetches = futures::stream::FuturesOrdered::new();
        for url in urls {
            fetches.push_back(page(url));
        }
        while let Some(page) = fetches.next().await {
            pages.push(page);
        }
        Ok(hlist![pages])
    }
}

async fn page(url: &str) -> usize {
    url.len()
}

fn main() {}
