//! Writing HTML (写 HTML): whatever is not ours goes through one escape.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A page in the making.
pub(super) struct Markup(String);

impl Markup {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(64 << 10))
    }

    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, in content and in quoted attributes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Text of others, whose writing direction ends where it ends.
    pub(super) fn quoted(&mut self, text: &str) -> &mut Self {
        self.raw("<bdi>").text(text).raw("</bdi>")
    }

    /// A picture inside the page.
    pub(super) fn png(&mut self, png: &[u8], name: &str) -> &mut Self {
        self.raw("<img src=\"data:image/png;base64,");
        STANDARD.encode_string(png, &mut self.0);
        self.raw("\" alt=\"").text(name).raw("\">")
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_others_is_markup() {
        let mut page = Markup::new();
        page.quoted("<script>\"'&").png(b"x", "\"><b>");
        let expected = "<bdi>&lt;script&gt;&quot;&#39;&amp;</bdi><img src=\"data:image/png;base64,eA==\" alt=\"&quot;&gt;&lt;b&gt;\">";
        assert_eq!(page.finish(), expected);
    }
}
