//! Documents made by code: an official paper, a table of sixty rows, slides, a page, rich text.

use crate::zip::zip;

const TYPES: &str = "application/vnd.openxmlformats-officedocument";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn content_types(overrides: &[(&str, &str)]) -> String {
    let overrides: String = overrides
        .iter()
        .map(|(part, kind)| format!("<Override PartName=\"/{part}\" ContentType=\"{TYPES}.{kind}+xml\"/>"))
        .collect();
    format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{overrides}</Types>"
    )
}

/// Relationships: identifier, type, target; addresses with a colon are outside.
pub(crate) fn relations(list: &[(&str, &str, &str)]) -> String {
    let list: String = list
        .iter()
        .map(|(id, kind, target)| {
            let mode = if target.contains(':') { " TargetMode=\"External\"" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"{mode}/>")
        })
        .collect();
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{list}</Relationships>"
    )
}

/// A run of text in a font, size in half points.
fn run(text: &str, font: &str, size: u32) -> String {
    format!(
        "<w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\"/><w:sz w:val=\"{size}\"/>\
         </w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>"
    )
}

fn paragraph(runs: &str, align: &str) -> String {
    format!("<w:p><w:pPr><w:jc w:val=\"{align}\"/></w:pPr>{runs}</w:p>")
}

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// An official paper with Chinese fonts, a table, header and footer; `more` goes into its body.
pub(crate) fn docx_with(more: &str, outside: &[(&str, &str, &str)], parts: &[(&str, &[u8])]) -> Vec<u8> {
    let cell = |text: &str| {
        format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"3000\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>",
            paragraph(&run(text, "宋体", 24), "left")
        )
    };
    let row = |texts: [&str; 3]| format!("<w:tr>{}</w:tr>", texts.map(cell).concat());
    let edges: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(|edge| format!("<w:{edge} w:val=\"single\" w:sz=\"4\" w:color=\"000000\"/>"))
        .concat();
    let table = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"9000\" w:type=\"dxa\"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>{}{}{}</w:tbl>",
        row(["序号", "项目", "金额（元）"]),
        row(["1", "电子印章制作", "120.00"]),
        row(["2", "签章服务", "3,400.50"])
    );
    let body = [
        paragraph(&run("关于开展电子印章应用试点的通知", "方正小标宋简体", 44), "center"),
        paragraph(&run("各有关单位：正文用仿宋字体，测试 Abc 123。", "仿宋_GB2312", 32), "left"),
        paragraph(&run("一、黑体标题", "黑体", 32), "left"),
        paragraph(&run("（一）楷体标题", "楷体_GB2312", 32), "left"),
        paragraph(&run("宋体正文 SimSun", "SimSun", 28), "left"),
        paragraph(&run("微软雅黑 YaHei 与 Times New Roman", "Microsoft YaHei", 28), "left"),
        paragraph(&run("Latin text in Times New Roman", "Times New Roman", 28), "left"),
        table,
        more.to_owned(),
    ]
    .concat();
    let document = format!(
        "{HEAD}<w:document {WORD} xmlns:v=\"urn:schemas-microsoft-com:vml\"><w:body>{body}<w:sectPr>\
         <w:headerReference w:type=\"default\" r:id=\"rId1\"/><w:footerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" \
         w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let header = format!("{HEAD}<w:hdr {WORD}>{}</w:hdr>", paragraph(&run("页眉：示例单位", "宋体", 18), "center"));
    let footer = format!("{HEAD}<w:ftr {WORD}>{}</w:ftr>", paragraph(&run("页脚：第一页", "宋体", 18), "center"));
    let styles = format!(
        "{HEAD}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"宋体\" w:eastAsia=\"宋体\"/>\
         <w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>"
    );
    let types = content_types(&[
        ("word/document.xml", "wordprocessingml.document.main"),
        ("word/styles.xml", "wordprocessingml.styles"),
        ("word/header1.xml", "wordprocessingml.header"),
        ("word/footer1.xml", "wordprocessingml.footer"),
    ]);
    let own = [("rId1", "header", "header1.xml"), ("rId2", "footer", "footer1.xml"), ("rId3", "styles", "styles.xml")];
    let document_relations = relations(&[&own[..], outside].concat());
    let package_relations = relations(&[("rId1", "officeDocument", "word/document.xml")]);
    let mut entries: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", package_relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", document_relations.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/header1.xml", header.as_bytes()),
        ("word/footer1.xml", footer.as_bytes()),
    ];
    entries.extend(parts);
    zip(&entries)
}

