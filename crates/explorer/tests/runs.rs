//! What the page is sent of runs.

#[path = "../../../tests/support/nightly.rs"]
mod nightly;
#[path = "../../../tests/support/service.rs"]
mod service;
mod support;

use serde_json::{Value, json};
use service::{Server, Service as Closing};
use smol::future::poll_once;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use support::{App, Count, Divide, Events, Measure, Ratio, Text, Words, json, names, now};
use typed_pipeliner::policy::{Retry, Timer};
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Plan, Return, Scoped, Store, plan, resource, run, step};
use typed_pipeliner_explorer::Explorer;

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A run of the pipeline that the explorer shows.
async fn divide_in(explorer: &Explorer, text: &'static str) -> bool {
    let store = Store::<App>::new().with(Text, text);
    run::<Divide>(&store).observe(explorer.observer()).await.is_ok()
}

/// The graph of the run or plan that a page shows.
fn graph(address: SocketAddr, show: &Value) -> Value {
    json(address, &format!("/graph/{}", show["graph"]))
}

#[test]
fn two_lines_show_a_run_under_smol() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        assert!(divide_in(&explorer, "three little words").await);
        check(&explorer);
    });
}

#[tokio::test]
async fn two_lines_show_a_run_under_tokio() {
    let explorer = Explorer::serve(LOOPBACK).await.unwrap();
    assert!(divide_in(&explorer, "three little words").await);
    tokio::task::spawn_blocking(move || check(&explorer)).await.unwrap();
}

/// The page has the run, and a graph of what the observer was given.
fn check(explorer: &Explorer) {
    let first = now(explorer.address(), "/events");
    assert_eq!(first["show"]["state"], "succeeded");
    assert_eq!(first["show"]["title"], "Divide");
    let steps = first["show"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["state"] == "finished" && step["ended"].is_f64()), "{steps:?}");
    assert_eq!(first["list"]["runs"][0]["target"], "Divide");

    let graph = graph(explorer.address(), &first["show"]);
    assert_eq!(names(&graph["steps"]), ["Split", "CountWords", "Measure", "Divide"]);
    assert_eq!(graph["resources"], json!([]));
    let mut edges: Vec<_> = graph["drawing"]["edges"].as_array().unwrap().iter().collect();
    edges.sort_by_key(|edge| (edge["from"].as_u64(), edge["to"].as_u64()));
    let ends: Vec<_> = edges.iter().map(|edge| json!([edge["from"], edge["to"]])).collect();
    assert_eq!(json!(ends), json!([[0, 1], [0, 2], [1, 3], [2, 3]]));
    let height = |step: usize| graph["drawing"]["nodes"][step]["y"].as_f64().unwrap();
    assert!(height(0) < height(1) && height(1) < height(3) && height(2) < height(3));
}

#[test]
fn a_page_receives_each_change() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let mut events = Events::open(explorer.address(), "/events");
        assert_eq!(events.next().unwrap()["show"]["kind"], "nothing");
        assert!(!divide_in(&explorer, "").await);
        let state = |event: &Value| event["show"]["state"].as_str().unwrap_or_default().to_owned();
        let ended = events.find(|event| state(event) == "failed").unwrap();
        let steps = ended["show"]["steps"].as_array().unwrap();
        assert_eq!(steps[3]["state"], "failed");
        assert_eq!(steps[3]["error"], json!(["<b>division</b> by zero</script>"]));
        assert_eq!(steps[0]["error"], Value::Null);
    });
}

