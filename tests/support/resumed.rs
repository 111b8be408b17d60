//! A run that is killed again and again goes on, for any shelf that other processes have too.
//!
//! The pipeline has 24 steps in six layers, of which two are not kept, and a fan-out. A process
//! reports each step that it executes. None may be one whose outputs were on the shelf when the
//! process began.

use crate::shelf::{Child, Random, SharedPlace, answer, records_of, task};
use smol::Timer;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use typed_pipeliner::each::{Each, ForEach, KeptBy};
use typed_pipeliner::journal::{Journal, Keeps};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};

/// How often processes are killed.
const KILLS: u64 = 200;

/// The longest time until a process is killed, which is about that of a run.
const LONGEST: Duration = Duration::from_millis(40);

resource! { pub(crate) Seed: u64; }

/// Executes a step.
async fn execute(name: &str, value: u64) -> u64 {
    answer(format_args!("execute {name}"));
    Timer::after(Duration::from_micros(200 + value % 1500)).await;
    value.wrapping_mul(31).wrapping_add(7)
}

/// Declares a step of a layer, which takes two values of the layer before; the first layer takes
/// the seed.
macro_rules! step {
    ($function:ident, [$($option:tt)*] $step:ident -> $output:ident, $($argument:ident: $input:ident),*) => {
        resource! { pub(crate) $output: u64; }
        #[step($($option)*)]
        pub(crate) async fn $function($($argument: In<'_, $input>),*) -> Out<$output> {
            let inputs = [$(*$argument),*];
            execute(stringify!($step), inputs.iter().fold(1, |all, one| all.rotate_left(7) ^ one)).await
        }
    };
}
step!(s0, [keep, name = S0] S0 -> R0, first: Seed);
step!(s1, [keep, name = S1] S1 -> R1, first: Seed);
step!(s2, [keep, name = S2] S2 -> R2, first: Seed);
step!(s3, [keep, name = S3] S3 -> R3, first: Seed);
step!(s4, [keep, name = S4] S4 -> R4, first: R0, second: R1);
step!(s5, [name = S5] S5 -> R5, first: R1, second: R2);
step!(s6, [keep, name = S6] S6 -> R6, first: R2, second: R3);
step!(s7, [keep, name = S7] S7 -> R7, first: R3, second: R0);
step!(s8, [keep, name = S8] S8 -> R8, first: R4, second: R5);
step!(s9, [keep, name = S9] S9 -> R9, first: R5, second: R6);
step!(s10, [keep, name = S10] S10 -> R10, first: R6, second: R7);
step!(s11, [keep, name = S11] S11 -> R11, first: R7, second: R4);
step!(s12, [keep, name = S12] S12 -> R12, first: R8, second: R9);
step!(s13, [keep, name = S13] S13 -> R13, first: R9, second: R10);
step!(s14, [name = S14] S14 -> R14, first: R10, second: R11);
step!(s15, [keep, name = S15] S15 -> R15, first: R11, second: R8);
step!(s16, [keep, name = S16] S16 -> R16, first: R12, second: R13);
step!(s17, [keep, name = S17] S17 -> R17, first: R13, second: R14);
step!(s18, [keep, name = S18] S18 -> R18, first: R14, second: R15);
step!(s19, [keep, name = S19] S19 -> R19, first: R15, second: R12);
step!(s20, [keep, name = S20] S20 -> R20, first: R16, second: R17);
step!(s21, [keep, name = S21] S21 -> R21, first: R17, second: R18);
step!(s22, [keep, name = S22] S22 -> R22, first: R18, second: R19);
step!(s23, [keep, name = S23] S23 -> R23, first: R19, second: R16);

resource! {
    pub(crate) Numbers: Vec<u64>;
    pub(crate) Number: u64;
    pub(crate) Square: u64;
    pub(crate) Squares: Vec<u64>;
    pub(crate) Total: u64;
}

#[step]
pub(crate) fn list_numbers(last: In<'_, R20>) -> Out<Numbers> {
    (0..8).map(|number| number + last % 100).collect()
}

#[step(keep, name = MakeSquare)]
pub(crate) async fn square(number: In<'_, Number>) -> Out<Square> {
    execute(&format!("MakeSquare[{number}]"), number * number).await
}

#[step]
pub(crate) fn give(square: In<'_, Square>) -> Return<u64> {
    Return(*square)
}

pub(crate) struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![MakeSquare];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![];
    type Target = Give;
    type Into = Squares;
    const AT_ONCE: usize = 3;
    const KEPT_BY: KeptBy<Number> = KeptBy::value();

    fn key(number: In<'_, Number>) -> Option<String> {
        Some(number.to_string())
    }
}

