//! A fan-out on the page.

#[path = "../../../tests/support/halves.rs"]
mod halves;
mod support;

use halves::{App, Numbers, PerNumber};
use support::now;
use typed_pipeliner::each::ForEach;
use typed_pipeliner::{Store, run};
use typed_pipeliner_explorer::Explorer;

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
