//! Which font stands for which (字体替换规则): names as documents write them, and open fonts of the same style.

/// One style of letters with the names that mean it, and what may stand for it, best first.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Names in documents, Chinese and English; also what an operator's own font may be called.
    pub(crate) names: &'static [&'static str],
    /// Open fonts; the first that is installed is taken.
    pub(crate) targets: &'static [&'static str],
    /// Parts of names that mean this style.
    pub(crate) parts: &'static [&'static str],
}

/// More particular styles first: 仿宋 is not 宋.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        names: &[
            "仿宋",
            "FangSong",
            "仿宋_GB2312",
            "FangSong_GB2312",
            "仿宋_GB18030",
            "华文仿宋",
            "STFangsong",
            "方正仿宋简体",
            "方正仿宋_GBK",
            "方正仿宋_GB2312",
            "FZFangSong-Z02S",
            "FZFangSong-Z02",
        ],
        targets: &[
            "Zhuque Fangsong (technical preview)",
            "朱雀仿宋（预览测试版）",
            "Noto Serif CJK SC",
            "Source Han Serif SC",
        ],
        parts: &["仿宋", "FangSong", "Fangsong"],
    },
    Rule {
        names: &[
            "楷体",
            "KaiTi",
            "楷体_GB2312",
            "KaiTi_GB2312",
            "华文楷体",
            "STKaiti",
            "方正楷体简体",
            "方正楷体_GBK",
            "方正楷体_GB2312",
            "FZKai-Z03S",
            "FZKai-Z03",
        ],
        targets: &["LXGW WenKai", "AR PL KaitiM GB", "AR PL UKai CN", "Noto Serif CJK SC", "Source Han Serif SC"],
        parts: &["楷", "KaiTi", "Kaiti"],
    },
    Rule {
        names: &[
            "黑体",
            "SimHei",
            "微软雅黑",
            "Microsoft YaHei",
            "Microsoft YaHei UI",
            "等线",
            "DengXian",
            "等线 Light",
            "DengXian Light",
            "华文黑体",
            "STHeiti",
            "华文细黑",
            "STXihei",
            "方正黑体简体",
            "方正黑体_GBK",
            "FZHei-B01S",
            "FZHei-B01",
            "苹方-简",
            "PingFang SC",
            "思源黑体",
            "Source Han Sans SC",
            "幼圆",
            "YouYuan",
        ],
        targets: &["Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"],
        parts: &["黑", "Hei"],
    },
    Rule {
        names: &[
            "方正小标宋简体",
            "方正小标宋_GBK",
            "FZXiaoBiaoSong-B05S",
            "FZXiaoBiaoSong-B05",
            "小标宋",
            "华文中宋",
            "STZhongsong",
        ],
        targets: &["Noto Serif CJK SC", "Source Han Serif SC"],
        parts: &["标宋", "中宋"],
    },
    Rule {
        names: &[
            "宋体",
            "SimSun",
            "新宋体",
            "NSimSun",
            "宋体-简",
            "宋体-PUA",
            "SimSun-ExtB",
            "宋体-ExtB",
            "华文宋体",
            "STSong",
            "方正书宋简体",
            "方正书宋_GBK",
            "FZShuSong-Z01S",
            "FZShuSong-Z01",
            "思源宋体",
            "Source Han Serif SC",
        ],
        targets: &["Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN", "AR PL SungtiL GB"],
        parts: &["宋", "明体", "Song", "Ming"],
    },
    Rule {
        names: &["Times New Roman", "Times", "Cambria", "Georgia"],
        targets: &["Liberation Serif", "DejaVu Serif", "Noto Serif CJK SC"],
        parts: &["Times"],
    },
    Rule {
        names: &["Arial", "Helvetica", "Calibri", "Calibri Light", "Verdana", "Tahoma", "Segoe UI"],
        targets: &["Liberation Sans", "DejaVu Sans", "Noto Sans CJK SC"],
        parts: &["Arial", "Helvetica"],
    },
    Rule {
        names: &["Courier New", "Courier", "Consolas"],
        targets: &["Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC"],
        parts: &["Courier", "Mono"],
    },
];

