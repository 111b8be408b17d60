//! typed-pipeliner: a pipeline of kept steps, and a run of a journal for each key.

use crate::chain::{report, text};
use std::ops::Range;
use std::path::Path;
use typed_pipeliner::journal::{Files, Journal, Keeps, Redb};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
use typed_pipeliner_postgres::Postgres;

resource! { Key: u64; }

/// A step of the chain.
macro_rules! step {
    ($number:literal, $function:ident, $step:ident: $input:ident => $output:ident) => {
        resource! { $output: String; }
        #[step(keep, name = $step)]
        fn $function(input: In<'_, $input>) -> Out<$output> {
            text($number, input)
        }
    };
}
step!(1, s1, S1: Key => R1);
step!(2, s2, S2: R1 => R2);
step!(3, s3, S3: R2 => R3);
step!(4, s4, S4: R3 => R4);
step!(5, s5, S5: R4 => R5);
step!(6, s6, S6: R5 => R6);
step!(7, s7, S7: R6 => R7);
step!(8, s8, S8: R7 => R8);
step!(9, s9, S9: R8 => R9);
step!(10, s10, S10: R9 => R10);
step!(11, s11, S11: R10 => R11);
step!(12, s12, S12: R11 => R12);
step!(13, s13, S13: R12 => R13);
step!(14, s14, S14: R13 => R14);
step!(15, s15, S15: R14 => R15);
step!(16, s16, S16: R15 => R16);
step!(17, s17, S17: R16 => R17);
step!(18, s18, S18: R17 => R18);
step!(19, s19, S19: R18 => R19);
step!(20, s20, S20: R19 => R20);
step!(21, s21, S21: R20 => R21);
step!(22, s22, S22: R21 => R22);
step!(23, s23, S23: R22 => R23);
step!(24, s24, S24: R23 => R24);

struct Chain;
impl Pipeline for Chain {
    type Steps = HList![
        S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S19, S20, S21, S22, S23, S24
    ];
}
impl Keeps for Chain {
    type Ambient = HList![];
}

/// In a folder.
pub(crate) fn files(place: &str, keys: Range<u64>) {
    run(&Journal::on(Files::open(place).unwrap()), keys);
}

/// In a folder, synced.
pub(crate) fn durable(place: &str, keys: Range<u64>) {
    run(&Journal::on(Files::open(place).unwrap().durable()), keys);
}

/// In a file.
pub(crate) fn redb(place: &str, keys: Range<u64>) {
    run(&Journal::on(Redb::open(Path::new(place).join("journal")).unwrap()), keys);
}

/// In a database.
pub(crate) fn postgres(place: &str, keys: Range<u64>) {
    run(&Journal::on(Postgres::connect(place).unwrap()), keys);
}

/// Runs the chain for each key.
fn run(journal: &Journal, keys: Range<u64>) {
    for key in keys {
        report(key, || {
            smol::block_on(async {
                let store = Store::<Chain>::new().with(Key, key).kept_in(journal, key.to_string()).await.unwrap();
                store.resource::<R24>().await.unwrap().clone()
            })
        });
    }
}
