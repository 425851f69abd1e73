//! Packages with any number of signatures, made part by part (OFD 的构造).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use eseal_gm::{Hash, sm3};

use super::ses_make::SignatureMake;
use crate::{document::HEAD, document::NAMESPACE, png, zip};

/// Path of the list of signatures.
pub(super) const LIST: &str = "Doc_0/Signs/Signatures.xml";

/// A package in the making: its parts in order.
#[derive(Clone)]
pub(super) struct OfdMake {
    pub(super) parts: Vec<(String, Vec<u8>)>,
    /// `Signature` elements of the list.
    listed: Vec<String>,
}

/// How a signature is put in.
pub(super) struct Put<'a> {
    pub(super) kind: &'a str,
    /// Which parts it protects.
    pub(super) covers: &'a dyn Fn(&str) -> bool,
    pub(super) check_method: &'a str,
    pub(super) hash: Hash,
    /// Changes Signature.xml before it is signed.
    pub(super) edit: &'a dyn Fn(String) -> String,
    /// Seal.esl, if there shall be one.
    pub(super) seal_file: Option<Vec<u8>>,
    /// Further attributes of the list's element.
    pub(super) attributes: &'a str,
    /// SignatureDateTime.
    pub(super) date_time: &'a str,
}

impl Default for Put<'_> {
    fn default() -> Self {
        Self {
            kind: "Seal",
            covers: &|name| name != LIST,
            check_method: "1.2.156.10197.1.401",
            hash: Hash::Sm3,
            edit: &|xml| xml,
            seal_file: None,
            attributes: "",
            date_time: "20261124080000Z",
        }
    }
}