#[test]
fn a_plan_names_the_resources_and_is_shown_before_the_first_run() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let address = explorer.address();
        let store = Store::<App>::new().with(Text, "three little words");
        explorer.add(&plan::<Measure>(&store));
        let before = now(address, "/events")["show"].take();
        assert_eq!((&before["kind"], &before["title"]), (&json!("plan"), &json!("Measure in App")));
        let states: Vec<_> = before["steps"].as_array().unwrap().iter().map(|step| &step["state"]).collect();
        assert_eq!(states, ["planned", "idle", "planned", "idle"]);

        // A run of another target is not of this plan.
        assert!(divide_in(&explorer, "one").await);
        let other = now(address, "/events")["show"].take();
        assert_eq!(graph(address, &other)["resources"], json!([]));

        run::<Measure>(&store).observe(explorer.observer()).await.unwrap();
        let after = now(address, "/events")["show"].take();
        assert_eq!(after["title"], "Measure in App");
        // The picture stays.
        assert_eq!(after["graph"], before["graph"]);
        let drawn = graph(address, &after);
        assert_eq!(names(&drawn["resources"]), ["Text", "Words", "Count", "Longest", "Ratio"]);
        assert_eq!(drawn["resources"][0]["supplied"], true);

        // A plan of the pipeline as a whole is of all targets.
        explorer.add(&Plan::of::<App>());
        assert!(divide_in(&explorer, "one").await);
        let whole = now(address, "/events")["show"].take();
        assert_eq!(whole["title"], "App");
        assert_eq!(graph(address, &whole)["resources"].as_array().unwrap().len(), 5);
    });
}

/// A pipeline among many that have other names.
struct Numbered<const NUMBER: usize>;
impl<const NUMBER: usize> Pipeline for Numbered<NUMBER> {
    type Steps = HList![Connect];
}

#[test]
fn a_plan_replaces_the_same_plan_of_an_earlier_moment_and_fifty_plans_are_kept() {
    macro_rules! add {
        ($explorer:ident: $($tens:literal)*) => {
            $(add!($explorer, $tens, 0 1 2 3 4 5 6 7 8 9);)*
        };
        ($explorer:ident, $tens:literal, $($ones:literal)*) => {
            $($explorer.add(&Plan::of::<Numbered<{ $tens * 10 + $ones }>>());)*
        };
    }
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let plans = || now(explorer.address(), "/events")["list"]["plans"].take();
        explorer.add(&Plan::of::<App>());
        let first = plans();
        explorer.add(&Plan::of::<App>());
        assert_eq!(plans(), first, "the same plan");
        let store = Store::<App>::new().with(Text, "words");
        explorer.add(&Plan::of_store(&store));
        let second = plans();
        assert_eq!(second.as_array().unwrap().len(), 1);
        assert_ne!(second, first, "the plan of a later moment");

        add!(explorer: 0 1 2 3 4 5 6 7 8 9);
        let all = plans();
        let titles: Vec<_> = all.as_array().unwrap().iter().map(|plan| plan["title"].as_str().unwrap()).collect();
        assert_eq!(titles.len(), 50);
        assert_eq!((titles[0], titles[49]), ("Numbered<99>", "Numbered<50>"));
    });
}

#[test]
fn values_are_shown_only_if_the_caller_says_how() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let address = explorer.address();
        let store = Arc::new(Store::<App>::new().with(Text, "my secret words"));
        run::<Divide>(&store).observe(explorer.observer()).await.unwrap();
        let all = now(address, "/events");
        assert_eq!(all["values"], json!([]));
        assert!(!all.to_string().contains("secret"));

        let store = Arc::new(Store::<App>::new().with(Text, "my secret words"));
        let long = "é".repeat(5_000);
        let observer = explorer
            .observer()
            .show(&store, "Words", |store| store.get::<Words>().map(|words| words.len().to_string()))
            .show(&store, "Count", |store| store.get::<Count>().map(usize::to_string))
            .show(&store, "Ratio", |store| store.get::<Ratio>().map(usize::to_string))
            .show(&store, "Long", move |_| Some(long.clone()));
        // `Ratio` is not computed.
        run::<support::CountWords>(&store).observe(observer).await.unwrap();
        let all = now(address, "/events");
        let kept = format!("{}…", "é".repeat(2_000));
        assert_eq!(all["values"], json!([["Words", "3"], ["Count", "3"], ["Long", kept]]));
        assert!(!all.to_string().contains("secret"));
    });
}

#[test]
fn an_observer_does_not_keep_the_store_after_the_run() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let store = Arc::new(Store::<App>::new().with(Text, "words"));
        let observer = explorer.observer().show(&store, "Count", |store| store.get::<Count>().map(usize::to_string));
        run::<Divide>(&store).observe(observer).await.unwrap();
        assert!(Arc::into_inner(store).is_some());
    });
}

resource! { Pool: u32; Greeting: String; }

#[step]
fn connect() -> Out<Pool> {
    7
}

