//! Counts instructions, with valgrind.

use std::env;
use std::process::Command;

/// The argument of a program that valgrind runs.
pub(crate) const CALL: &str = "--call";

/// The number of instructions of this program with the argument [`CALL`] and these numbers.
pub(crate) fn count<const N: usize>(numbers: [usize; N]) -> f64 {
    let program = env::current_exe().expect("the path of this program is known");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    valgrind.arg(CALL).args(numbers.map(|number| number.to_string()));
    let output = valgrind.output().unwrap_or_else(|error| panic!("valgrind does not start: {error}"));
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("valgrind counts no instructions:\n{report}"))
}

/// The numbers after [`CALL`].
pub(crate) fn numbers<const N: usize>() -> [usize; N] {
    let numbers = env::args().skip(2).map(|number| number.parse().expect("it is a number"));
    Vec::from_iter(numbers).try_into().expect("there are as many numbers as the program passes")
}
