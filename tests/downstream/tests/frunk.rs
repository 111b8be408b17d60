//! The lists are those of frunk: all its operations work on the outputs of a run.

use frunk::{Generic, HCons, HNil};
use futures::executor::block_on;
use pipe::{HList, Out, Pipeline, RunError, Store, hlist_pat, resource, run, run_owned, step};

resource! { Host: String; Port: u16; }

#[step(crate = pipe)]
fn read() -> (Out<Host>, Out<Port>) {
    ("localhost".to_owned(), 8080)
}

struct App;
impl Pipeline for App {
    type Steps = HList![Read];
}

#[derive(Debug, PartialEq, Generic)]
struct Address {
    host: String,
    port: u16,
}

#[test]
fn outputs_convert_to_a_struct() -> Result<(), RunError> {
    let outputs = block_on(run_owned::<Read>(Store::<App>::new()))?;
    let address: Address = frunk::from_generic(outputs);
    assert_eq!(address, Address { host: "localhost".to_owned(), port: 8080 });
    Ok(())
}

#[test]
fn outputs_can_be_plucked_by_type() -> Result<(), RunError> {
    let store = Store::<App>::new();
    let outputs: HList![&String, &u16] = block_on(run::<Read>(&store))?;
    let (port, rest) = outputs.pluck::<&u16, _>();
    let hlist_pat![host] = rest;
    assert_eq!((host.as_str(), *port), ("localhost", 8080));
    Ok(())
}

#[test]
fn list_types_are_those_of_frunk() {
    fn frunks(list: HCons<u8, HCons<char, HNil>>) -> HList![u8, char] {
        list
    }
    assert_eq!(frunks(frunk::hlist![1, 'a']), pipe::hlist![1, 'a']);
}