/// What stands for all others, Latin and Chinese.
pub(crate) const LAST: &[&str] = &["Liberation Sans", "Noto Sans CJK SC", "DejaVu Sans", "WenQuanYi Zen Hei"];

/// A font that GB/T 9704 (党政机关公文格式) wants on official papers, with the names that it is known by.
#[derive(Debug)]
pub(crate) struct Official {
    pub(crate) name: &'static str,
    pub(crate) what_for: &'static str,
    pub(crate) families: &'static [&'static str],
}

/// GB/T 9704—2012, 5.2.2 and 7: 3号仿宋 for the text, 2号小标宋 for titles, 黑体 and 楷体 for levels of headings.
pub(crate) const OFFICIAL: &[Official] = &[
    Official {
        name: "方正小标宋简体",
        what_for: "标题 titles",
        families: &["方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"],
    },
    Official {
        name: "仿宋_GB2312",
        what_for: "正文 text",
        families: &["仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong"],
    },
    Official {
        name: "楷体_GB2312",
        what_for: "二级标题 second headings",
        families: &["楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"],
    },
    Official { name: "黑体", what_for: "一级标题 first headings", families: &["黑体", "SimHei"] },
    Official { name: "宋体", what_for: "页码 page numbers", families: &["宋体", "SimSun"] },
];

/// The form of a name in which names are compared: no case, no blanks, no `@` of vertical text, no subset prefix.
pub(crate) fn key(name: &str) -> String {
    let name = name.trim().trim_start_matches('@');
    let name = match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 && prefix.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    };
    name.chars().filter(|character| !matches!(character, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Names of one font: Chinese and English, with and without its character set.
const SAME: &[&[&str]] = &[
    &["仿宋", "FangSong", "仿宋_GB2312", "FangSong_GB2312", "仿宋_GB18030"],
    &["楷体", "KaiTi", "楷体_GB2312", "KaiTi_GB2312"],
    &["黑体", "SimHei"],
    &["微软雅黑", "Microsoft YaHei", "Microsoft YaHei UI"],
    &["等线", "DengXian"],
    &["宋体", "SimSun", "新宋体", "NSimSun"],
    &["方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋_GBK", "小标宋"],
];

/// True for two names of one font.
pub(crate) fn is_same_face(name: &str, other: &str) -> bool {
    SAME.iter().any(|names| names.contains(&name) && names.contains(&other))
}

/// A name in Latin letters that means the same font, or one of the same style.
pub(crate) fn latin_name(name: &str) -> Option<&'static str> {
    let wanted = key(name);
    let has = |names: &[&str]| names.iter().any(|name| key(name) == wanted);
    let names = SAME.iter().copied().chain(RULES.iter().map(|rule| rule.names)).find(|names| has(names))?;
    names.iter().copied().find(|name| name.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_blanks_prefixes() {
        assert_eq!(key("@仿宋_GB2312"), key("仿宋 gb2312"));
        assert_eq!(key("ABCDEF+SimSun"), "simsun");
        assert_eq!(key("Times New Roman"), "timesnewroman");
    }

    #[test]
    fn chinese_names_have_latin_ones() {
        assert_eq!(latin_name("黑体"), Some("SimHei"));
        assert_eq!(latin_name("华文中宋"), Some("FZXiaoBiaoSong-B05S"));
        assert_eq!(latin_name("没有"), None);
    }

    #[test]
    fn no_name_belongs_to_two_rules() {
        let mut seen = std::collections::BTreeSet::new();
        for name in RULES.iter().flat_map(|rule| rule.names) {
            assert!(seen.insert(key(name)), "{name}");
        }
    }
}
