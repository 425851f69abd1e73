//! Elements of an XML part, one after the other (XML 扫描): no tree, no entities, no end to what may follow.

use quick_xml::{Reader, events::Event};

/// One element's start: local name and attributes.
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    attributes: &'a [(String, String)],
}

impl Element<'_> {
    /// Value of the attribute with that local name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Attributes of one element that are read.
const ATTRIBUTES: usize = 64;

/// Shows each element to `visit`, with the local names of those around it; stops where the part is no XML any more.
pub(super) fn scan(xml: &[u8], mut visit: impl FnMut(&[String], &Element<'_>)) {
    let text = String::from_utf8_lossy(xml);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut around: Vec<String> = Vec::new();
    let mut attributes = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name().as_ref().to_owned();
                read(&start, &mut attributes);
                visit(&around, &Element { name: &name, attributes: &attributes });
                if around.len() >= DEPTH {
                    return;
                }
                around.push(name);
            }
            Ok(Event::Empty(start)) => {
                let name = start.local_name().as_ref().to_owned();
                read(&start, &mut attributes);
                visit(&around, &Element { name: &name, attributes: &attributes });
            }
            Ok(Event::End(_)) => {
                around.pop();
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Elements within each other: deeper than any program writes.
const DEPTH: usize = 512;

fn read(start: &quick_xml::events::BytesStart<'_>, attributes: &mut Vec<(String, String)>) {
    attributes.clear();
    for attribute in start.attributes().with_checks(false).take(ATTRIBUTES).flatten() {
        let value = quick_xml::escape::unescape(&attribute.value).map(std::borrow::Cow::into_owned);
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.unwrap_or_default()));
    }
}
