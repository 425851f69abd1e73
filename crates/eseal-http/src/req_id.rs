//! 请求编号 of a request whose body is not, or cannot be, read as a whole.

use eseal_api::is_req_id;

/// Finds the member `reqId` of the outermost object in the beginning of a body, however broken the rest is.
pub(crate) fn find_req_id(body: &[u8]) -> Option<String> {
    let mut depth = 0_usize;
    let mut rest = body;
    loop {
        rest = match rest {
            [] => return None,
            [b'{' | b'[', rest @ ..] => {
                depth += 1;
                rest
            }
            [b'}' | b']', rest @ ..] => {
                depth = depth.saturating_sub(1);
                rest
            }
            [b'"', rest @ ..] => {
                let (name, after) = string(rest)?;
                match (depth, name, value(after)) {
                    (1, b"reqId", Some([b'"', rest @ ..])) => return req_id(string(rest)?.0),
                    _ => after,
                }
            }
            [_, rest @ ..] => rest,
        };
    }
}

/// A string up to its closing quote, and what follows.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'"' if !escaped => return Some((text.get(..index)?, text.get(index + 1..)?)),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// What follows the colon after a name.
fn value(text: &[u8]) -> Option<&[u8]> {
    text.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start)
}

/// The text if it is well-formed.
pub(crate) fn req_id(text: &[u8]) -> Option<String> {
    std::str::from_utf8(text).ok().filter(|text| is_req_id(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<&str>) {
        assert_eq!(find_req_id(body.as_bytes()).as_deref(), expected, "{body}");
    }

    #[test]
    fn it_is_found_in_broken_bodies() {
        check(r#"{"reqId":"a.b-c_1","content":"#, Some("a.b-c_1"));
        check(r#"{ "content" : {"x":[1,{"reqId":"inner"}]}, "reqId" : "outer" "#, Some("outer"));
        check(r#"{"a\"{":"\\","reqId":"x"}"#, Some("x"));
    }

    #[test]
    fn anything_else_is_not_taken() {
        check("", None);
        check(r#"["reqId","x"]"#, None);
        check(r#"{"content":{"reqId":"inner"}}"#, None);
        check(r#"{"x":"reqId","y":1}"#, None);
        check(r#"{"reqId":7}"#, None);
        check(r#"{"reqId":"no blanks"}"#, None);
        check(r#"{"reqId":"cut"#, None);
        check(&"[".repeat(100_000), None);
    }
}
