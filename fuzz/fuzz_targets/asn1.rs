//! Any bytes as ASN.1: every element lies in its parent, and what is read strictly is written back the same.

use eseal_asn1::{Node, oid, tag, write};

pub(crate) fn check(data: &[u8]) {
    let mut children = Node::root(data);
    while let Ok(Some(node)) = children.read() {
        visit(&node, data);
    }
    if let Ok(node) = Node::parse_first(data) {
        assert!(node.raw.len() <= data.len());
    }
}

fn visit(node: &Node<'_>, whole: &[u8]) {
    assert_eq!(
        whole.get(node.offset..node.offset + node.raw.len()),
        Some(node.raw),
        "raw bytes lie where they are said to"
    );
    let _ =
        (node.bit_string(), node.bits(), node.unsigned(), node.integer(), node.boolean(), node.octets(), node.time());
    let _ = (node.unsigned_bytes(), node.text());
    if node.tag == tag::OID {
        let dotted = oid::dotted(node.body);
        if let Some(content) = oid::parse(&dotted) {
            assert_eq!(oid::dotted(&content), dotted);
        }
    }
    if let Some(number) = node.integer().filter(|_| node.tag == tag::INTEGER) {
        let written = write::integer_i64(number);
        assert_eq!(Node::parse(&written).expect("an element").integer(), Some(number));
    }
    let mut children = node.children();
    while let Ok(Some(child)) = children.read() {
        visit(&child, whole);
    }
}
