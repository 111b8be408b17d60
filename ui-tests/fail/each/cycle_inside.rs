use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! {
    Urls: Vec<String>;
    Client: &'static str;
    Sizes: Vec<usize>;
    Total: usize;
    Url: String;
    Page: String;
    Egg: u8;
    Hen: u8;
}

#[step]
fn fetch(url: In<'_, Url>, client: In<'_, Client>) -> Out<Page> {
    format!("{url} for {client}")
}

#[step]
fn measure(page: In<'_, Page>) -> Return<usize> {
    Return(page.len())
}

#[step]
fn add_up(sizes: In<'_, Sizes>) -> Out<Total> {
    sizes.iter().sum()
}

#[step]
fn lay(hen: In<'_, Hen>) -> Out<Egg> {
    *hen
}

#[step]
fn hatch(egg: In<'_, Egg>) -> Out<Hen> {
    *egg
}

#[step]
fn count(egg: In<'_, Egg>) -> Return<usize> {
    Return(usize::from(*egg))
}

struct PerUrl;
impl Pipeline for PerUrl {
    type Steps = HList![Fetch, Lay, Hatch];
}
impl Each for PerUrl {
    type Over = Urls;
    type Item = Url;
    type Takes = HList![Client];
    type Target = Count;
    type Into = Sizes;
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerUrl>, AddUp];
}

fn main() {
    let store = Store::<App>::new().with(Urls, vec![]).with(Client, "me");
    let _ = run::<AddUp>(&store);
}
