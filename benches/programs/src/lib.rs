//! Nothing: the package has the dependencies of generated programs.