#[step]
pub(crate) fn add_up(squares: In<'_, Squares>, a: In<'_, R21>, b: In<'_, R22>, c: In<'_, R23>) -> Out<Total> {
    squares.iter().chain([a, b, c]).fold(0, |all, one| all.rotate_left(3) ^ one)
}

pub(crate) struct Long;
impl Pipeline for Long {
    type Steps = HList![
        S0,
        S1,
        S2,
        S3,
        S4,
        S5,
        S6,
        S7,
        S8,
        S9,
        S10,
        S11,
        S12,
        S13,
        S14,
        S15,
        S16,
        S17,
        S18,
        S19,
        S20,
        S21,
        S22,
        S23,
        ListNumbers,
        ForEach<PerNumber>,
        AddUp
    ];
}
impl Keeps for Long {
    type Ambient = HList![];
}

/// The result of a run that is not kept.
fn expected(seed: u64) -> u64 {
    smol::block_on(async { *Store::<Long>::new().with(Seed, seed).resource::<Total>().await.unwrap() })
}

/// The process that is killed. Without a task it is a test, which passes.
pub(crate) fn process<P: SharedPlace>() {
    let Some((place, run)) = task::<P>() else { return };
    let seed = run.parse().unwrap();
    let journal = Journal::on(place.open());
    smol::block_on(async {
        let store = Store::<Long>::new().with(Seed, seed).kept_in(&journal, &run).await.unwrap();
        answer("begun");
        let result = store.resource::<Total>().await.unwrap();
        answer(format_args!("result {result}"));
    });
}

/// The step of an entry, as a process reports it.
fn step_of(name: &str) -> String {
    let step = name.rsplit("::").next().unwrap();
    match name.split_once('[').and_then(|(_, rest)| rest.split_once("]/")) {
        Some((element, _)) => format!("{step}[{element}]"),
        None => step.to_owned(),
    }
}

pub(crate) fn a_run_that_is_killed_goes_on<P: SharedPlace>(module: &str) {
    let place = P::new();
    let mut random = Random::new(3);
    let (mut seed, mut kills, mut executed) = (0, 0, 0_u64);
    let mut kept = BTreeSet::new();
    let mut lost = 0_u64;
    while kills < KILLS {
        let mut child = Child::new(&place, module, "process", &seed.to_string());
        assert_eq!(child.next().as_deref(), Some("begun"), "a run that was killed can be opened");
        thread::sleep(LONGEST.mul_f64(random.below(1000) as f64 / 1000.0));
        child.kill();
        let (mut result, mut begun) = (None, BTreeSet::new());
        while let Some(line) = child.next() {
            match line.split_once(' ') {
                Some(("execute", step)) => {
                    assert!(!kept.contains(step), "step `{step}` of run {seed} is executed again");
                    assert!(begun.insert(step.to_owned()), "step `{step}` is executed twice");
                }
                Some(("result", value)) => result = Some(value.parse::<u64>().unwrap()),
                _ => panic!("{line}"),
            }
        }
        executed += begun.len() as u64;
        let mut shelf = place.open();
        let now: BTreeSet<_> = records_of(&mut shelf, &seed.to_string()).keys().map(|name| step_of(name)).collect();
        assert!(now.is_superset(&kept), "what was kept stays");
        lost += begun.difference(&now).count() as u64;
        match result {
            Some(result) => {
                assert_eq!(result, expected(seed));
                (seed, kept) = (seed + 1, BTreeSet::new());
            }
            None => (kills, kept) = (kills + 1, now),
        }
    }
    println!("{kills} kills, {seed} runs ended, {executed} steps begun, {lost} of them lost or not kept");
    assert!(seed >= 10, "runs end between kills: {seed}");
}

