//! Each format of a plan, read back by another program's parser.
//!
//! Where Graphviz or Mermaid is missing, its test is skipped with a note.

#[path = "../../../tests/support/hundred.rs"]
mod hundred;
#[path = "../../../tests/support/mod.rs"]
mod support;
#[path = "../../../tests/support/texts.rs"]
mod texts;

use hundred::Company;
use indicatif::InMemoryTerm;
use roxmltree::{Document, Node};
use serde_json::Value;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::{pipeline, ready, step};
use texts::{NAMES, is_harmless};
use typed_pipeliner::plan::{State, StepNode};
use typed_pipeliner::{
    HList, Inputs, Outputs, Plan, Resource, Return, Step, Store, StoreOf, hlist, identity, plan, resource, run,
};
use typed_pipeliner_progress::Progress;
use typed_pipeliner_report::Recorder;

resource! { Base: u8; Divisor: u8; Quotient: u8; Cache: u8; Egg: u8; Hen: u8; }

step!(Divide(_base: Base, _divisor: Divisor) -> [Quotient] { Ok(hlist![1]) });
step!(Show(_quotient: Quotient, _cache: Option<Cache>) -> [Return<()>] { Ok(hlist![Return(())]) });
step!(Lay(_hen: Hen) -> [Egg] { Ok(hlist![1]) });
step!(Hatch(_egg: Egg) -> [Hen] { Ok(hlist![1]) });

thread_local! {
    /// The name of a step and of its output.
    static ODD: Cell<&'static str> = const { Cell::new("") };
}

/// A resource with an odd name.
struct Odd;
impl Resource for Odd {
    type Value = u8;
    type Identity = identity!("plan_formats::Odd");
    fn name() -> &'static str {
        ODD.get()
    }
}

/// A step with an odd name.
struct Oddly;
impl Step for Oddly {
    type Inputs = HList![Base];
    type Outputs = HList![Odd];
    type Error = &'static str;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Err(ODD.get())
    }
    fn name() -> &'static str {
        ODD.get()
    }
}

pipeline! {
    Calc: [Show, Divide, Oddly, Lay, Hatch];
    Empty: [];
}

/// A store that is kept in a journal.
mod kept {
    use typed_pipeliner::journal::{Journal, Keeps, Memory};
    use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Store, plan, resource, step};

    resource! { Page: String; Words: usize; Report: String; }

    #[step(keep)]
    fn fetch() -> Out<Page> {
        "the page".to_owned()
    }
    #[step(keep = "count", name = Count)]
    fn count(page: In<'_, Page>) -> Out<Words> {
        page.len()
    }
    #[step(keep = "count", version = 2, name = CountAnew)]
    fn count_anew(page: In<'_, Page>) -> Out<Words> {
        page.split(' ').count()
    }
    #[step(keep, name = WriteReport)]
    fn report(words: In<'_, Words>, page: In<'_, Page>) -> Out<Report> {
        format!("{words} words in {} letters", page.len())
    }
    struct Before;
    impl Pipeline for Before {
        type Steps = HList![Fetch, Count];
    }
    struct Now;
    impl Pipeline for Now {
        type Steps = HList![Fetch, CountAnew, WriteReport];
    }
    impl Keeps for Before {
        type Ambient = HList![];
    }
    impl Keeps for Now {
        type Ambient = HList![];
    }

    /// A plan in which outputs are in the journal, others are stale, and others are absent.
    pub(super) fn plan_after_a_change() -> Plan {
        let journal = Journal::on(Memory::new());
        smol::block_on(async {
            let before = Store::<Before>::new().kept_in(&journal, "a").await.unwrap();
            before.resource::<Words>().await.unwrap();
            drop(before);
            plan::<WriteReport>(&Store::<Now>::new().kept_in(&journal, "a").await.unwrap())
        })
    }
}

/// Plans that cover all states and kinds of edges.
fn plans() -> Vec<Plan> {
    let store = Store::<Calc>::new().with(Base, 38);
    let known = |step: &str| (step != "Show").then_some(Duration::from_millis(12));
    let odd = NAMES.map(|(name, _)| name).into_iter().chain([LONG]).map(|name| {
        ODD.set(name);
        plan::<Oddly>(&store)
    });
    let odd: Vec<_> = odd.collect();
    let others = [
        Plan::of::<Empty>(),
        plan::<Show>(&store),
        kept::plan_after_a_change(),
        Plan::of::<StoreOf<Calc, HList![Base, Divisor]>>().with_durations(known),
        Plan::of::<Company>().with_durations(known),
    ];
    odd.into_iter().chain(others).collect()
}

