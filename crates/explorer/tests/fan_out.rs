//! A fan-out on the page.

mod support;

use support::now;
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};
use typed_pipeliner_explorer::Explorer;

resource! { Numbers: Vec<u32>; Number: u32; Half: u32; Halves: Vec<u32>; }

#[step]
async fn halve(number: In<'_, Number>) -> Result<Out<Half>, &'static str> {
    if number & 1 == 0 { Ok(number / 2) } else { Err("odd") }
}

#[step]
fn give(half: In<'_, Half>) -> Return<u32> {
    Return(*half)
}

struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![Halve];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![];
    type Target = Give;
    type Into = Halves;
    const AT_ONCE: usize = 1;

    fn key(number: In<'_, Number>) -> Option<String> {
        Some(format!("n{number}"))
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerNumber>];
}

#[test]
fn page_counts_elements_and_does_not_list_their_runs() {
    smol::block_on(async {
        let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await.unwrap();
        let store = Store::<App>::new().with(Numbers, vec![2; 300]);
        run::<ForEach<PerNumber>>(&store).observe(explorer.observer()).await.unwrap();
        let first = now(explorer.address(), "/events");
        assert_eq!(first["list"]["runs"].as_array().unwrap().len(), 1);
        assert_eq!(first["show"]["title"], "PerNumber");
        assert_eq!(first["show"]["steps"][0]["state"], "finished");
        assert_eq!(first["show"]["steps"][0]["progress"], serde_json::json!([300, 300]));
    });
}
