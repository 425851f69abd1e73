//! Fonts of the workers (字库): a private fontconfig configuration, and what stands for a font that is not there.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

use crate::{
    Settings,
    rules::{LAST, OFFICIAL, RULES, is_same_face, key},
    warning::{self, WarningKind, Warnings},
};

/// Where systems keep fonts.
pub(crate) const FONT_FOLDERS: &[&str] = &["/usr/share/fonts", "/usr/local/share/fonts"];
/// Fonts of one document that are looked up one by one.
const LOOKED_UP: usize = 40;
/// Fonts whose characters have codes of their own: LibreOffice draws them from its own.
const SYMBOLS: &[&str] = &["symbol", "wingdings", "wingdings2", "wingdings3", "webdings", "opensymbol", "mtextra"];

/// The fonts that workers see.
#[derive(Debug)]
pub(crate) struct Fonts {
    config: PathBuf,
    families: BTreeSet<String>,
    found: Mutex<HashMap<String, Option<String>>>,
}

impl Fonts {
    /// Writes the configuration into `folder` and asks fontconfig for what there is, which also fills its cache there.
    pub(crate) fn prepare(settings: &Settings, folder: &Path) -> std::io::Result<Self> {
        let config = folder.join("fonts.conf");
        let cache = folder.join("font-cache");
        std::fs::create_dir_all(&cache)?;
        std::fs::write(&config, configuration(settings.fonts.as_deref(), &cache))?;
        let listed = ask("fc-list", &config, &["--format", "%{family}\n"]).unwrap_or_default();
        let families = listed.lines().flat_map(|line| line.split(',')).map(key).collect();
        Ok(Self { config, families, found: Mutex::default() })
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Warns of every font in `wanted` that another one stands for.
    pub(crate) fn warn(&self, wanted: &BTreeSet<String>, warnings: &mut Warnings) {
        for name in wanted.iter().take(LOOKED_UP) {
            if let Some(other) = self.substitute(name) {
                let detail = format!("{} → {}", warning::name(name), warning::name(&other));
                warnings.add(WarningKind::FontSubstituted, detail);
            }
        }
        if wanted.len() > LOOKED_UP {
            let detail = format!("{} more fonts were not looked up", wanted.len() - LOOKED_UP);
            warnings.add(WarningKind::FontSubstituted, detail);
        }
    }

    /// What stands for a font that is not installed.
    fn substitute(&self, name: &str) -> Option<String> {
        let wanted = key(name);
        if self.families.is_empty() || self.families.contains(&wanted) || SYMBOLS.contains(&wanted.as_str()) {
            return None;
        }
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.entry(wanted).or_insert_with(|| self.ask_for(name)).clone()
    }

    fn ask_for(&self, name: &str) -> Option<String> {
        // These four are signs of a pattern's language.
        let escaped: String = name
            .chars()
            .filter(|character| !character.is_control())
            .flat_map(|character| {
                let sign = matches!(character, '-' | ':' | ',' | '\\').then_some('\\');
                sign.into_iter().chain([character])
            })
            .collect();
        let answer = ask("fc-match", &self.config, &["--format", "%{family}", "--", &escaped])?;
        let first = answer.split(',').next().unwrap_or_default().trim().to_owned();
        (!first.is_empty()).then_some(first)
    }
}

fn ask(program: &str, config: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .env("FONTCONFIG_FILE", config)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A font that GB/T 9704 (公文格式) wants and that is not installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialFace {
    /// 字体.
    pub name: &'static str,
    /// 用途.
    pub what_for: &'static str,
}

/// All fonts that GB/T 9704 wants (公文字体).
#[must_use]
pub fn official_faces() -> Vec<OfficialFace> {
    OFFICIAL.iter().map(|face| OfficialFace { name: face.name, what_for: face.what_for }).collect()
}

/// The fonts of GB/T 9704 that neither the system nor the operator's folder has (缺少的公文字体); `None` if fontconfig is
/// not installed.  Writes into a folder of its own below `settings.folder` and removes it.
#[must_use]
pub fn missing_official_faces(settings: &Settings) -> Option<Vec<OfficialFace>> {
    let folder = settings.folder.join(format!("look-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let fonts = Fonts::prepare(settings, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    let families = fonts.ok()?.families;
    if families.is_empty() {
        return None;
    }
    let is_missing =
        |families: &BTreeSet<String>, names: &[&str]| !names.iter().any(|name| families.contains(&key(name)));
    let missing = OFFICIAL.iter().filter(|face| is_missing(&families, face.families));
    Some(missing.map(|face| OfficialFace { name: face.name, what_for: face.what_for }).collect())
}

/// `fonts.conf`: the fonts' own names first, then the rules, then what has every character.
fn configuration(operator: Option<&Path>, cache: &Path) -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n");
    let folders = operator.into_iter().chain(FONT_FOLDERS.iter().map(Path::new));
    // LibreOffice brings a font for signs.
    for folder in folders.chain([Path::new("/usr/lib/libreoffice/share/fonts")]) {
        text += &format!("<dir>{}</dir>\n", escape(&folder.to_string_lossy()));
    }
    text += &format!("<cachedir>{}</cachedir>\n", escape(&cache.to_string_lossy()));
    for rule in RULES {
        let all: Vec<&str> = rule.targets.to_vec();
        for name in rule.names {
            // Another name of the same style, of a font that the operator has, is better than what is only alike.
            let own = rule.names.iter().filter(|other| *other != name && is_same_face(name, other)).copied();
            let families: Vec<&str> = own.chain(all.iter().copied()).collect();
            text += &rule_text("eq", name, &families);
        }
    }
    // Names that no rule has: the first style that a part of the name means.
    for rule in RULES {
        for part in rule.parts {
            text += &rule_text("contains", part, rule.targets);
        }
    }
    text += &format!(
        "<match target=\"pattern\"><edit name=\"family\" mode=\"append_last\">{}</edit></match>\n",
        strings(LAST)
    );
    text += "</fontconfig>\n";
    text
}

fn rule_text(compare: &str, name: &str, families: &[&str]) -> String {
    format!(
        "<match target=\"pattern\"><test qual=\"any\" name=\"family\" compare=\"{compare}\"><string>{}</string></test>\
         <edit name=\"family\" mode=\"append\" binding=\"strong\">{}</edit></match>\n",
        escape(name),
        strings(families)
    )
}

fn strings(names: &[&str]) -> String {
    names.iter().map(|name| format!("<string>{}</string>", escape(name))).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_holds_every_name_and_the_operators_folder_first() {
        let text = configuration(Some(Path::new("/srv/a&b")), Path::new("/srv/cache"));
        for name in RULES.iter().flat_map(|rule| rule.names) {
            assert!(text.contains(&format!("<string>{name}</string></test>")), "{name}");
        }
        assert!(text.find("/srv/a&amp;b").unwrap() < text.find("/usr/share/fonts").unwrap());
    }
}
