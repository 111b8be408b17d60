//! A certificate that somebody wrote by hand, against a wrong pipeline, compiles in `cargo check`,
//! but never becomes a program: the plan of a run is checked again where it is made.

mod generate;

use std::fs;
use std::path::Path;
use std::process::Command;

/// A pipeline of these steps, with a certificate that nothing is wrong and nothing is free.
fn program(steps: &str) -> String {
    format!(
        "#![allow(dead_code)]

use typed_pipeliner::__private::certificate::{{CertificateFacts, Certified, FreeInputs, OpenPipeline, StepsNumbers}};
use typed_pipeliner::{{HList, In, Out, Pipeline, Store, resource, run, step}};

resource! {{ Base: u32; Doubled: u32; Tripled: u32; }}

#[step]
fn double(base: In<'_, Base>) -> Out<Doubled> {{
    2 * base
}}

#[step]
fn triple(base: In<'_, Base>) -> Out<Tripled> {{
    3 * base
}}

#[step]
fn divide(tripled: In<'_, Tripled>) -> Out<Base> {{
    tripled / 3
}}

#[step]
fn origin() -> Out<Base> {{
    7
}}

struct App;
impl OpenPipeline for App {{
    type List = HList![{steps}];
    type Facts = CertificateFacts<true, false>;
    type Free = FreeInputs<0, ()>;
    const STEPS: &'static [StepsNumbers] = &[];
}}
impl Pipeline for App {{
    type Steps = Certified<App>;
}}

fn main() {{
    let _ = run::<Double>(&Store::<App>::new());
}}
"
    )
}

/// The output of cargo for a program; empty if it builds.
fn build(name: &str, steps: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forged_certificates").join(name);
    generate::package(&folder, "").expect("the package can be written");
    let main = generate::program(&folder, name);
    fs::create_dir_all(main.parent().expect("a program is in a folder")).expect("a folder can be made");
    fs::write(main, program(steps)).expect("the program can be written");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--bins"])
        .current_dir(&folder)
        // One folder for all, so that the library is built once.
        .env("CARGO_TARGET_DIR", folder.with_file_name("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stderr).expect("rustc prints UTF-8");
    assert_eq!(output.status.success(), text.is_empty(), "{text}");
    text
}

#[test]
fn forged_certificate_does_not_build() {
    let text = build("missing", "Double");
    assert!(text.contains("a step of this run lacks an input: its proof is forged"), "{text}");
    let text = build("cycle", "Double, Triple, Divide");
    assert!(text.contains("a step of this run waits for itself: its proof is forged"), "{text}");
}

#[test]
fn certificate_that_is_right_builds() {
    assert_eq!(build("right", "Double, Origin"), "");
}
