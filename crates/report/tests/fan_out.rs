//! A fan-out in a report.

#[path = "../../../tests/support/halves.rs"]
mod halves;

use halves::{App, Numbers, PerNumber};
use serde_json::Value;
use typed_pipeliner::each::ForEach;
use typed_pipeliner::{Store, run};
use typed_pipeliner_report::{Recorder, ReportExt, RunReport};

/// The report of a run for these numbers.
fn report(numbers: &[u32]) -> RunReport {
    let (store, recorder) = (Store::<App>::new().with(Numbers, numbers.to_vec()), Recorder::new());
    let result = smol::block_on(run::<ForEach<PerNumber>>(&store).observe(recorder.clone()));
    match result {
        Ok(_) => recorder.report(),
        Err(error) => error.report().unwrap().clone(),
    }
}

#[test]
fn table_counts_elements() {
    let report = report(&[2, 4, 6]);
    assert_eq!(
        report.without_times().to_string(),
        "run of PerNumber succeeded: 1 of 1 step ran\n\
         \x20 PerNumber  ran, 3 of 3\n"
    );
    let step = report.step("PerNumber").unwrap();
    assert_eq!((step.progress(), step.runs().len()), (Some((3, 3)), 3));
    assert_eq!(report.duration("Halve"), report.runs()[0].steps()[0].runs()[2].steps()[0].duration());
}

#[test]
fn table_shows_the_element_that_failed() {
    let report = report(&[2, 3, 4]);
    assert_eq!(
        report.without_times().to_string(),
        "run of PerNumber failed: 0 of 1 step ran, 1 failed\n\
         \x20 PerNumber  failed, 2 of 3\n\
         \x20   Halve    failed\n\
         \x20   Give     not reached\n\
         Halve failed: odd\n"
    );
    let failures: Vec<_> = report.failures().map(|step| (step.name(), step.root_cause())).collect();
    assert_eq!(failures, [("Halve", Some("odd"))]);
    assert!(report.to_svg().contains("Halve"));
}

#[test]
fn json_and_trace_name_each_element() {
    let report = report(&[2, 3, 4]);
    let json: Value = serde_json::from_str(&report.to_json()).unwrap();
    let step = &json["runs"][0]["steps"][0];
    assert_eq!(step["progress"], serde_json::json!([2, 3]));
    assert_eq!(step["runs"][1]["element"], serde_json::json!({"place": 1, "key": "n3"}));
    assert_eq!(json["runs"][0]["element"], Value::Null);
    assert!(report.to_trace().contains(r#""name":"element 1 of PerNumber, n3""#));
}

#[test]
fn report_of_many_elements_is_made_in_time() {
    assert_eq!(report(&vec![2; 20_000]).step("PerNumber").unwrap().runs().len(), 20_000);
}
