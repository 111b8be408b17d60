use std::time::Duration;
use typed_pipeliner::policy::Retry;
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Store, resource, step};

resource! { Url: String; Page: Html; }

#[derive(Clone)]
pub struct Html(String);

#[step(retry_if = is_transient, timeout = Duration::from_secs(30), fallback = stale_page)]
async fn fetch(url: In<'_, Url>) -> Result<Out<Page>, std::io::Error> {
    Ok(Html(url.clone()))
}

const ATTEMPTS: Retry = Retry::times(3);

fn is_transient(error: &std::io::Error) -> bool {
    error.to_string().is_empty()
}

fn stale_page(url: In<'_, Url>, error: &BoxError) -> Option<Out<Page>> {
    error.to_string().is_empty().then(|| Html(url.clone()))
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let store = Store::<App>::new().with(Url, "https://a.b".to_owned());
    let _ = store.resource::<Page>();
    let _ = (Retry::attempts, ATTEMPTS, is_transient, stale_page, Duration::ZERO);
}
