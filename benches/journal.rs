//! The cost of a step that is kept, in a chain and for an element of a large fan-out; and of a run
//! that goes on.
//!
//! `cargo bench -p benches --bench journal` prints a section of the page of measurements, and with
//! `-- --write` writes it. Compare within a table; nothing here is a gate.

use benches::{Section, only_arguments};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use typed_pipeliner::each::{Each, ForEach, KeptBy};
use typed_pipeliner::journal::{Files, Journal, Keeps, Memory, Redb};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

/// The size of a value in bytes.
const SIZE: usize = 1000;

/// The number of steps of the chain.
const STEPS: u32 = 24;

/// The number of elements.
const ELEMENTS: u64 = 10_000;

/// How often each chain is run.
const ROUNDS: usize = 15;

/// A text of `SIZE` bytes that depends on another value.
fn text(input: &impl std::fmt::Display) -> String {
    let mut text = input.to_string();
    text.truncate(SIZE - 8);
    text.extend(std::iter::repeat_n('x', SIZE - text.len()));
    text
}

resource! { Seed: u64; }

/// A step of the chain.
macro_rules! step {
    ($function:ident, $step:ident: $input:ident => $output:ident) => {
        resource! { $output: String; }
        #[step(keep, name = $step)]
        fn $function(input: In<'_, $input>) -> Out<$output> {
            text(input)
        }
    };
}
step!(s1, S1: Seed => R1);
step!(s2, S2: R1 => R2);
step!(s3, S3: R2 => R3);
step!(s4, S4: R3 => R4);
step!(s5, S5: R4 => R5);
step!(s6, S6: R5 => R6);
step!(s7, S7: R6 => R7);
step!(s8, S8: R7 => R8);
step!(s9, S9: R8 => R9);
step!(s10, S10: R9 => R10);
step!(s11, S11: R10 => R11);
step!(s12, S12: R11 => R12);
step!(s13, S13: R12 => R13);
step!(s14, S14: R13 => R14);
step!(s15, S15: R14 => R15);
step!(s16, S16: R15 => R16);
step!(s17, S17: R16 => R17);
step!(s18, S18: R17 => R18);
step!(s19, S19: R18 => R19);
step!(s20, S20: R19 => R20);
step!(s21, S21: R20 => R21);
step!(s22, S22: R21 => R22);
step!(s23, S23: R22 => R23);
step!(s24, S24: R23 => R24);

struct Chain;
impl Pipeline for Chain {
    type Steps = HList![
        S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S19, S20, S21, S22, S23, S24
    ];
}
impl Keeps for Chain {
    type Ambient = HList![];
}

resource! { Numbers: Vec<u64>; Number: u64; Block: String; Sizes: Vec<usize>; }

#[step(keep)]
fn fill(number: In<'_, Number>) -> Out<Block> {
    text(number)
}

#[step]
fn measure(block: In<'_, Block>) -> Return<usize> {
    Return(block.len())
}

struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![Fill];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![];
    type Target = Measure;
    type Into = Sizes;
    const KEPT_BY: KeptBy<Number> = KeptBy::value();
}

struct Fan;
impl Pipeline for Fan {
    type Steps = HList![ForEach<PerNumber>];
}
impl Keeps for Fan {
    type Ambient = HList![];
}

/// Opens a journal in a folder, if there is one.
type Open = fn(&Path) -> Option<Journal>;

const CONTENDERS: [(&str, Open); 5] = [
    ("not kept", |_| None),
    ("`Memory`", |_| Some(Journal::on(Memory::new()))),
    ("`Files`", |folder| Some(Journal::on(Files::open(folder.join("files")).unwrap()))),
    ("`Files`, durable", |folder| Some(Journal::on(Files::open(folder.join("durable")).unwrap().durable()))),
    ("`Redb`", |folder| Some(Journal::on(Redb::open(folder.join("redb")).unwrap()))),
];

/// The times of a chain: to open a new run, of its steps, and of a second store of the same run.
fn chain(journal: Option<&Journal>, run: &str) -> [Duration; 3] {
    let times = || {
        let store = Store::<Chain>::new().with(Seed, 1);
        let begin = Instant::now();
        smol::block_on(async {
            let store = store.kept_in(journal, run).await.unwrap();
            let opened = begin.elapsed();
            assert_eq!(store.resource::<R24>().await.unwrap().len(), SIZE);
            (opened, begin.elapsed())
        })
    };
    let ((opened, first), (_, again)) = (times(), times());
    [opened, first - opened, again]
}

/// The times of a fan-out: in a new run, to open it again, and to take all elements.
fn fan(journal: Option<&Journal>) -> [Duration; 3] {
    let run = || {
        let store = Store::<Fan>::new().with(Numbers, (0..ELEMENTS).collect());
        let begin = Instant::now();
        smol::block_on(async {
            let store = store.kept_in(journal, "fan").await.unwrap();
            let opened = begin.elapsed();
            assert_eq!(store.resource::<Sizes>().await.unwrap().len(), ELEMENTS as usize);
            (opened, begin.elapsed())
        })
    };
    let ((_, first), (opened, again)) = (run(), run());
    [first, opened, again - opened]
}

/// A duration in microseconds, divided.
fn micros(time: Duration, by: u32) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6 / f64::from(by))
}

fn main() {
    only_arguments(&["--write"]);
    let mut section = Section::new("Kept steps", "cargo bench -p benches --bench journal");
    section.paragraph(
        "A chain of 24 steps, each with a value of 1 kB, in us, the least of 15 runs: to open a new run,\n\
         and a step of it. Again: a second store of the same run, the whole of it, which takes the last\n\
         value alone.",
    );
    // On the disk of the repository: the folder for temporary files may be in memory.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let journals = CONTENDERS.map(|(name, open)| (name, open(folder.path())));
    let mut best = [[Duration::MAX; 3]; CONTENDERS.len()];
    for round in 0..ROUNDS {
        for ((_, journal), best) in journals.iter().zip(&mut best) {
            let times = chain(journal.as_ref(), &format!("run {round}"));
            best.iter_mut().zip(times).for_each(|(best, time)| *best = time.min(*best));
        }
    }
    section.table("", ["open", "a step", "again, all"]);
    for ((name, _), [open, steps, again]) in journals.iter().zip(best) {
        section.row(name, [micros(open, 1), micros(steps, STEPS), micros(again, 1)]);
    }
    section.paragraph(
        "A fan-out over 10,000 elements with a kept step of 1 kB each, in one task, in us: an element; and\n\
         of a second store, to open the run, for each of its 10,000 records, and for each element that is\n\
         taken. After many files were removed, some file systems make new ones slowly for a while.",
    );
    section.table("", ["an element", "open, a record", "taken, an element"]);
    for (name, journal) in &journals {
        if *name == "`Files`, durable" {
            continue;
        }
        let times = fan(journal.as_ref());
        section.row(name, times.map(|time| micros(time, ELEMENTS as u32)));
    }
    section.finish();
}