/// A long name of one step.
const LONG: &str = "Read<Table<Player<OfTheFirstLeague>>, Table<Player<OfTheSecondLeague>>, End>";

/// A name as it is shown.
fn shown(name: &str) -> String {
    NAMES.iter().find(|(odd, _)| *odd == name).map_or(name, |(_, shown)| shown).to_owned()
}

/// The names of steps and resources, by their identifiers in pictures.
fn nodes(plan: &Plan) -> BTreeMap<String, String> {
    let steps = plan.steps().iter().enumerate().map(|(place, step)| (format!("s{place}"), shown(step.name())));
    let resources = plan.resources().iter().enumerate();
    steps.chain(resources.map(|(place, resource)| (format!("r{place}"), shown(resource.name())))).collect()
}

/// The edges: from, to, optional.
fn edges(plan: &Plan) -> BTreeSet<(String, String, bool)> {
    let of = |(place, step): (usize, &StepNode)| {
        let inputs = step
            .inputs()
            .iter()
            .map(move |input| (format!("r{}", input.resource), format!("s{place}"), input.optional));
        let outputs = step.outputs().iter().map(move |output| (format!("s{place}"), format!("r{output}"), false));
        inputs.chain(outputs).collect::<Vec<_>>()
    };
    plan.steps().iter().enumerate().flat_map(of).collect()
}

/// Prints a note that a test is skipped, directly, because the harness captures `print!`.
fn skipped(what: &str) {
    writeln!(std::io::stderr(), "note: skipped the test of {what}").expect("a note can be printed");
}

#[test]
fn json_has_all_steps_and_resources() {
    for plan in plans() {
        let text = serde_json::to_string(&plan).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["title"], plan.title());
        assert_eq!(json["target"].as_u64().is_some(), plan.target().is_some());
        let (steps, resources) = (json["steps"].as_array().unwrap(), json["resources"].as_array().unwrap());
        assert_eq!(steps.len(), plan.steps().len());
        assert_eq!(resources.len(), plan.resources().len());
        for (json, step) in steps.iter().zip(plan.steps()) {
            assert_eq!(json["name"], step.name());
            assert_eq!(json["state"], step.state().to_string().replace(", ", "_").replace(' ', "_"));
            let keeping = (json["kept"].as_bool(), json["absent"].as_bool(), json["stale"].as_str());
            assert_eq!(keeping, (Some(step.is_kept()), Some(step.is_absent()), step.stale()));
            assert_eq!(json["level"].as_u64(), step.level().map(|level| level as u64));
            assert_eq!(json["duration"].as_f64(), step.duration().map(|duration| duration.as_secs_f64()));
            let inputs = json["inputs"].as_array().unwrap();
            let inputs = inputs.iter().map(|input| (input["resource"].as_u64(), input["optional"].as_bool()));
            assert!(inputs.eq(step.inputs().iter().map(|input| (Some(input.resource as u64), Some(input.optional)))));
        }
        for (json, resource) in resources.iter().zip(plan.resources()) {
            assert_eq!(json["name"], resource.name());
            let consumers =
                json["consumers"].as_array().unwrap().iter().map(|consumer| consumer.as_u64().unwrap() as usize);
            assert!(consumers.eq(resource.consumers().iter().copied()));
        }
    }
}

#[test]
fn outputs_in_a_journal_are_in_json() {
    let json = serde_json::to_value(kept::plan_after_a_change()).unwrap();
    let steps = json["steps"].as_array().unwrap().iter();
    let steps: Vec<_> = steps.map(|step| ["state", "kept", "absent", "stale"].map(|field| &step[field])).collect();
    let stale = "kept by version 0 of the step, which is version 2 now";
    assert_eq!(steps[0], [&Value::from("in_journal"), &true.into(), &false.into(), &Value::Null]);
    assert_eq!(steps[1], [&Value::from("runs"), &true.into(), &false.into(), &stale.into()]);
    assert_eq!(steps[2], [&Value::from("runs"), &true.into(), &true.into(), &Value::Null]);
}

