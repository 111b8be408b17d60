//! A store that is kept goes on: only what is absent or stale is executed again.

#![cfg(feature = "journal")]

use std::sync::{Arc, Mutex};
use typed_pipeliner::journal::{Journal, Keeps, Memory};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

type Log = Arc<Mutex<Vec<&'static str>>>;

resource! { Url: String; Executed: Log; Page: String; Text: String; Words: usize; Letters: usize; Report: (usize, usize); }

#[step(keep, version = 1)]
async fn fetch(url: In<'_, Url>, executed: In<'_, Executed>) -> Out<Page> {
    executed.lock().unwrap().push("fetch");
    format!("  the page of {url}")
}

#[step]
fn trim(page: In<'_, Page>, executed: In<'_, Executed>) -> Out<Text> {
    executed.lock().unwrap().push("trim");
    page.trim().to_owned()
}

#[step(keep)]
fn count(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Words> {
    executed.lock().unwrap().push("count");
    text.split(' ').count()
}

#[step(keep = "measure")]
fn measure(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Letters> {
    executed.lock().unwrap().push("measure");
    text.len()
}

#[step(keep)]
fn add_up(words: In<'_, Words>, letters: In<'_, Letters>, executed: In<'_, Executed>) -> Out<Report> {
    executed.lock().unwrap().push("add_up");
    (*words, *letters)
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch, Trim, Count, Measure, AddUp];
}
impl Keeps for App {
    type Ambient = HList![Executed];
}

#[test]
fn second_process_executes_nothing() {
    let memory = Memory::new();
    for expected in [&["fetch", "trim", "count", "measure", "add_up"][..], &[]] {
        let journal = Journal::on(memory.clone());
        let log = Log::default();
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, log.clone());
        let store = smol::block_on(store.kept_in(&journal, "a")).unwrap();
        println!("{}", store.explain());
        assert_eq!(smol::block_on(store.resource::<Report>()).unwrap(), &(4, 13));
        assert_eq!(*log.lock().unwrap(), expected);
        println!("{}", store.explain());
    }
}
