//! Draws sample seals into a folder: `cargo run -p eseal-picture --example samples -- FOLDER [DPI]`.

use std::{env, fs, path::PathBuf};

use eseal_picture::{SealDesign, draw};

/// File, template, name, lines, code.
const SAMPLES: &[(&str, &str, &str, &[&str], &str)] = &[
    ("company", "co-42", "深圳市示例科技股份有限公司", &[], "4403000000001"),
    ("finance", "fin-38", "深圳市示例科技有限公司", &[], "4403000000002"),
    ("person", "name-20", "张三丰", &[], ""),
    ("contract", "con-38", "示例公司", &["合同专用章"], "4403000000003"),
    ("business", "biz-38", "深圳市示例（集团）供应链管理服务有限责任公司南山分公司", &[], ""),
    ("invoice", "inv-40", "深圳市示例科技有限公司", &["91440300MA5EXAMPL0"], ""),
    ("foreign", "for-45", "示例（中国）投资有限公司", &[], ""),
    ("union", "union-42", "深圳市示例科技有限公司工会委员会", &[], ""),
    ("person2", "name-20", "李四", &[], ""),
    ("plain", "name-18x18-plain", "欧阳小明", &[], ""),
    ("row", "name-30x10", "李四", &[], ""),
    ("column", "name-10x30", "王小明", &[], ""),
    ("department", "co-38", "深圳市示例科技有限公司人力资源部", &[], ""),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("a folder is missing")?);
    let dpi = env::args().nth(2).map(|text| text.parse()).transpose()?;
    for (file, template, name, lines, code) in SAMPLES {
        let picture = draw(&SealDesign {
            template: (*template).into(),
            name: (*name).into(),
            lines: lines.iter().map(|line| (*line).into()).collect(),
            code: (!code.is_empty()).then(|| (*code).into()),
            dpi,
            ..SealDesign::default()
        })?;
        fs::write(folder.join(format!("seal-{file}.png")), &picture.png)?;
        fs::write(folder.join(format!("seal-{file}.svg")), &picture.svg)?;
        println!("{file}: {} × {} mm, {:?}", picture.width_mm, picture.height_mm, picture.warnings);
    }
    Ok(())
}
