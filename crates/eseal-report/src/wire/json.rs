//! The one serialisation of reports (报告的唯一序列化): the same report gives the same bytes everywhere.

use serde::Serialize;
use serde_json::Value;

/// An object as canonical JSON: members in the order of their names, nothing between tokens, UTF-8.
///
/// Interface 4-1 answers with these bytes as `data`, and `eseal verify --json` prints them.
///
/// # Errors
/// As [`serde_json::to_value`]; reports of this crate always serialise.
pub fn canonical_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    // Already so unless somebody turns on `preserve_order` of serde_json.
    sort(&mut value);
    serde_json::to_string(&value)
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Object(members) => {
            members.sort_keys();
            members.values_mut().for_each(sort);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_and_nothing_stands_between_tokens() {
        let value = json!({"b": [{"d": 1, "c": "字"}], "a": 20.0, "B": null});
        assert_eq!(canonical_json(&value).unwrap(), r#"{"B":null,"a":20.0,"b":[{"c":"字","d":1}]}"#);
    }
}
