//! Texts of others on the page.

mod support;
#[path = "../../../tests/support/texts.rs"]
mod texts;

use std::cell::Cell;
use support::{json, names, now};
use texts::{NAMES, is_harmless};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Step, Store, identity, plan, run};
use typed_pipeliner_explorer::Explorer;

thread_local! {
    /// The name of everything.
    static NAME: Cell<&'static str> = const { Cell::new("") };
}

struct Named;
impl Resource for Named {
    type Value = u8;
    type Identity = identity!("explorer_names::Named");
    fn name() -> &'static str {
        NAME.get()
    }
}

/// A step that fails with its name.
struct Fails;
impl Step for Fails {
    type Inputs = HList![];
    type Outputs = HList![Named];
    type Error = &'static str;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Err(NAME.get())
    }
    fn name() -> &'static str {
        NAME.get()
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fails];
}

#[test]
fn names_errors_and_values_are_shown_as_text() {
    for (name, shown) in NAMES {
        NAME.set(name);
        smol::block_on(async {
            let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await.unwrap();
            let store = std::sync::Arc::new(Store::<App>::new());
            explorer.add(&plan::<Fails>(&store));
            let observer = explorer.observer().show(&store, name, move |_| Some(name.to_owned()));
            run::<Fails>(&store).observe(observer).await.unwrap_err();

            let first = now(explorer.address(), "/events");
            let graph = json(explorer.address(), &format!("/graph/{}", first["show"]["graph"]));
            assert_eq!((names(&graph["steps"]), names(&graph["resources"])), (vec![shown], vec![shown]));
            assert_eq!(first["list"]["runs"][0]["target"], shown);
            let value = &first["values"][0];
            assert_eq!(value[0], shown);
            // These two keep their lines.
            for text in [&value[1], &first["show"]["steps"][0]["error"][0]] {
                assert_eq!(text.as_str().unwrap().replace(['\n', '\t'], " "), shown);
            }
            for text in strings(&first).into_iter().chain(strings(&graph)) {
                assert!(is_harmless(text), "{text:?}");
            }
        });
    }
}

/// All texts in a value.
fn strings(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) => vec![text],
        serde_json::Value::Array(values) => values.iter().flat_map(strings).collect(),
        serde_json::Value::Object(values) => values.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
