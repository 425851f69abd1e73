//! The link test of the documentation: what pages point to exists, in both languages.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Pages at the root of the checkout.
const AT_ROOT: [&str; 4] = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"];

/// The two languages of `docs`.
const LANGUAGES: [&str; 2] = ["zh", "en"];

/// Fails with everything that points nowhere.
pub(crate) fn check() -> Result<()> {
    let root = crate::root();
    let mut pages = BTreeMap::new();
    for name in AT_ROOT {
        pages.insert(PathBuf::from(name), fs::read_to_string(root.join(name)).context(name)?);
    }
    read_pages(&root, Path::new("docs"), &mut pages)?;
    let problems = problems(&pages, &|path| root.join(path).exists());
    if !problems.is_empty() {
        bail!("{} links lead nowhere:\n{}", problems.len(), problems.join("\n"));
    }
    eprintln!("links: {} pages, every link leads somewhere, both languages have the same pages", pages.len());
    Ok(())
}

fn read_pages(root: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read_pages(root, &path, pages)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// Everything that is wrong with the pages; `exists` tells of other files.
fn problems(pages: &BTreeMap<PathBuf, String>, exists: &dyn Fn(&Path) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut linked = BTreeSet::new();
    for (path, text) in pages {
        let mut wrong = |what: String| problems.push(format!("{}: {what}", path.display()));
        for link in links(text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let Some(target) = resolve(path, file) else {
                wrong(format!("{link} leads out of the checkout"));
                continue;
            };
            match pages.get(&target) {
                Some(page) if !anchor.is_empty() && !anchors(page).contains(anchor) => {
                    wrong(format!("{link}: no heading #{anchor}"));
                }
                None if !exists(&target) => wrong(format!("{link}: no such file")),
                _ => {
                    linked.insert((path.clone(), target));
                }
            }
        }
        for name in named_pages(text) {
            let near = ["", "conformance", "..", "../.."].map(|folder| format!("{folder}/{name}"));
            let near = near.iter().filter_map(|name| resolve(path, name.trim_start_matches('/')));
            let is_there = near.chain([PathBuf::from(&name)]).any(|path| pages.contains_key(&path) || exists(&path));
            if !is_there {
                wrong(format!("{name} is named, and no such page is there"));
            }
        }
    }
    problems.extend(unpaired(pages));
    problems.extend(unlinked(pages, &linked));
    problems
}

/// Pages that one language lacks.
fn unpaired(pages: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let folders = LANGUAGES.map(|language| Path::new("docs").join(language));
    let of = |folder: &PathBuf| -> BTreeSet<PathBuf> {
        pages.keys().filter_map(|path| path.strip_prefix(folder).ok().map(Path::to_owned)).collect()
    };
    let [zh, en] = [of(&folders[0]), of(&folders[1])];
    let lacks = |language: &str, path: &PathBuf| format!("docs/{language} has no {}", path.display());
    let missing = zh.difference(&en).map(|path| lacks("en", path));
    missing.chain(en.difference(&zh).map(|path| lacks("zh", path))).collect()
}

/// Pages to which their language's first page does not point.
fn unlinked(pages: &BTreeMap<PathBuf, String>, linked: &BTreeSet<(PathBuf, PathBuf)>) -> Vec<String> {
    let mut list = Vec::new();
    for language in LANGUAGES {
        let folder = Path::new("docs").join(language);
        let first = folder.join("README.md");
        for page in pages.keys().filter(|page| page.starts_with(&folder) && **page != first) {
            if !linked.contains(&(first.clone(), page.clone())) {
                list.push(format!("{}: {} is not linked", first.display(), page.display()));
            }
        }
    }
    list
}

/// `link` as it is meant on the page `from`, from the root; none if it leads out of it.
fn resolve(from: &Path, link: &str) -> Option<PathBuf> {
    if link.is_empty() {
        return Some(from.to_owned());
    }
    let mut path = from.parent()?.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The page without what stands between fences and backquotes.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line.split('`').step_by(2).collect::<Vec<_>>().join("`"));
        }
    }
    lines.join("\n")
}

/// Targets of `[text](target)`; titles behind a space are left out.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.filter_map(|(target, _)| target.split_whitespace().next().map(str::to_owned)).collect()
}

/// Pages that are named without a link, such as «see suite.md».
fn named_pages(text: &str) -> Vec<String> {
    let prose = prose(text);
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
    let words = prose.split(|character: char| !is_of_name(character));
    words.map(|word| word.trim_end_matches('.')).filter(|word| word.ends_with(".md")).map(str::to_owned).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        let heading = line.trim_start_matches('#');
        if is_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|character| character.is_alphanumeric() || " -_".contains(*character));
        let anchor: String = kept.map(|character| if character == ' ' { '-' } else { character }).collect();
        // The second heading of a name is `name-1`.
        let same = (1..).map(|number| format!("{anchor}-{number}"));
        let free = [anchor.clone()].into_iter().chain(same).find(|name| !found.contains(name));
        found.extend(free);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(list: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        list.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
    }

    const GOOD: &[(&str, &str)] = &[
        ("README.md", "[文档](docs/zh/README.md) [web](https://example.org) `[no](link.md)`"),
        ("docs/zh/README.md", "# 文档\n[一](a.md#二-之-x) ![图](../images/a.png)，见 a.md"),
        ("docs/en/README.md", "[one](a.md) [zh](../zh/a.md)"),
        ("docs/zh/a.md", "## 二 之 X\n```md\n[code](nowhere.md)\n# 不是标题\n```\n[up](#二-之-x)"),
        ("docs/en/a.md", "# A"),
    ];

    fn found(change: (&str, &str)) -> Vec<String> {
        let mut all = pages(GOOD);
        all.insert(PathBuf::from(change.0), change.1.to_owned());
        problems(&all, &|path| path == Path::new("docs/images/a.png"))
    }

    #[test]
    fn what_leads_somewhere_is_good() {
        assert_eq!(found(("docs/en/a.md", "# A")), [""; 0]);
    }

    #[test]
    fn what_leads_nowhere_is_named() {
        for (path, text, said) in [
            ("docs/en/a.md", "[b](b.md)", "docs/en/a.md: b.md: no such file"),
            ("docs/en/a.md", "see b.md.", "docs/en/a.md: b.md is named, and no such page is there"),
            ("docs/en/a.md", "[zh](../zh/a.md#不是标题)", "docs/en/a.md: ../zh/a.md#不是标题: no heading #不是标题"),
            ("docs/en/a.md", "[x](../images/b.png)", "docs/en/a.md: ../images/b.png: no such file"),
            ("docs/en/a.md", "[out](../../../b.md)", "docs/en/a.md: ../../../b.md leads out of the checkout"),
            ("docs/en/README.md", "nothing", "docs/en/README.md: docs/en/a.md is not linked"),
        ] {
            assert_eq!(found((path, text)).first().map(String::as_str), Some(said));
        }
        let alone = found(("docs/en/only.md", ""));
        assert_eq!(alone, ["docs/zh has no only.md", "docs/en/README.md: docs/en/only.md is not linked"]);
    }
}