#[test]
fn dot_has_all_nodes_and_edges() {
    for plan in plans() {
        let dot = Command::new("dot").arg("-Tjson0").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut dot) = dot else { return skipped("the language of Graphviz: there is no `dot` (package graphviz)") };
        dot.stdin.take().unwrap().write_all(plan.to_dot().as_bytes()).unwrap();
        let output = dot.wait_with_output().unwrap();
        assert!(output.status.success(), "dot refuses\n{}", plan.to_dot());
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();

        let none = Vec::new();
        let objects = json["objects"].as_array().unwrap_or(&none);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // The label still has its backslashes.
        let name = |label: &str| {
            let label = label.replace("\\\\", "\0");
            label.split("\\n").next().unwrap_or_default().replace('\0', "\\").replace("&amp;", "&")
        };
        let named = objects.iter().map(|object| (text(&object["name"]), name(&text(&object["label"]))));
        assert_eq!(named.collect::<BTreeMap<_, _>>(), nodes(&plan));
        for object in objects {
            let shape = if text(&object["name"]).starts_with('s') { "box" } else { "ellipse" };
            assert_eq!(object["shape"], shape);
        }
        let of = |number: &Value| text(&objects[number.as_u64().unwrap() as usize]["name"]);
        let found = json["edges"].as_array().unwrap_or(&none).iter();
        let found = found.map(|edge| (of(&edge["tail"]), of(&edge["head"]), edge["style"] == "dashed"));
        assert_eq!(found.collect::<BTreeSet<_>>(), edges(&plan));
    }
}

#[test]
fn mermaid_has_all_nodes_and_edges() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mermaid");
    let npm = |arguments: &[&str]| {
        let status = Command::new("npm").args(arguments).current_dir(&script).stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !script.join("node_modules/mermaid").exists() && !npm(&["ci", "--no-audit", "--no-fund"]) {
        return skipped("Mermaid: its parser cannot be had (`npm ci` in tests/mermaid)");
    }
    let plans = plans();
    let place = tempfile::tempdir().unwrap();
    let mut node = Command::new("node");
    node.arg(script.join("parse.mjs"));
    for (number, plan) in plans.iter().enumerate() {
        let file = place.path().join(format!("{number}.mmd"));
        std::fs::write(&file, plan.to_mermaid()).unwrap();
        node.arg(file);
    }
    let output = node.output().expect("where there is npm, there is node");
    assert!(output.status.success(), "Mermaid refuses: {}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();

    for (json, plan) in json.as_array().unwrap().iter().zip(&plans) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let found = json["nodes"].as_array().unwrap();
        // The parser keeps entities, in a spelling of its own.
        let name = |label: &str| {
            let mut label =
                label.split("<br").next().unwrap().replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";");
            let last = [("&amp;", "&")];
            let entities =
                [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#35;", "#"), ("&#96;", "`"), ("&#37;", "%")];
            for (entity, letter) in entities.into_iter().chain(last) {
                label = label.replace(entity, letter);
            }
            label
        };
        let named = found.iter().map(|node| (text(&node["id"]), name(&text(&node["text"]))));
        assert_eq!(named.collect::<BTreeMap<_, _>>(), nodes(plan));
        for node in found {
            let shape = if text(&node["id"]).starts_with('s') { "square" } else { "stadium" };
            assert_eq!(node["type"], shape);
        }
        let found = json["edges"].as_array().unwrap().iter();
        let found = found.map(|edge| (text(&edge["start"]), text(&edge["end"]), edge["stroke"] == "dotted"));
        assert_eq!(found.collect::<BTreeSet<_>>(), edges(plan));
    }
}

/// A text of others comes out as it is, and has no power over a terminal or a picture.
#[test]
fn names_and_errors_are_shown_as_text() {
    for (name, shown) in NAMES {
        ODD.set(name);
        let store = Store::<Calc>::new().with(Base, 38);
        let plan = plan::<Oddly>(&store);
        for text in [plan.to_string(), plan.to_mermaid(), plan.to_dot(), plan.to_svg()] {
            assert!(is_harmless(&text), "{text:?}");
        }
        assert!(plan.to_string().contains(&format!("\n{shown}: runs\n")), "{plan}");

        let (terminal, recorder) = (InMemoryTerm::new(24, 160), Recorder::new());
        let run = run::<Oddly>(&store).observe(recorder.clone()).observe(Progress::on(terminal.clone()));
        let error = ready(run).unwrap_err();
        assert!(is_harmless(&format!("{error:?}")), "{error:?}");
        // An error keeps its lines.
        let first = if name.contains('\n') { "two" } else { shown };
        let printed = terminal.contents();
        assert!(printed.starts_with(&format!("failed   {shown}: {first}")), "{printed:?}");
        let report = recorder.report();
        for text in [report.to_string(), report.without_times().to_string(), report.to_svg()] {
            assert!(is_harmless(&text), "{text:?}");
        }
        let (table, picture) = (report.to_string(), report.to_svg());
        assert!(table.starts_with(&format!("run of {shown} failed ")), "{table}");
        let short = shortened(shown);
        assert!(table.contains(&format!("\n{short} failed: {first}\n")), "{table}");
        let document = Document::parse(&picture).unwrap();
        assert!(document.descendants().any(|it| it.has_tag_name("text") && it.text() == Some(&short)), "{picture}");
    }
}

