//! Kept values as JSON.

use rmpv::Value;
use serde::{Serialize, Serializer};

/// A value in MessagePack, whose type is not known, as JSON in the same order. A key that is no
/// text becomes one: the JSON of it. Bytes are a list of numbers.
pub(crate) struct Json<'v>(pub(crate) &'v Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Nil => serializer.serialize_unit(),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => match (value.as_u64(), value.as_i64()) {
                (Some(value), _) => serializer.serialize_u64(value),
                (None, value) => serializer.serialize_i64(value.unwrap_or_default()),
            },
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::String(value) => serializer.serialize_str(&String::from_utf8_lossy(value.as_bytes())),
            Value::Binary(bytes) | Value::Ext(_, bytes) => serializer.collect_seq(bytes),
            Value::Array(values) => serializer.collect_seq(values.iter().map(Json)),
            Value::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (text(key), Json(value)))),
        }
    }
}

/// The key of an object.
fn text(key: &Value) -> String {
    match key.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(&Json(key)).unwrap_or_else(|_| key.to_string()),
    }
}
