//! The error of a handler has no conversion from that of a run.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, StoreOf, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

#[derive(Debug)]
enum ServiceError {
    Unavailable,
}

async fn text(store: &StoreOf<App, HList![Url]>) -> Result<String, ServiceError> {
    Ok(run::<Answer>(store).await?)
}

fn main() {
    let _ = (text, ServiceError::Unavailable);
}
