//! Any bytes as an XML part: decoded, parsed within its budgets, every name, attribute and number read.

use eseal_ofd::xml;

pub(crate) fn check(data: &[u8]) {
    let Ok((text, _)) = xml::decode(data) else { return };
    let Ok(tree) = xml::parse(&text) else { return };
    for node in xml::descendants(tree.root_element()) {
        let _ = (node.tag_name().name(), xml::text(node), xml::child_text(node, "BaseLoc"));
        for name in ["BaseLoc", "Boundary", "ID"] {
            let _ = xml::attribute(node, name).and_then(xml::numbers);
        }
    }
}
