//! Kinds of office documents (文档类型): their content decides; WPS, ET and DPS are Microsoft's formats by other names.

/// Kind of an office document (文档类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Word 97, and WPS.
    Doc,
    /// Word 2007, and WPS.
    Docx,
    /// Excel 97, and ET.
    Xls,
    /// Excel 2007, and ET.
    Xlsx,
    /// PowerPoint 97, and DPS.
    Ppt,
    /// PowerPoint 2007, and DPS.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// Rich text.
    Rtf,
    /// HTML.
    Html,
}

impl Kind {
    /// Short name, which is also the extension.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Xls => "xls",
            Self::Xlsx => "xlsx",
            Self::Ppt => "ppt",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Rtf => "rtf",
            Self::Html => "html",
        }
    }

    /// LibreOffice's name of the reader: named, so that a broken package is not read as a text full of signs.
    pub(crate) const fn import_filter(self) -> &'static str {
        match self {
            Self::Doc => "MS Word 97",
            Self::Docx => "MS Word 2007 XML",
            Self::Xls => "MS Excel 97",
            Self::Xlsx => "Calc MS Excel 2007 XML",
            Self::Ppt => "MS PowerPoint 97",
            Self::Pptx => "Impress MS PowerPoint 2007 XML",
            Self::Odt => "writer8",
            Self::Ods => "calc8",
            Self::Odp => "impress8",
            Self::Rtf => "Rich Text Format",
            Self::Html => "HTML (StarWriter)",
        }
    }

    /// LibreOffice's name of the PDF writer.
    pub(crate) const fn export_filter(self) -> &'static str {
        match self {
            Self::Doc | Self::Docx | Self::Odt | Self::Rtf | Self::Html => "writer_pdf_Export",
            Self::Xls | Self::Xlsx | Self::Ods => "calc_pdf_Export",
            Self::Ppt | Self::Pptx | Self::Odp => "impress_pdf_Export",
        }
    }
}