/// The official paper by itself.
pub(crate) fn docx() -> Vec<u8> {
    docx_with("", &[], &[])
}

/// A paragraph with a picture that lies elsewhere.
pub(crate) fn picture_elsewhere(relation: &str) -> String {
    format!(
        "<w:p><w:r><w:pict><v:shape style=\"width:100pt;height:100pt\"><v:imagedata r:id=\"{relation}\"/></v:shape></w:pict></w:r></w:p>"
    )
}

/// A table of sixty rows, and a hidden sheet.
pub(crate) fn xlsx() -> Vec<u8> {
    let cell = |text: String| format!("<c t=\"inlineStr\" s=\"1\"><is><t>{text}</t></is></c>");
    let row = |number: u32| {
        let texts = [format!("{number}"), format!("单位{number:02}"), format!("{}.50", number * 17), "已签章".into()];
        format!("<row r=\"{number}\">{}</row>", texts.map(cell).concat())
    };
    let sheet = |rows: u32| {
        format!(
            "{HEAD}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{}</sheetData></worksheet>",
            (1..=rows).map(row).collect::<String>()
        )
    };
    let workbook = format!(
        "{HEAD}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONS}\"><sheets>\
         <sheet name=\"台账\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"内部\" sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/>\
         </sheets></workbook>"
    );
    let styles = format!(
        "{HEAD}<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fonts count=\"1\"><font>\
         <sz val=\"11\"/><name val=\"等线\"/></font></fonts><fills count=\"1\"><fill/></fills><borders count=\"1\"><border/>\
         </borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf/><xf fontId=\"0\" applyFont=\"1\"/>\
         </cellXfs></styleSheet>"
    );
    let types = content_types(&[
        ("xl/workbook.xml", "spreadsheetml.sheet.main"),
        ("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
        ("xl/worksheets/sheet2.xml", "spreadsheetml.worksheet"),
        ("xl/styles.xml", "spreadsheetml.styles"),
    ]);
    let relations_of_book = relations(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "worksheet", "worksheets/sheet2.xml"),
        ("rId3", "styles", "styles.xml"),
    ]);
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.xml")]).as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations_of_book.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet(60).as_bytes()),
        ("xl/worksheets/sheet2.xml", sheet(3).as_bytes()),
    ])
}

/// Two slides.
pub(crate) fn pptx() -> Vec<u8> {
    const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
    const GROUP: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";
    let slide = |text: &str| {
        format!(
            "{HEAD}<p:sld {SPACES}><p:cSld><p:spTree>{GROUP}<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"t\"/><p:cNvSpPr/><p:nvPr/>\
             </p:nvSpPr><p:spPr><a:xfrm><a:off x=\"900000\" y=\"900000\"/><a:ext cx=\"7000000\" cy=\"2000000\"/></a:xfrm>\
             <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r>\
             <a:rPr lang=\"zh-CN\" sz=\"4000\"><a:latin typeface=\"微软雅黑\"/><a:ea typeface=\"微软雅黑\"/></a:rPr><a:t>{text}</a:t>\
             </a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
        )
    };
    let tree = |name: &str, rest: &str| {
        format!("{HEAD}<p:{name} {SPACES}><p:cSld><p:spTree>{GROUP}</p:spTree></p:cSld>{rest}</p:{name}>")
    };
    let map = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" \
         accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>";
    let master = tree(
        "sldMaster",
        &format!("{map}<p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst>"),
    );
    let presentation = format!(
        "{HEAD}<p:presentation {SPACES}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>\
         <p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/><p:sldId id=\"257\" r:id=\"rId3\"/></p:sldIdLst>\
         <p:sldSz cx=\"9144000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
    );
    let types = content_types(&[
        ("ppt/presentation.xml", "presentationml.presentation.main"),
        ("ppt/slides/slide1.xml", "presentationml.slide"),
        ("ppt/slides/slide2.xml", "presentationml.slide"),
        ("ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout"),
        ("ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster"),
    ]);
    let layout_of_slide = relations(&[("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")]);
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "ppt/presentation.xml")]).as_bytes()),
        ("ppt/presentation.xml", presentation.as_bytes()),
        (
            "ppt/_rels/presentation.xml.rels",
            relations(&[
                ("rId1", "slideMaster", "slideMasters/slideMaster1.xml"),
                ("rId2", "slide", "slides/slide1.xml"),
                ("rId3", "slide", "slides/slide2.xml"),
            ])
            .as_bytes(),
        ),
        ("ppt/slides/slide1.xml", slide("电子印章培训").as_bytes()),
        ("ppt/slides/slide2.xml", slide("第二页：操作步骤").as_bytes()),
        ("ppt/slides/_rels/slide1.xml.rels", layout_of_slide.as_bytes()),
        ("ppt/slides/_rels/slide2.xml.rels", layout_of_slide.as_bytes()),
        ("ppt/slideLayouts/slideLayout1.xml", tree("sldLayout", "").as_bytes()),
        (
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
            relations(&[("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")]).as_bytes(),
        ),
        ("ppt/slideMasters/slideMaster1.xml", master.as_bytes()),
        (
            "ppt/slideMasters/_rels/slideMaster1.xml.rels",
            relations(&[("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")]).as_bytes(),
        ),
    ])
}

