//! Round trips, odd forms, limits, and no crash on any bytes.

use eseal_asn1::{Children, Error, MAX_DEPTH, MAX_SIZE, Node, oid, tag, write};
use proptest::prelude::*;

/// Reads everything, strings as elements too; gives the number of elements.
fn walk(mut nodes: Children<'_>, budget: &mut usize) -> Result<usize, Error> {
    let mut count = 0;
    while let Some(node) = nodes.read()? {
        let Some(left) = budget.checked_sub(1) else { return Ok(count) };
        *budget = left;
        let _ = (node.bits(), node.integer(), node.unsigned(), node.text(), node.time(), node.octets());
        let _ = oid::dotted(node.body);
        count += 1 + walk(node.children(), budget).unwrap_or(0);
    }
    Ok(count)
}

fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(Vec::new(), |inner, _| write::sequence(&[&inner]))
}

#[test]
fn lengths_of_every_form_are_read_and_the_bytes_kept() {
    for (name, der, body) in [
        ("short", &[4, 1, 7][..], &[7][..]),
        ("longer than needed", &[4, 0x81, 1, 7], &[7]),
        ("four octets", &[4, 0x84, 0, 0, 0, 1, 7], &[7]),
        ("indefinite", &[0x30, 0x80, 5, 0, 0, 0], &[5, 0]),
        ("indefinite in indefinite", &[0x30, 0x80, 0x31, 0x80, 0, 0, 0, 0], &[0x31, 0x80, 0, 0]),
        ("empty", &[0x30, 0x80, 0, 0], &[]),
    ] {
        let node = Node::parse(der).expect(name);
        assert_eq!((node.raw, node.body), (der, body), "{name}");
        let followed = [der, &[0; 9]].concat();
        assert_eq!(Node::parse_first(&followed).expect(name).raw, der, "{name}");
        assert_eq!(Node::parse(&followed), Err(Error::Trailing { offset: der.len() }), "{name}");
    }
}

#[test]
fn what_is_no_element_says_where() {
    let malformed = |offset| Err(Error::Malformed { offset });
    for (name, der, expected) in [
        ("cut off", &[4, 2, 7][..], malformed(0)),
        ("no length", &[4], malformed(0)),
        ("primitive and indefinite", &[4, 0x80, 0, 0], malformed(0)),
        ("reserved length", &[4, 0xFF, 1], malformed(0)),
        ("too long a length", &[4, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], malformed(0)),
        ("high tag", &[0x1F, 0x81, 1, 0], malformed(0)),
        ("no end of contents", &[0x30, 0x80, 5, 0], malformed(4)),
        ("nothing", &[], Err(Error::Field { field: "element", offset: 0 })),
    ] {
        assert_eq!(Node::parse(der).map(|_| ()), expected, "{name}");
    }
    let der = write::sequence(&[&write::null(), &[4, 9]]);
    let mut fields = Node::parse(&der).expect("a sequence").children();
    assert_eq!(fields.expect(tag::INTEGER, "version"), Err(Error::Field { field: "version", offset: 2 }));
    let mut fields = Node::parse(&der).expect("a sequence").children();
    assert!(fields.optional(tag::NULL).is_ok_and(|found| found.is_some()));
    assert_eq!(fields.read(), Err(Error::Malformed { offset: 4 }));
}

#[test]
fn nesting_and_size_have_limits() {
    let levels = usize::from(MAX_DEPTH);
    let deepest = |der: &[u8]| {
        let mut nodes = Node::root(der);
        loop {
            match nodes.read() {
                Ok(Some(node)) => nodes = node.children(),
                Ok(None) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    };
    assert_eq!(deepest(&nested(levels)), Ok(()));
    assert!(matches!(deepest(&nested(levels + 2)), Err(Error::TooDeep { .. })));
    let open = [0x30, 0x80].repeat(100_000);
    assert!(matches!(Node::parse(&open), Err(Error::TooDeep { .. })));
    assert_eq!(Node::parse(&vec![0; MAX_SIZE + 1]), Err(Error::TooLarge { size: MAX_SIZE + 1 }));
}

#[test]
fn strings_in_pieces_are_joined() {
    let der = [&[0x24, 0x80][..], &write::octet_string(b"ab"), &write::octet_string(b"c"), &[0, 0]].concat();
    assert_eq!(Node::parse(&der).expect("an element").octets().as_deref(), Ok(&b"abc"[..]));
}

#[test]
fn unused_bits_are_reported_and_passed_over() {
    let der = write::bit_string_with(3, &[1, 2]);
    let node = Node::parse(&der).expect("an element");
    assert_eq!(node.bit_string().map(|bits| (bits.unused, bits.bytes)), Ok((3, &[1, 2][..])));
    assert_eq!(node.bits(), Ok(&[1, 2][..]));
    for der in [&[3, 0][..], &[3, 1, 8]] {
        assert!(Node::parse(der).expect("an element").bits().is_err());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = walk(Node::root(&bytes), &mut 10_000);
        let _ = Node::parse_first(&bytes);
    }

    #[test]
    fn elements_with_random_headers_are_read_or_refused(
        parts in prop::collection::vec((any::<u8>(), 0_u8..0x90, prop::collection::vec(any::<u8>(), 0..6)), 0..40)
    ) {
        let bytes: Vec<u8> = parts.into_iter().flat_map(|(tag, length, rest)| [vec![tag, length], rest].concat()).collect();
        let _ = walk(Node::root(&bytes), &mut 10_000);
    }

    #[test]
    fn what_is_written_reads_back(tag in 0_u8..0x1F, body in prop::collection::vec(any::<u8>(), 0..70_000)) {
        let der = write::element(tag, &[&body]);
        let node = Node::parse(&der).unwrap();
        prop_assert_eq!((node.tag, node.raw, node.body), (tag, &der[..], &body[..]));
    }

    #[test]
    fn numbers_read_back(number in any::<i64>(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let der = write::integer_i64(number);
        prop_assert_eq!(Node::parse(&der).unwrap().integer(), Some(number));
        let der = write::integer(&bytes);
        let significant = bytes.iter().position(|byte| *byte != 0).map_or(&[][..], |first| &bytes[first..]);
        prop_assert_eq!(Node::parse(&der).unwrap().unsigned_bytes(), Some(significant));
    }

    #[test]
    fn identifiers_read_back(top in 0_u64..3, second in 0_u64..40, rest in prop::collection::vec(any::<u64>(), 0..6)) {
        let text = rest.iter().fold(format!("{top}.{second}"), |text, arc| format!("{text}.{arc}"));
        prop_assert_eq!(oid::dotted(&oid::parse(&text).unwrap()), text);
    }

    #[test]
    fn times_read_back(second in 0_i64..253_402_300_799) {
        let at = jiff::Timestamp::from_second(second).unwrap();
        prop_assert_eq!(Node::parse(&write::generalized_time(at)).unwrap().time(), Ok(at));
    }
}
