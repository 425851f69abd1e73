//! Small changes to XML that leave everything else byte for byte (文本级修改).

use std::ops::Range;

use roxmltree::Node;

use crate::xml::{self, child, children, escape};

/// OFD.xml with `<Signatures>location</Signatures>` in DocBody `document` (from 0).
///
/// # Errors
/// In words, if it is no such XML.
pub(crate) fn name_signatures(source: &str, document: usize, location: &str) -> Result<String, String> {
    let tree = xml::parse(source)?;
    let body = children(tree.root_element(), "DocBody").nth(document).ok_or("no such DocBody")?;
    let prefix = prefix_of(source, body);
    let element = format!("<{prefix}Signatures>{}</{prefix}Signatures>", escape(location));
    let range = match child(body, "Signatures") {
        Some(empty) => empty.range(),
        None => {
            let order = ["Versions", "DocRoot", "DocInfo"];
            let before = order.into_iter().find_map(|name| child(body, name)).ok_or("a DocBody without DocRoot")?;
            before.range().end..before.range().end
        }
    };
    let mut edited = source.to_owned();
    edited.replace_range(range, &element);
    xml::parse(&edited)?;
    Ok(edited)
}

/// A list with one more signature and the new highest id.
///
/// # Errors
/// In words, if it is no such XML.
pub(crate) fn extend_list(source: &str, id: &str, max_id: &str, location: &str) -> Result<String, String> {
    let tree = xml::parse(source)?;
    let root = tree.root_element();
    let prefix = prefix_of(source, root);
    let entry = format!("<{prefix}Signature ID=\"{}\" Type=\"Seal\" BaseLoc=\"{}\"/>", escape(id), escape(location));
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let highest: Vec<Node<'_, '_>> = children(root, "MaxSignId").collect();
    for node in &highest {
        edits.push((node.range(), format!("<{prefix}MaxSignId>{}</{prefix}MaxSignId>", escape(max_id))));
    }
    let highest_new = if highest.is_empty() {
        format!("<{prefix}MaxSignId>{}</{prefix}MaxSignId>", escape(max_id))
    } else {
        String::new()
    };
    let whole = source.get(root.range()).unwrap_or_default();
    let end = root.range().end;
    if let Some(open) = whole.strip_suffix("/>") {
        let name =
            open.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        edits.push((end.saturating_sub(2)..end, format!(">{highest_new}{entry}</{name}>")));
    } else {
        let close = root.range().start.saturating_add(whole.rfind("</").ok_or("an element that does not end")?);
        let first = root.children().find(Node::is_element).map_or(close, |node| node.range().start);
        if !highest_new.is_empty() && first != close {
            edits.push((first..first, highest_new));
            edits.push((close..close, entry));
        } else {
            edits.push((close..close, format!("{highest_new}{entry}")));
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = source.to_owned();
    for (range, text) in edits.into_iter().rev() {
        edited.replace_range(range, &text);
    }
    xml::parse(&edited)?;
    Ok(edited)
}

/// Prefix with colon that the element is written with; empty if it has none.
fn prefix_of<'a>(source: &'a str, node: Node<'_, '_>) -> &'a str {
    let tag = source.get(node.range()).unwrap_or_default();
    let name = tag
        .trim_start_matches('<')
        .split(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .next()
        .unwrap_or_default();
    name.find(':').and_then(|colon| name.get(..=colon)).unwrap_or_default()
}

/// The declaration says UTF-8, whatever it said: for parts that were decoded from something else.
pub(crate) fn declare_utf8(source: &str) -> String {
    let body = source.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(source, |(_, body)| body);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_ofd_xml_stays() {
        for (source, expected) in [
            (
                "<o:OFD xmlns:o=\"u\"><o:DocBody><o:DocInfo/>\n<o:DocRoot>d</o:DocRoot> </o:DocBody></o:OFD>",
                "<o:OFD xmlns:o=\"u\"><o:DocBody><o:DocInfo/>\n<o:DocRoot>d</o:DocRoot><o:Signatures>/a&amp;b</o:Signatures> \
                 </o:DocBody></o:OFD>",
            ),
            (
                "<OFD><DocBody><DocRoot/><Versions><Version/></Versions></DocBody></OFD>",
                "<OFD><DocBody><DocRoot/><Versions><Version/></Versions><Signatures>/a&amp;b</Signatures></DocBody></OFD>",
            ),
            (
                "<OFD><DocBody><DocRoot/><Signatures/></DocBody></OFD>",
                "<OFD><DocBody><DocRoot/><Signatures>/a&amp;b</Signatures></DocBody></OFD>",
            ),
        ] {
            assert_eq!(name_signatures(source, 0, "/a&b").unwrap(), expected);
        }
        assert!(name_signatures("<OFD><DocBody/></OFD>", 0, "/a").is_err());
        assert!(name_signatures("<OFD/>", 0, "/a").is_err());
    }

    #[test]
    fn lists_of_every_shape_are_extended() {
        for (source, expected) in [
            (
                "<o:S xmlns:o=\"u\"><o:Signature ID=\"1\"/></o:S>",
                "<o:S xmlns:o=\"u\"><o:MaxSignId>s003</o:MaxSignId><o:Signature ID=\"1\"/>\
                 <o:Signature ID=\"s002\" Type=\"Seal\" BaseLoc=\"/x\"/></o:S>",
            ),
            (
                "<S><Signature/><MaxSignId>s4</MaxSignId></S>",
                "<S><Signature/><MaxSignId>s003</MaxSignId><Signature ID=\"s002\" Type=\"Seal\" BaseLoc=\"/x\"/></S>",
            ),
            (
                "<S a=\"b\" />",
                "<S a=\"b\" ><MaxSignId>s003</MaxSignId><Signature ID=\"s002\" Type=\"Seal\" BaseLoc=\"/x\"/></S>",
            ),
            (
                "<S><MaxSignId/></S>",
                "<S><MaxSignId>s003</MaxSignId><Signature ID=\"s002\" Type=\"Seal\" BaseLoc=\"/x\"/></S>",
            ),
        ] {
            assert_eq!(extend_list(source, "s002", "s003", "/x").unwrap(), expected);
        }
    }
}
