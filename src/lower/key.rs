//! A resource as data.

use super::numbers::CERTAIN;
use crate::exec::plan::Key;
use crate::proof::ids::digits::Digits;
use crate::resource::Resource;

impl Key {
    /// The key of a resource.
    pub(crate) const fn of<R: Resource>() -> Self {
        // A number that the macro has computed has the highest bit.
        let id = match R::ID {
            0 => <R::Identity as Digits>::KEY & !CERTAIN,
            id => id,
        };
        Key {
            id,
            name: R::name,
            optional: false,
            #[cfg(feature = "journal")]
            value: core::any::type_name::<R::Value>,
        }
    }
}
