//! A resource as data.

use crate::exec::plan::Key;
use crate::proof::ids::digits::Digits;
use crate::resource::Resource;

impl Key {
    /// The key of a resource.
    pub(crate) const fn of<R: Resource>() -> Self {
        Key { id: <R::Identity as Digits>::KEY, name: R::name, optional: false }
    }
}