impl OfdMake {
    /// Two pages with a template, a picture, an annotation and an attachment.
    pub(super) fn new() -> Self {
        let xml = |root: &str, inner: &str| format!("{HEAD}<ofd:{root} {NAMESPACE}>{inner}</ofd:{root}>").into_bytes();
        let text = |id: usize, text: &str| {
            format!(
                r#"<ofd:TextObject ID="{id}" Boundary="40 90 60 6" Font="900" Size="5"><ofd:TextCode X="0" Y="5">{text}</ofd:TextCode></ofd:TextObject>"#
            )
        };
        let page = |id: usize, words: &str, extra: &str| {
            let content = format!(r#"<ofd:Layer ID="{id}">{}{extra}</ofd:Layer>"#, text(id + 1, words));
            xml("Page", &format!(r#"<ofd:Template TemplateID="800"/><ofd:Content>{content}</ofd:Content>"#))
        };
        let body = format!(
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/{LIST}</ofd:Signatures></ofd:DocBody>"
        );
        let entry = format!(r#"{HEAD}<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD">{body}</ofd:OFD>"#);
        let document = r#"<ofd:CommonData><ofd:MaxUnitID>1000</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes><ofd:TemplatePage ID="800" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"#;
        let fonts = r#"<ofd:Fonts><ofd:Font ID="900" FontName="SimSun" FamilyName="SimSun"/></ofd:Fonts>"#;
        let media = r#"<ofd:MultiMedias><ofd:MultiMedia ID="901" Type="Image"><ofd:MediaFile>Image_0.png</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID="902" Type="Image"><ofd:MediaFile>Image_1.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"#;
        let resource =
            |inner: &str| format!(r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res">{inner}</ofd:Res>"#).into_bytes();
        let image = r#"<ofd:ImageObject ID="31" Boundary="20 20 20 20" ResourceID="901" CTM="20 0 0 20 0 0"/>"#;
        let parts = [
            ("OFD.xml", entry.into_bytes()),
            ("Doc_0/Document.xml", xml("Document", document)),
            ("Doc_0/PublicRes.xml", resource(fonts)),
            ("Doc_0/DocumentRes.xml", resource(media)),
            ("Doc_0/Res/Image_0.png", png(8)),
            ("Doc_0/Res/Image_1.png", png(6)),
            (
                "Doc_0/Tpls/Tpl_0/Content.xml",
                xml(
                    "Page",
                    &format!(
                        r#"<ofd:Content><ofd:Layer ID="40" Type="Background">{}</ofd:Layer></ofd:Content>"#,
                        text(41, "深圳示范科技")
                    ),
                ),
            ),
            ("Doc_0/Pages/Page_0/Content.xml", page(10, "合同金额壹佰元", image)),
            ("Doc_0/Pages/Page_1/Content.xml", page(20, "以下无正文", "")),
            (
                "Doc_0/Annots/Annotations.xml",
                xml(
                    "Annotations",
                    r#"<ofd:Page PageID="1"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>"#,
                ),
            ),
            (
                "Doc_0/Annots/Page_0/Annotation.xml",
                xml(
                    "PageAnnot",
                    r#"<ofd:Annot ID="50" Type="Stamp" Creator="test"><ofd:Appearance Boundary="0 0 10 10"/></ofd:Annot>"#,
                ),
            ),
            (
                "Doc_0/Attachs/Attachments.xml",
                xml(
                    "Attachments",
                    r#"<ofd:Attachment ID="a1" Name="list"><ofd:FileLoc>list.txt</ofd:FileLoc></ofd:Attachment>"#,
                ),
            ),
            ("Doc_0/Attachs/list.txt", b"one hundred".to_vec()),
        ];
        Self { parts: parts.map(|(name, bytes)| (name.to_owned(), bytes)).into(), listed: Vec::new() }
    }

    /// A part's bytes.
    pub(super) fn part(&mut self, name: &str) -> &mut Vec<u8> {
        let found = self.parts.iter_mut().find(|(part, _)| part == name);
        found.map(|(_, bytes)| bytes).unwrap_or_else(|| panic!("no part {name}"))
    }

    /// Adds a part or replaces its bytes.
    pub(super) fn set(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        match self.parts.iter_mut().find(|(part, _)| part == name) {
            Some((_, old)) => *old = bytes,
            None => self.parts.push((name.to_owned(), bytes)),
        }
    }

    /// Removes a part.
    pub(super) fn remove(&mut self, name: &str) {
        self.parts.retain(|(part, _)| part != name);
    }

    /// Replaces words in a part.
    pub(super) fn replace(&mut self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.part(name).clone()).expect("text");
        assert!(text.contains(from), "{from} in {name}");
        *self.part(name) = text.replace(from, to).into_bytes();
    }

    /// Adds a signature over what is there; `value` is given Signature.xml and its path.
    pub(super) fn sign(&mut self, put: &Put<'_>, value: impl FnOnce(&[u8], &str) -> Vec<u8>) {
        let number = self.listed.len();
        let folder = format!("Doc_0/Signs/Sign_{number}");
        if let Some(seal) = &put.seal_file {
            self.set(&format!("{folder}/Seal.esl"), seal.clone());
        }
        if self.listed.is_empty() && (put.covers)(LIST) {
            // Who protects the list must write it first.
            self.list(put, number, &folder);
        }
        let reference = |(name, bytes): &(String, Vec<u8>)| {
            let digest = BASE64.encode(put.hash.digest(bytes));
            format!(r#"<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"#)
        };
        let references: String = self.parts.iter().filter(|(name, _)| (put.covers)(name)).map(reference).collect();
        let seal = put
            .seal_file
            .as_ref()
            .map(|_| format!("<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>"));
        let xml = format!(
            r#"{HEAD}<ofd:Signature {NAMESPACE}><ofd:SignedInfo><ofd:Provider ProviderName="test" Version="1.0" Company="test"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>{}</ofd:SignatureDateTime><ofd:References CheckMethod="{}">{references}</ofd:References><ofd:StampAnnot ID="{}" PageRef="1" Boundary="100 100 42 42"/>{}</ofd:SignedInfo><ofd:SignedValue>/{folder}/SignedValue.dat</ofd:SignedValue></ofd:Signature>"#,
            put.date_time,
            put.check_method,
            100 + number,
            seal.unwrap_or_default(),
        );
        let xml = (put.edit)(xml).into_bytes();
        let value = value(&xml, &format!("/{folder}/Signature.xml"));
        self.set(&format!("{folder}/Signature.xml"), xml);
        self.set(&format!("{folder}/SignedValue.dat"), value);
        if self.listed.len() == number {
            self.list(put, number, &folder);
        }
    }

    fn list(&mut self, put: &Put<'_>, number: usize, folder: &str) {
        let kind = if put.kind.is_empty() { String::new() } else { format!(r#" Type="{}""#, put.kind) };
        self.listed.push(format!(
            r#"<ofd:Signature ID="s{:03}"{kind} BaseLoc="/{folder}/Signature.xml"{}/>"#,
            number + 1,
            put.attributes
        ));
        let list = format!(
            "{HEAD}<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>{}</ofd:MaxSignId>{}</ofd:Signatures>",
            number + 1,
            self.listed.concat()
        );
        self.set(LIST, list);
    }

    /// Adds a seal signature.
    pub(super) fn seal(&mut self, put: &Put<'_>, make: &SignatureMake) {
        self.sign(put, |xml, path| make.der(xml, path));
    }

    /// The package.
    pub(super) fn zip(&self) -> Vec<u8> {
        let entries: Vec<(&str, &[u8])> = self.parts.iter().map(|(name, bytes)| (&name[..], &bytes[..])).collect();
        zip(&entries)
    }
}

/// A package with one seal signature.
pub(super) fn sealed_ofd(make: &SignatureMake) -> OfdMake {
    let mut package = OfdMake::new();
    let date_time = format!("{}", make.stated.strftime("%Y%m%d%H%M%SZ"));
    package.seal(&Put { date_time: &date_time, ..Put::default() }, make);
    package
}

/// SM3 in Base64, as references state it.
pub(super) fn check_value(bytes: &[u8]) -> String {
    BASE64.encode(sm3(bytes))
}
