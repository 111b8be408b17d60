use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, StoreOf, resource, run, step};

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

async fn text(store: &StoreOf<App, HList![Url]>) -> Result<String, RunError> {
    let text = run::<Answer>(store).await?;
    Ok(text)
}

fn main() {
    let _ = text;
}
