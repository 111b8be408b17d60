//! The plan of a fan-out has the plan for each element in it.

#![cfg(feature = "macros")]

use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::plan::State;
use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Return, Store, plan, resource, run, step};

resource! {
    Client: u8;
    Urls: Vec<String>;
    Sizes: Vec<usize>;
    Total: usize;
    Url: String;
    Page: String;
    Words: Vec<String>;
    Word: String;
    Lengths: Vec<usize>;
}

#[step]
fn fetch(url: In<'_, Url>, _client: In<'_, Client>) -> Out<Page> {
    url.clone()
}
#[step]
fn split(page: In<'_, Page>) -> Out<Words> {
    page.split(' ').map(str::to_owned).collect()
}
#[step]
fn length(word: In<'_, Word>) -> Return<usize> {
    Return(word.len())
}
#[step]
fn measure(lengths: In<'_, Lengths>) -> Return<usize> {
    Return(lengths.iter().sum())
}
#[step]
fn add_up(sizes: In<'_, Sizes>) -> Out<Total> {
    sizes.iter().sum()
}

struct PerWord;
impl Pipeline for PerWord {
    type Steps = HList![];
}
impl Each for PerWord {
    type Over = Words;
    type Item = Word;
    type Takes = HList![];
    type Target = Length;
    type Into = Lengths;
}

struct PerUrl;
impl Pipeline for PerUrl {
    type Steps = HList![Fetch, Split, ForEach<PerWord>];
}
impl Each for PerUrl {
    type Over = Urls;
    type Item = Url;
    type Takes = HList![Client];
    type Target = Measure;
    type Into = Sizes;
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerUrl>, AddUp];
}

#[test]
fn text_has_the_plan_for_each_element_below() {
    let store = Store::<App>::new().with(Urls, vec![]).with(Client, 1);
    let expected = "\
AddUp in App: 2 of 2 steps would run
AddUp: runs
└── Sizes ← PerUrl: runs
    ├── Urls: supplied
    └── Client: supplied
starts: 1. PerUrl  2. AddUp
    PerUrl, for each Url of Urls: 4 of 4 steps would run
    Measure: runs
    └── Lengths ← PerWord: runs
        └── Words ← Split: runs
            └── Page ← Fetch: runs
                ├── Url: supplied
                └── Client: supplied
    starts: 1. Fetch  2. Split  3. PerWord  4. Measure
        PerWord, for each Word of Words: 1 of 1 step would run
        Length: runs
        └── Word: supplied
        starts: 1. Length
";
    assert_eq!(plan::<AddUp>(&store).to_string(), expected);
}

#[test]
fn results_that_are_there_leave_no_plan_for_elements() {
    let store = Store::<App>::new().with(Urls, vec![]).with(Client, 1);
    smol::block_on(run::<ForEach<PerUrl>>(&store)).unwrap();
    let plan = plan::<AddUp>(&store);
    assert_eq!(plan.step::<ForEach<PerUrl>>().unwrap().state(), State::Computed);
    assert!(!plan.to_string().contains("for each"), "{plan}");
}

#[test]
fn missing_input_of_a_fan_out_is_in_the_plan() {
    let plan = plan::<AddUp>(&Store::<App>::new().with(Urls, vec![]));
    assert!(plan.to_string().contains("missing: Client, needed by PerUrl"), "{plan}");
}

#[test]
fn charts_have_a_box_for_each_plan() {
    let plan = Plan::of::<App>();
    let dot = plan.to_dot();
    assert!(dot.contains("subgraph cluster_s0_ {") && dot.contains("subgraph cluster_s0_s2_ {"), "{dot}");
    assert!(dot.contains("s0_s2 -> s0_s2_s0 [style=dotted dir=none]"), "{dot}");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    let chart = plan.to_mermaid();
    assert!(chart.contains("subgraph s0_[\"PerUrl, for each Url of Urls\"]"), "{chart}");
    assert!(chart.contains("s0_s2 -.- s0_s2_s0"), "{chart}");
    assert_eq!(chart.matches("    end\n").count(), 2);
}

resource! { Node: Vec<u8>; Nodes: Vec<Vec<u8>>; Depths: Vec<usize>; }

#[step]
fn list_nodes(node: In<'_, Node>) -> Out<Nodes> {
    if node.is_empty() { vec![] } else { vec![node[1..].to_vec()] }
}
#[step]
fn depth(depths: In<'_, Depths>) -> Return<usize> {
    Return(1 + depths.iter().sum::<usize>())
}

struct PerNode;
impl Pipeline for PerNode {
    type Steps = HList![ListNodes, ForEach<PerNode>];
}
impl Each for PerNode {
    type Over = Nodes;
    type Item = Node;
    type Takes = HList![];
    type Target = Depth;
    type Into = Depths;
}

#[test]
fn pipeline_that_runs_for_elements_of_its_own_has_a_finite_plan() {
    let plan = Plan::of::<PerNode>();
    let each = plan.step::<ForEach<PerNode>>().unwrap().each().unwrap();
    assert!(each.step::<ForEach<PerNode>>().unwrap().each().is_none());
}

#[cfg(feature = "svg")]
#[test]
fn picture_has_a_box_for_each_plan() {
    let picture = Plan::of::<App>().to_svg();
    assert!(
        picture.contains(">PerUrl, for each Url of Urls</text>") && picture.contains("id=\"s0-s2-s0\""),
        "{picture}"
    );
    if let Some(path) = std::env::var_os("FAN_OUT_PICTURE") {
        std::fs::write(path, picture).unwrap();
    }
}
