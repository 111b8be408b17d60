//! Steps whose outputs were taken from a journal, in a report.

#[path = "../../../tests/support/nightly.rs"]
mod nightly;

use nightly::MakeReport;
use serde_json::Value;
use typed_pipeliner::run;
use typed_pipeliner_report::{Outcome, Recorder, RunReport};

/// The report of a run in which `Load` was restored before it, and `Count` during it.
fn report() -> RunReport {
    smol::block_on(async {
        let (store, recorder) = (nightly::store().await, Recorder::new());
        run::<MakeReport>(&store).observe(recorder.clone()).await.unwrap();
        recorder.report()
    })
}

#[test]
fn restored_step_was_not_executed() {
    let report = report();
    assert_eq!(
        report.without_times().to_string(),
        "run of MakeReport succeeded: 2 of 4 steps ran, 2 restored\n\
         \x20 Fetch       ran\n\
         \x20 Count       restored\n\
         \x20 Load        restored\n\
         \x20 MakeReport  ran\n"
    );
    for name in ["Count", "Load"] {
        let step = report.step(name).unwrap();
        assert_eq!((step.outcome(), step.attempts()), (Outcome::Restored, 0));
        assert_eq!((step.start(), step.duration(), report.duration(name)), (None, None, None), "{name}");
    }
    assert!(report.duration("Fetch").is_some());
}

#[test]
fn restored_step_has_no_bar_in_any_form() {
    let report = report();
    let table = report.to_string();
    let line = |name: &str| table.lines().find(|line| line.contains(&format!(" {name} "))).unwrap();
    assert!(line("Fetch").contains('█'), "{table}");
    assert!(line("Count").contains("restored") && !line("Count").contains('█'), "{table}");
    assert!(line("Load").contains("restored") && !line("Load").contains('█'), "{table}");

    let svg = report.to_svg();
    assert_eq!(svg.matches("<g class=\"step restored").count(), 2, "{svg}");
    assert_eq!(svg.matches("<rect class=\"bar\"").count(), 2, "{svg}");

    let json: Value = serde_json::from_str(&report.to_json()).unwrap();
    let count = &json["runs"][0]["steps"][1];
    assert_eq!(
        (&count["outcome"], &count["start"], &count["duration"]),
        (&"restored".into(), &Value::Null, &Value::Null)
    );

    let trace: Value = serde_json::from_str(&report.to_trace()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |kind: &str| {
        let events = events.iter().filter(|event| event["ph"] == kind && event["cat"] == "step");
        events.map(|event| event["name"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of("X"), ["Fetch", "MakeReport"]);
    assert_eq!(of("i"), ["Count: restored", "Load: restored"]);
}