/// The position of a rectangle: left, top, right, bottom.
fn place_of(node: Node<'_, '_>) -> [f64; 4] {
    let number = |name| node.attribute(name).unwrap().parse::<f64>().unwrap();
    [number("x"), number("y"), number("x") + number("width"), number("y") + number("height")]
}

#[test]
fn svg_has_all_nodes_and_edges_without_overlaps() {
    for plan in plans() {
        let picture = plan.to_svg();
        assert_eq!(picture, plan.to_svg(), "a picture is the same for the same plan");
        let document = Document::parse(&picture).unwrap();
        let root = document.root_element();
        let with_class = |class: &str| {
            let groups = root.descendants().filter(|node| node.has_tag_name("g"));
            let of = move |node: &Node<'_, '_>| {
                node.attribute("class").is_some_and(|all| all.split(' ').any(|one| one == class))
            };
            groups.filter(of).collect::<Vec<_>>()
        };
        let found = [with_class("step"), with_class("resource")].concat();
        let named = found.iter().map(|group| {
            let text = group.children().find(|child| child.has_tag_name("text")).unwrap();
            (group.attribute("id").unwrap().to_owned(), text.text().unwrap().to_owned())
        });
        // Long names are shortened, and complete in the tooltip.
        let shown = nodes(&plan).into_iter().map(|(id, name)| (id, shortened(&name)));
        assert_eq!(named.collect::<BTreeMap<_, _>>(), shown.collect());
        for group in &found {
            let tooltip = group.children().find(|child| child.has_tag_name("title")).unwrap().text().unwrap();
            assert!(tooltip.contains(&nodes(&plan)[group.attribute("id").unwrap()]));
        }
        let lines = root.descendants().filter(|node| node.attribute("class") == Some("edge")).count();
        assert_eq!(lines, edges(&plan).len());

        let [_, _, width, height] = place_of(root.children().find(|child| child.has_tag_name("rect")).unwrap());
        let places: Vec<_> = found
            .iter()
            .map(|group| place_of(group.children().find(|child| child.has_tag_name("rect")).unwrap()))
            .collect();
        for (at, a) in places.iter().enumerate() {
            assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] < width && a[3] < height, "a node is in the picture");
            for b in &places[..at] {
                let apart = a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1];
                assert!(apart, "two nodes cover each other: {a:?}, {b:?}");
            }
        }
    }
}

/// A name as pictures show it.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= 44 {
        return name.to_owned();
    }
    let text = |letters: &[char]| letters.iter().collect::<String>();
    format!("{}…{}", text(&letters[..22]), text(&letters[letters.len() - 21..]))
}

#[test]
fn states_differ_in_colour_and_in_mark() {
    let store = Store::<Calc>::new().with(Base, 38);
    let picture = plan::<Show>(&store).to_svg();
    let document = Document::parse(&picture).unwrap();
    let looks = |class: &str| {
        let group = document.descendants().find(|node| node.attribute("class").is_some_and(|all| all.ends_with(class)));
        let group = group.unwrap_or_else(|| panic!("nothing is {class}"));
        let rect = group.children().find(|child| child.has_tag_name("rect")).unwrap();
        let mark = group.children().find(|child| child.has_tag_name("path")).unwrap();
        (rect.attribute("stroke").unwrap().to_owned(), mark.attribute("d").unwrap().to_owned())
    };
    let states = [" supplied", " blocked", " missing", " notNeeded"].map(looks);
    let marks: BTreeSet<_> = states.iter().map(|(_, mark)| mark).collect();
    assert_eq!(marks.len(), states.len(), "each state has a mark of its own");
    assert_ne!(states[0].0, states[1].0, "and a colour");
    assert_eq!(plan::<Show>(&store).resource::<Cache>().map(|cache| cache.state()), Some(State::OptionalMissing));
}
