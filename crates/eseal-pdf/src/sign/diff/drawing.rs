//! Whether a field draws something (域的外观): what is added without a signature must not cover what was signed.

use super::{Update, lenient, references};
use crate::{
    error::PdfError,
    object::{Dict, Object},
    read::rectangle,
};

/// Annotation flag of what is neither shown nor printed.
const HIDDEN: i64 = 2;

/// Entries of `/MK` from which viewers make a look of their own.
const DECORATIONS: [&[u8]; 4] = [b"BG", b"BC", b"CA", b"I"];

impl Update<'_> {
    /// True if the field or one of its widgets shows anything, in the new state.
    pub(super) fn draws(&self, field: &Dict) -> Result<bool, PdfError> {
        if self.widget_draws(field)? {
            return Ok(true);
        }
        for kid in references(&lenient(self.document.entry_of(self.new, field, b"Kids"))?) {
            if let Object::Dict(kid) = self.object(self.new, kid.number)?
                && self.widget_draws(&kid)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn widget_draws(&self, widget: &Dict) -> Result<bool, PdfError> {
        let flags = lenient(self.document.entry_of(self.new, widget, b"F"))?.as_integer().unwrap_or(0);
        let has_area = match rectangle(self.document, widget, b"Rect") {
            Ok(Some([left, bottom, right, top])) => left < right && bottom < top,
            Err(error) if !error.is_damage() => return Err(error),
            _ => false,
        };
        if flags & HIDDEN != 0 || !has_area {
            return Ok(false);
        }
        let decoration = self.dict(self.new, widget.get(b"MK"))?.unwrap_or_default();
        if DECORATIONS.iter().any(|key| decoration.get(key).is_some()) {
            return Ok(true);
        }
        let looks = self.dict(self.new, widget.get(b"AP"))?.unwrap_or_default();
        for (_, look) in looks.iter() {
            if self.look_draws(look)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A stream, or one a state.
    fn look_draws(&self, look: &Object) -> Result<bool, PdfError> {
        match lenient(self.document.resolve_in(self.new, look))? {
            Object::Stream(stream) => match self.document.stream_data(self.new, &stream) {
                Ok(data) => Ok(data.iter().any(|byte| !byte.is_ascii_whitespace())),
                // What cannot be decoded here, another reader may draw.
                Err(error) if error.is_damage() => Ok(true),
                Err(error) => Err(error),
            },
            Object::Dict(states) => {
                for (_, state) in states.iter() {
                    if let Object::Stream(_) = lenient(self.document.resolve_in(self.new, state))?
                        && self.look_draws(state)?
                    {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}