#[step]
fn greet(pool: In<'_, Pool>) -> Return<String> {
    Return(format!("hello from {pool}"))
}

struct Service;
impl Pipeline for Service {
    type Steps = HList![Connect];
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![Greet];
}
impl Scoped for Request {
    type Parent = Service;
}

#[test]
fn a_run_in_the_parent_store_is_a_child_of_the_run_that_needs_it() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let service = Store::<Service>::new();
        let request = Store::<Request>::within(&service);
        run::<Greet>(&request).observe(explorer.observer()).await.unwrap();

        let first = now(explorer.address(), "/events");
        let runs = first["list"]["runs"].as_array().unwrap();
        let [child, parent] = &runs[..] else { panic!("two runs: {runs:?}") };
        assert_eq!((&child["parent"], &parent["parent"]), (&parent["id"], &Value::Null));
        // The page follows the newest run that was asked for.
        assert_eq!(first["show"]["id"], parent["id"]);
        // A target that returns a value and is registered is one node. The resource of the parent
        // is another one.
        let drawn = graph(explorer.address(), &first["show"]);
        assert_eq!(names(&drawn["steps"]), ["Greet", "Pool"]);
        let states: Vec<_> = first["show"]["steps"].as_array().unwrap().iter().map(|step| &step["state"]).collect();
        assert_eq!(states, ["finished", "finished"]);

        // With a plan the resource of the parent store has a pill, too.
        explorer.add(&plan::<Greet>(&request));
        run::<Greet>(&request).observe(explorer.observer()).await.unwrap();
        let planned = now(explorer.address(), "/events");
        let drawn = graph(explorer.address(), &planned["show"]);
        assert_eq!(names(&drawn["steps"]), ["Greet", "Pool"]);
        assert_eq!(names(&drawn["resources"]), ["Pool"]);
        assert_eq!(drawn["steps"][1]["gives"], json!([0]));

        // The child can be looked at.
        let shown = now(explorer.address(), &format!("/events?run={}", child["id"]));
        assert_eq!(shown["show"]["id"], child["id"]);
        assert_eq!(names(&graph(explorer.address(), &shown["show"])["steps"]), ["Connect"]);
    });
}

#[test]
fn the_last_hundred_runs_are_kept_and_one_that_still_runs() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let (release, released) = smol::channel::bounded(1);
        let store = Store::<Waits>::new().with(Gate, released);
        let waiting = run::<Wait>(&store).observe(explorer.observer());
        let mut waiting = Box::pin(waiting);
        assert!(smol::future::poll_once(&mut waiting).await.is_none());
        for _ in 0..250 {
            assert!(divide_in(&explorer, "word").await);
        }
        let list = now(explorer.address(), "/events")["list"].take();
        let runs = list["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 100);
        let ids: Vec<_> = runs.iter().map(|run| run["id"].as_u64().unwrap()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "the newest is first: {ids:?}");
        let oldest = &runs[99];
        assert_eq!((&oldest["target"], &oldest["state"]), (&json!("Wait"), &json!("running")));

        // The page of a run that is dropped says so.
        let gone = now(explorer.address(), &format!("/events?run={}", ids[98] - 1));
        assert_eq!(gone["show"]["kind"], "gone");

        release.send(()).await.unwrap();
        waiting.await.unwrap();
        let list = now(explorer.address(), "/events")["list"].take();
        assert_eq!(list["runs"][99]["state"], "succeeded");
    });
}

resource! { Gate: smol::channel::Receiver<()>; Passed: (); }

#[step]
async fn wait(gate: In<'_, Gate>) -> Result<Out<Passed>, smol::channel::RecvError> {
    gate.recv().await
}

struct Waits;
impl Pipeline for Waits {
    type Steps = HList![Wait];
}

#[test]
fn an_observer_whose_explorer_is_gone_does_nothing() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let observer = explorer.observer();
        drop(explorer);
        let store = Store::<App>::new().with(Text, "word");
        run::<Divide>(&store).observe(observer).await.unwrap();
    });
}

#[test]
fn an_explorer_and_its_observers_can_be_sent_and_shared() {
    fn is<T: Send + Sync + 'static>() {}
    is::<Explorer>();
    is::<typed_pipeliner_explorer::ExplorerObserver>();
}

