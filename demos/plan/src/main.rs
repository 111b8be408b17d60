//! The plan of a run before it runs: as text, JSON and pictures.
//!
//! ```sh
//! cargo run --package plan-demo
//! ```
//!
//! `-- --pictures DIR` writes the pictures of the documentation to a directory.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};
use typed_pipeliner::{HList, In, Out, Pipeline, Plan, Return, Store, plan, resource, step};

#[path = "../../../tests/support/hundred.rs"]
mod hundred;

resource! {
    Root: PathBuf;
    Manifest: String;
    Changelog: String;
    Version: String;
    Notes: String;
    /// The place of the announcement; optional.
    Channel: String;
    /// The key for the signature. No step provides it.
    Key: String;
    Signature: String;
}

#[step]
fn find_root() -> Result<Out<Root>, io::Error> {
    env::current_dir()
}

#[step]
async fn read_manifest(root: In<'_, Root>) -> Result<Out<Manifest>, io::Error> {
    fs::read_to_string(root.join("Cargo.toml"))
}

#[step]
async fn read_changelog(root: In<'_, Root>) -> Result<Out<Changelog>, io::Error> {
    fs::read_to_string(root.join("CHANGELOG.md"))
}

#[step]
fn find_version(manifest: In<'_, Manifest>) -> Result<Out<Version>, String> {
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = "));
    Ok(version.ok_or("there is no version")?.trim_matches('"').to_owned())
}

#[step]
fn find_notes(changelog: In<'_, Changelog>) -> Result<Out<Notes>, String> {
    let (_, notes) = changelog.split_once("\n## ").ok_or("there are no notes")?;
    Ok(notes.split("\n## ").next().unwrap_or_default().to_owned())
}

#[step]
fn announce(version: In<'_, Version>, notes: In<'_, Notes>, channel: Option<In<'_, Channel>>) -> Return<String> {
    Return(format!("{}{version}: {} lines of news", channel.map_or("", |name| name), notes.lines().count()))
}

#[step]
fn sign(notes: In<'_, Notes>, key: In<'_, Key>) -> Out<Signature> {
    format!("{key}:{}", notes.len())
}

#[step]
fn publish(version: In<'_, Version>, signature: In<'_, Signature>) -> Return<String> {
    Return(format!("{version} {signature}"))
}

struct Release;
impl Pipeline for Release {
    type Steps = HList![FindRoot, ReadManifest, ReadChangelog, FindVersion, FindNotes, Announce, Sign, Publish];
}

fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::<Release>::new().with(Root, concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into());
    let before = plan::<Announce>(&store);
    println!("{before}");

    // Durations of an earlier run; these are made up.
    let known = HashMap::from([("ReadManifest", 210), ("ReadChangelog", 320), ("FindVersion", 15), ("FindNotes", 40)]);
    let timed = before.with_durations(|step| known.get(step).copied().map(Duration::from_micros));
    println!("{timed}");

    // After a run of some steps, the plan has the remaining ones.
    smol::block_on(store.resource::<Version>())?;
    println!("{}", plan::<Announce>(&store));

    // `run::<Publish>(&store)` does not compile.
    let hole = plan::<Publish>(&store).dependencies_of::<Publish>();
    println!("{hole}\n{}\n{}\n{}", hole.to_mermaid(), hole.to_dot(), serde_json::to_string(&hole)?);

    if let Some(place) = env::args().skip_while(|argument| argument != "--pictures").nth(1) {
        let whole = Plan::of::<hundred::Company>();
        let left = plan::<Announce>(&store);
        for (name, plan) in [("before", &timed), ("left", &left), ("hole", &hole), ("hundred", &whole)] {
            fs::write(Path::new(&place).join(name).with_extension("svg"), plan.to_svg())?;
        }
    }
    Ok(())
}
