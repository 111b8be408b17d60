//! The lists are those of frunk: all its operations work on the inputs and outputs of a step.

use frunk::{Generic, HCons, HNil};
use futures::executor::block_on;
use pipe::{
    HList, Inputs, Outputs, Pipeline, Return, RunError, Step, Store, hlist, hlist_pat, resource, run, run_owned,
};

resource! { Host: String; Port: u16; }

#[derive(Debug, PartialEq, Generic)]
struct Address {
    host: String,
    port: u16,
}

/// Returns its outputs as a struct.
struct ReadAddress;
impl Step for ReadAddress {
    type Inputs = HList![];
    type Outputs = HList![Host, Port];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(frunk::into_generic(Address { host: "localhost".to_owned(), port: 8080 }))
    }
}

/// Takes its inputs by type.
struct Print;
impl Step for Print {
    type Inputs = HList![Host, Port];
    type Outputs = HList![Return<String>];
    type Error = std::convert::Infallible;
    async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let (port, rest) = inputs.pluck::<&u16, _>();
        let hlist_pat![host] = rest;
        Ok(hlist![Return(format!("{host}:{port}"))])
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![ReadAddress];
}

#[test]
fn outputs_of_a_step_come_from_a_struct() -> Result<(), RunError> {
    let (host, port) = block_on(run_owned::<ReadAddress>(Store::<App>::new()))?;
    assert_eq!((host.as_str(), port), ("localhost", 8080));
    Ok(())
}

#[test]
fn inputs_of_a_step_can_be_plucked_by_type() -> Result<(), RunError> {
    assert_eq!(block_on(run::<Print>(&Store::<App>::new()))?, "localhost:8080");
    Ok(())
}

#[test]
fn list_types_are_those_of_frunk() {
    fn frunks(list: HCons<u8, HCons<char, HNil>>) -> HList![u8, char] {
        list
    }
    assert_eq!(frunks(frunk::hlist![1, 'a']), pipe::hlist![1, 'a']);
}
