use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! {
    Urls: Vec<String>;
    Client: &'static str;
    Sizes: Vec<usize>;
    Total: usize;
    Url: String;
    Page: String;
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

struct PerUrl;
impl Pipeline for PerUrl {
    type Steps = HList![Fetch];
}
impl Each for PerUrl {
    type Over = Urls;
    type Item = Url;
    type Takes = HList![Option<Client>];
    type Target = Measure;
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
