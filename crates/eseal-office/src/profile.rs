//! The worker's LibreOffice profile (用户配置): nothing runs, nothing is fetched, everything is Chinese by default.

/// One setting: path, name, type, value.
type Item = (&'static str, &'static str, &'static str);

const COMMON: &str = "/org.openoffice.Office.Common";

/// Settings that differ from LibreOffice's own.
const ITEMS: &[Item] = &[
    // Macros: very high security, and none run at all.
    ("Security/Scripting", "MacroSecurityLevel", "3"),
    ("Security/Scripting", "DisableMacrosExecution", "true"),
    // Pictures and files that a document from nowhere refers to are not loaded.
    ("Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Security/Scripting", "HyperlinksWithCtrlClick", "true"),
    ("Misc", "FirstRun", "false"),
    ("Misc", "UseOpenCL", "false"),
    ("Misc", "UseLocking", "false"),
    ("Save/Document", "AutoSave", "false"),
    ("Save/Document", "CreateBackup", "false"),
];

/// Settings of other components, with their whole paths.
const OTHERS: &[(&str, &str, &str)] = &[
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"), // never
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),   // never
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-CN"), // A4, and the Chinese forms of characters
    ("/org.openoffice.Office.Linguistic/General", "DefaultLocale", "zh-CN"),
    ("/org.openoffice.Office.Linguistic/General", "DefaultLocale_CJK", "zh-CN"),
];

/// `registrymodifications.xcu` of a new profile.
pub(crate) fn registry() -> String {
    let common = ITEMS.iter().map(|(path, name, value)| (format!("{COMMON}/{path}"), *name, *value));
    let others = OTHERS.iter().map(|(path, name, value)| ((*path).to_owned(), *name, *value));
    let items: String = common
        .chain(others)
        .map(|(path, name, value)| {
            format!(
                "<item oor:path=\"{path}\"><prop oor:name=\"{name}\" oor:op=\"fuse\"><value>{value}</value></prop></item>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" \
         xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n\
         {items}</oor:items>\n"
    )
}
