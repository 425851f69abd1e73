//! Sample files of the demo (示例文件): a contract as PDF and OFD, a notice as DOCX.

use std::path::Path;

use anyhow::{Context, Result};
use eseal_convert::{Options, Target, convert};

use super::docx::docx;
use crate::files;

const CONTRACT: &str = "示例合同\n\n合同编号：SZ-2026-0001\n\n甲方：深圳市示例科技有限公司\n乙方：某某采购中心\n\n\
一、甲方向乙方提供电子印章应用服务接口的示例，乙方用于集成测试。\n\
二、本合同中的名称、编号均为虚构，不具有法律效力。\n\
三、本合同一式两份，以电子形式签订。\n\n\n\
甲方（盖章）：                                乙方（盖章）：\n\n\n\n日期：2026 年 11 月 24 日\n";

const NOTICE: &str = "关于开展电子印章应用试点的通知（示例）\n\n各有关单位：\n\
为推进电子印章在政务服务中的应用，现开展试点。本文件内容均为虚构。\n\n深圳市示例区政务服务局\n2026 年 11 月 24 日\n";

/// Names of the samples by their key in `demo.json`.
pub(super) const NAMES: [(&str, &str); 3] = [("pdf", "contract.pdf"), ("ofd", "contract.ofd"), ("docx", "notice.docx")];

/// Writes what is not there.
pub(super) fn write(folder: &Path) -> Result<()> {
    files::make_folder(folder)?;
    for (kind, name) in NAMES {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        let bytes = match kind {
            "pdf" => contract(Target::Pdf)?,
            "ofd" => contract(Target::Ofd)?,
            _ => docx(NOTICE),
        };
        files::write(&path, &bytes)?;
    }
    Ok(())
}

/// The sample contract in the format that a file name says.
pub(super) fn contract_of(file: &Path) -> Result<Vec<u8>> {
    contract(if file.extension().is_some_and(|extension| extension == "pdf") { Target::Pdf } else { Target::Ofd })
}

fn contract(target: Target) -> Result<Vec<u8>> {
    let options = Options { title: Some("示例合同".into()), ..Options::default() };
    Ok(convert(&CONTRACT.as_bytes().to_vec(), Some("TXT"), target, &options).context("the sample contract")?.bytes)
}