/// The number of elements of a large fan-out.
const ELEMENTS: usize = 10_000;

/// The number of elements for which the step was executed in this process.
static EXECUTED: AtomicUsize = AtomicUsize::new(0);

#[step(keep, name = Count)]
pub(crate) fn count(number: In<'_, Number>) -> Out<Square> {
    EXECUTED.fetch_add(1, Ordering::Relaxed);
    number + 1
}

pub(crate) struct PerElement;
impl Pipeline for PerElement {
    type Steps = HList![Count];
}
impl Each for PerElement {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![];
    type Target = Give;
    type Into = Squares;
}

pub(crate) struct Wide;
impl Pipeline for Wide {
    type Steps = HList![ForEach<PerElement>];
}
impl Keeps for Wide {
    type Ambient = HList![];
}

/// The process with a large fan-out, which is killed. Without a task it is a test, which passes.
pub(crate) fn wide_process<P: SharedPlace>() {
    let Some((place, run)) = task::<P>() else { return };
    let journal = Journal::on(place.open());
    smol::block_on(async {
        let numbers = (0..ELEMENTS as u64).collect();
        let store = Store::<Wide>::new().with(Numbers, numbers).kept_in(&journal, &run).await.unwrap();
        answer("begun");
        let squares = store.resource::<Squares>().await.unwrap();
        assert_eq!(squares.iter().sum::<u64>(), (1..=ELEMENTS as u64).sum());
        answer(EXECUTED.load(Ordering::Relaxed));
    });
}

pub(crate) fn a_killed_fan_out_goes_on_with_absent_elements<P: SharedPlace>(module: &str) {
    let place = P::new();
    let process = || {
        let mut child = Child::new(&place, module, "wide_process", "wide");
        assert_eq!(child.next().as_deref(), Some("begun"));
        child
    };
    let entries = || records_of(&mut place.open(), "wide").len();
    let mut kept = 0;
    for kill in 1..=3 {
        let mut child = process();
        thread::sleep(Duration::from_millis(50));
        child.kill();
        // One that has ended has an answer.
        assert_eq!(child.next(), None, "the process is killed before its end");
        let now = entries();
        assert!(kept <= now && now < ELEMENTS, "kill {kill}: {kept}, {now}");
        kept = now;
    }
    assert!(kept > 0, "elements end before the kills");
    assert_eq!(process().next().unwrap(), (ELEMENTS - kept).to_string());
    assert_eq!(entries(), ELEMENTS);
    assert_eq!(process().next().as_deref(), Some("0"));
}

/// Makes the test of a [`SharedPlace`]: `resumed_tests!(MyPlace)`.
macro_rules! resumed_tests {
    ($place:ty) => {
        #[test]
        fn a_run_that_is_killed_goes_on() {
            if <$place as $crate::shelf::Place>::is_available() {
                $crate::resumed::a_run_that_is_killed_goes_on::<$place>(module_path!());
            }
        }
        #[test]
        fn a_killed_fan_out_goes_on_with_absent_elements() {
            if <$place as $crate::shelf::Place>::is_available() {
                $crate::resumed::a_killed_fan_out_goes_on_with_absent_elements::<$place>(module_path!());
            }
        }
        #[test]
        fn process() {
            $crate::resumed::process::<$place>();
        }
        #[test]
        fn wide_process() {
            $crate::resumed::wide_process::<$place>();
        }
    };
}
pub(crate) use resumed_tests;
