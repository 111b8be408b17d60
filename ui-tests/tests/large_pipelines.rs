//! Large pipelines compile at the default recursion limit and run; smaller ones also compile with
//! the next trait solver of rustc.

mod generate;

use generate::{Large, Shape, package, program, repository};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory that stays, so that the next test run compiles only the changes.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("large").join(name)
}

/// Runs a command to its end and returns its standard output.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn four_hundred_steps_compile_and_run() {
    let folder = folder("steps");
    package(&folder, "").unwrap();
    let (chain, layers) = (Large::new(Shape::Chain, 400), Large::new(Shape::Layers, 400));
    let programs = [
        ("chain", chain),
        ("layers", layers),
        ("certified-chain", Large { certified: true, ..chain }),
        ("certified-layers", Large { certified: true, ..layers }),
    ];
    for (name, pipeline) in &programs {
        pipeline.write(&program(&folder, name)).unwrap();
    }

    let target = folder.join("target");
    output(Command::new(env!("CARGO")).args(["build", "--bins"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target));
    for (name, pipeline) in &programs {
        let printed = output(&mut Command::new(target.join("debug").join(name)));
        assert_eq!(printed.trim_end(), pipeline.value().to_string(), "{name}");
    }
}

/// Checks the example of the README, a hundred steps in layers, and two hundred with a certificate.
#[test]
fn next_trait_solver_accepts_the_example_and_large_pipelines() {
    let nightly = |program: &str| {
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", program]);
        command
    };
    if !nightly("cargo").arg("--version").output().is_ok_and(|output| output.status.success()) {
        // Written past the test harness, which captures `println!`.
        let note =
            "note: the next solver was not tried, there is no nightly toolchain (`rustup toolchain install nightly`)";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    }

    let folder = folder("next-solver");
    package(&folder, "smol = \"2\"\n").unwrap();
    Large::new(Shape::Layers, 100).write(&program(&folder, "layers")).unwrap();
    for (name, shape) in [("certified-chain", Shape::Chain), ("certified-layers", Shape::Layers)] {
        Large { certified: true, ..Large::new(shape, 200) }.write(&program(&folder, name)).unwrap();
    }
    let division = program(&folder, "division");
    std::fs::create_dir_all(division.parent().unwrap()).unwrap();
    std::fs::copy(repository().join("examples/division.rs"), division).unwrap();

    output(
        nightly("cargo")
            .args(["check", "--bins"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("RUSTFLAGS", "-Znext-solver=globally"),
    );
}