/// A page with a table, without declared encoding.
pub(crate) fn html() -> Vec<u8> {
    "<html><body><h1 style=\"font-family:黑体\">网页标题</h1><p style=\"font-family:仿宋\">网页正文，测试。</p>\
     <table border=1><tr><td>甲方</td><td>乙方</td></tr></table></body></html>"
        .as_bytes()
        .to_vec()
}

/// Rich text in GBK.
pub(crate) fn rtf() -> Vec<u8> {
    b"{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}{\\f1\\fnil\\fcharset134 \\'ba\\'da\\'cc\\'e5;}}\
      {\\loch\\af1\\hich\\af1\\dbch\\f1\\fs36 \\'b8\\'bb\\'ce\\'c4\\'b1\\'be\\par}{\\loch\\af0\\hich\\af0\\dbch\\f0\\fs28 \\'b5\\'e7\\'d7\\'d3\\'d3\\'a1\\'d5\\'c2 RTF\\par}}"
        .to_vec()
}

/// A text document of OpenDocument.
pub(crate) fn odt() -> Vec<u8> {
    let content = format!(
        "{HEAD}<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" office:version=\"1.3\"><office:font-face-decls>\
         <style:font-face style:name=\"K\" svg:font-family=\"楷体\"/></office:font-face-decls><office:automatic-styles>\
         <style:style style:name=\"P1\" style:family=\"paragraph\"><style:text-properties style:font-name=\"K\" \
         style:font-name-asian=\"K\"/></style:style></office:automatic-styles><office:body><office:text>\
         <text:p text:style-name=\"P1\">开放文档正文</text:p></office:text></office:body></office:document-content>"
    );
    let manifest = format!(
        "{HEAD}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"application/vnd.oasis.opendocument.text\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ])
}

/// A table of OpenDocument whose second cell holds what a macro in it answers.
pub(crate) fn ods_with_macro() -> Vec<u8> {
    let content = format!(
        "{HEAD}<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" office:version=\"1.3\"><office:body><office:spreadsheet>\
         <table:table table:name=\"T\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>untouched</text:p>\
         </table:table-cell><table:table-cell table:formula=\"of:=WORDSOFMACRO()\"/></table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let libraries = format!(
        "{HEAD}<library:libraries xmlns:library=\"http://openoffice.org/2000/library\"><library:library \
         library:name=\"Standard\" library:link=\"false\"/></library:libraries>"
    );
    let library = format!(
        "{HEAD}<library:library xmlns:library=\"http://openoffice.org/2000/library\" library:name=\"Standard\" \
         library:readonly=\"false\" library:passwordprotected=\"false\"><library:element library:name=\"Module1\"/></library:library>"
    );
    let module = format!(
        "{HEAD}<script:module xmlns:script=\"http://openoffice.org/2000/script\" script:name=\"Module1\" \
         script:language=\"StarBasic\">Function WordsOfMacro() As String\nWordsOfMacro = \"MACRO\" &amp; \" RAN\"\nEnd Function\n\
         </script:module>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let parts = [
        ("content.xml", &content),
        ("Basic/script-lc.xml", &libraries),
        ("Basic/Standard/script-lb.xml", &library),
        ("Basic/Standard/Module1.xml", &module),
    ];
    let entry = |(name, kind): (&str, &str)| {
        format!("<manifest:file-entry manifest:full-path=\"{name}\" manifest:media-type=\"{kind}\"/>")
    };
    let entries: String =
        [("/", kind)].into_iter().chain(parts.map(|(name, _)| (name, "text/xml"))).map(entry).collect();
    let manifest = format!(
        "{HEAD}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
         manifest:version=\"1.3\">{entries}</manifest:manifest>"
    );
    let mut files = vec![("mimetype", kind.as_bytes())];
    files.extend(parts.map(|(name, text)| (name, text.as_bytes())));
    files.push(("META-INF/manifest.xml", manifest.as_bytes()));
    zip(&files)
}
