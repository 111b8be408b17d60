//! The cost of the handlers of a web service: by hand, with scopes, and with one flat pipeline.

use crate::Options;
use crate::rustc::{Compiler, Emit};
use crate::service::{Service, Style};
use std::path::PathBuf;

const HANDLERS: [usize; 4] = [0, 10, 20, 40];

/// The numbers of steps of the application, and as many of a request.
const STEPS: [usize; 2] = [30, 60];

const STYLES: [(&str, Style); 3] = [("by hand", Style::ByHand), ("scopes", Style::Scopes), ("flat", Style::Flat)];

/// Adds the section.
pub(crate) fn handlers(compiler: &Compiler, options: Options) {
    let mut section = options.section("Compile time of handlers");
    section.paragraph(&format!(
        "{}, check, from scratch, of a service with axum; the steps are\n\
        of the application and of a request. *By hand*: each handler awaits the functions that it needs.\n\
        *Scopes*: each makes a scope of the application's store. *Flat*: each makes a store of one\n\
        pipeline. *Each* is the cost of a handler.",
        compiler.unit.name()
    ));
    for steps in STEPS {
        let styles = STYLES.map(|(name, style)| (name, options.service(style, steps, 0)));
        services_print_the_same(compiler, styles.map(|(_, service)| service));
        section.table(&format!("handlers, {steps} + {steps} steps"), styles.map(|(name, _)| name));
        let rows = HANDLERS.map(|handlers| {
            let programs = styles.map(|(_, service)| write(compiler, Service { handlers, ..service }));
            let costs = compiler.costs(&programs, Emit::Metadata);
            section.row(handlers, costs.iter().map(|cost| compiler.unit.result(cost)));
            costs
        });
        let most = HANDLERS.len() - 1;
        section.row(
            "each",
            [0, 1, 2].map(|style| match (rows[0][style], rows[most][style]) {
                (Ok(none), Ok(all)) => compiler.unit.part((all - none) / HANDLERS[most] as f64),
                _ => "–".into(),
            }),
        );
    }
    section.finish();
}

/// Runs a service in each style. All have to answer in the same way.
fn services_print_the_same(compiler: &Compiler, services: [Service; STYLES.len()]) {
    let printed = services.map(|service| {
        let printed = compiler.run(&write(compiler, Service { handlers: 2, ..service }));
        printed.expect("rustc accepts a service of two handlers")
    });
    assert_eq!(printed[0].lines().count(), 2, "{printed:?}");
    assert_eq!(printed, STYLES.map(|_| printed[0].clone()));
}

/// Writes a service, and returns the main file.
fn write(compiler: &Compiler, service: Service) -> PathBuf {
    let Service { style, steps, handlers, .. } = service;
    let main = compiler.program(&format!("{style:?}-{steps}-{handlers}"));
    service.write(&main).unwrap_or_else(|error| panic!("{} cannot be written: {error}", main.display()));
    main
}
