//! `eseal image`: draws a seal picture (印章图片).

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use eseal_picture::{SealDesign, Templates, Warning, draw};

use crate::{exit::Exit, files};

/// Arguments of `eseal image`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List the templates and end.
    #[arg(long)]
    list: bool,
    /// Template, such as co-42.
    #[arg(long, default_value = "co-42")]
    template: String,
    /// Name on the arc, or the person's name (印文).
    #[arg(long, required_unless_present = "list")]
    name: Option<String>,
    /// Line below the centre; may be given several times.
    #[arg(long = "line")]
    lines: Vec<String>,
    /// Seal code on the lower arc.
    #[arg(long)]
    code: Option<String>,
    /// Pixels an inch of a PNG.
    #[arg(long)]
    dpi: Option<u16>,
    /// File to write: .png or .svg.
    #[arg(short, long, required_unless_present = "list")]
    output: Option<PathBuf>,
}

/// Runs `eseal image`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if args.list {
        for template in Templates::shipped().iter() {
            println!("{:10} {} × {} mm  {}", template.id, template.width_mm, template.height_mm, template.name);
        }
        return Ok(Exit::Done);
    }
    let design = SealDesign {
        template: args.template.clone(),
        name: args.name.clone().unwrap_or_default(),
        lines: args.lines.clone(),
        code: args.code.clone(),
        dpi: args.dpi,
    };
    let picture = draw(&design).context("cannot draw the picture")?;
    for warning in &picture.warnings {
        eprintln!("{}", in_words(warning));
    }
    let output = args.output.as_deref().context("no file to write")?;
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("png") => files::write(output, &picture.png)?,
        Some("svg") => files::write(output, picture.svg.as_bytes())?,
        _ => bail!("{}: pictures are .png or .svg", output.display()),
    }
    println!("{}: {} × {} mm", output.display(), picture.width_mm, picture.height_mm);
    Ok(Exit::Done)
}

fn in_words(warning: &Warning) -> String {
    match warning {
        Warning::MissingGlyph(character) => format!("the font has no {character}"),
        Warning::TooDense { percent } => format!("the characters are condensed to {percent} %"),
        Warning::EmblemMissing => "the template wants an emblem; the centre is left empty".into(),
        other => format!("{other:?}"),
    }
}