#[test]
fn close_is_shown_as_a_run_with_a_graph_of_its_own() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        explorer.add(&Plan::of::<Closing>());
        let store = Store::<Closing>::new().observed_by(explorer.observer());
        store.resource::<Server>().await.unwrap();
        assert!(store.close().await.is_err());
        let first = now(explorer.address(), "/events");
        let runs = first["list"]["runs"].as_array().unwrap();
        let closes: Vec<_> = runs.iter().map(|run| (&run["target"], &run["close"])).collect();
        assert_eq!(closes, [(&json!("Service"), &json!(true)), (&json!("Server"), &json!(false))]);
        assert_eq!((&first["show"]["close"], &first["show"]["state"]), (&json!(true), &json!("failed")));
        let states: Vec<_> = first["show"]["steps"].as_array().unwrap().iter().map(|step| &step["state"]).collect();
        assert_eq!(states, ["finished", "failed"]);
        let graph = graph(explorer.address(), &first["show"]);
        assert_eq!(graph["steps"][0]["needs"], json!([1]));
        assert_eq!(graph["steps"][1]["needs"], json!([]));
    });
}

#[test]
fn kept_and_restored_and_stale_steps_are_shown() {
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let store = nightly::store().await;
        explorer.add(&plan::<nightly::MakeReport>(&store));
        let states =
            |show: &Value| show["steps"].as_array().unwrap().iter().map(|step| step["state"].clone()).collect();
        let before = now(explorer.address(), "/events")["show"].take();
        let planned: Vec<_> = states(&before);
        assert_eq!(planned, ["planned", "planned", "restored", "planned"]);
        let drawn = graph(explorer.address(), &before);
        let keeping = |step: usize| ["kept", "absent", "stale"].map(|field| drawn["steps"][step][field].clone());
        let stale = "kept by version 0 of the step, which is version 2 now";
        assert_eq!(keeping(0), [json!(true), json!(false), json!(stale)]);
        assert_eq!(keeping(1), [json!(true), json!(false), json!("`Page` has to be computed first")]);
        assert_eq!(keeping(2), [json!(true), json!(false), json!(null)]);
        assert_eq!(keeping(3), [json!(false), json!(false), json!(null)]);

        let store = Arc::new(store);
        let observer =
            explorer.observer().show(&store, "Limit", |store| store.get::<nightly::Limit>().map(usize::to_string));
        run::<nightly::MakeReport>(&store).observe(observer).await.unwrap();
        let after = now(explorer.address(), "/events");
        let ended: Vec<_> = states(&after["show"]);
        assert_eq!(ended, ["finished", "restored", "restored", "finished"]);
        // It was not executed.
        assert_eq!(after["show"]["steps"][1]["started"], Value::Null);
        assert_eq!(after["values"], json!([["Limit", "10"]]));
    });
}

#[test]
fn the_attempts_of_a_step_and_its_fallback_are_shown() {
    resource! { Flaky: u8; }
    #[step(retry = Retry::times(1).after(Duration::from_secs(1)), fallback = guess)]
    fn fail() -> Result<Out<Flaky>, String> {
        Err("broken".to_owned())
    }
    fn guess(_: &BoxError) -> Option<Out<Flaky>> {
        Some(1)
    }
    struct Attempts;
    impl Pipeline for Attempts {
        type Steps = HList![Fail];
    }
    smol::block_on(async {
        let explorer = Explorer::serve(LOOPBACK).await.unwrap();
        let store = Store::<Attempts>::new();
        let step = || now(explorer.address(), "/events")["show"]["steps"][0].clone();

        let never = Timer::new(|_| std::future::pending());
        let mut pending = run::<Fail>(&store).observe(explorer.observer()).timer(never);
        assert!(poll_once(&mut pending).await.is_none());
        assert_eq!(step()["state"], "running");
        assert_eq!((&step()["attempt"], &step()["error"]), (&json!([2, 2]), &json!(["broken"])));
        drop(pending);

        run::<Fail>(&store).observe(explorer.observer()).timer(Timer::new(|_| async {})).await.unwrap();
        assert_eq!((&step()["state"], &step()["fallback"]), (&json!("finished"), &json!(true)));
    });
}
