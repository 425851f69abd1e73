//! `eseal seal`: looks at seals and makes them (印章查看、制章).

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal::{SealReport, SealValidityAt, examine_seal, judge_seal};
use eseal_api::Language;
use eseal_gm::sm2::SigningKey;
use eseal_pki::Certificate;
use eseal_service::Config;
use eseal_ses::v4::{CriticalFalse, ListTemplate, PictureTemplate, SealTemplate};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{exit::Exit, files, keys, seal_status, trust::TrustArgs, verify};

/// `eseal seal …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say what a seal file holds and whether it is good; exit status as of `verify`.
    Inspect {
        /// SESeal, DER (.esl).
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        trust: TrustArgs,
        /// Judge as of this time (RFC 3339); now if left out.
        #[arg(long)]
        at: Option<Timestamp>,
        /// Report in English.
        #[arg(long)]
        english: bool,
        /// Write the seal's picture to this file.
        #[arg(long)]
        picture: Option<PathBuf>,
    },
    /// Make a seal (GB/T 38540 V4) with a maker's key file; for development.
    Make(Make),
    /// Freeze, release or revoke a seal of a server (冻结、解冻、注销), or say what status it is in.
    Status(seal_status::Args),
}

/// Arguments of `eseal seal make`.
#[derive(Debug, clap::Args)]
pub(crate) struct Make {
    /// File to write (.esl).
    #[arg(short, long)]
    output: PathBuf,
    /// esID, the seal's code.
    #[arg(long)]
    code: String,
    /// Name of the seal (印章名称).
    #[arg(long)]
    name: String,
    /// Picture: PNG, SVG or OFD as `eseal image` draws it; JPEG, GIF, BMP.
    #[arg(long)]
    picture: PathBuf,
    /// Width on paper, mm.
    #[arg(long)]
    width_mm: u16,
    /// Height on paper, mm.
    #[arg(long)]
    height_mm: u16,
    /// Certificate of the maker, PEM or DER.
    #[arg(long)]
    maker: PathBuf,
    /// Key of the maker, PEM.
    #[arg(long)]
    maker_key: PathBuf,
    /// Certificate that may use the seal; may be given several times.
    #[arg(long = "cert", required = true)]
    certificates: Vec<PathBuf>,
    /// List the certificates by their SM3 only.
    #[arg(long)]
    digests: bool,
    /// `type` of the property.
    #[arg(long, default_value_t = 1)]
    kind: i64,
    /// Vid, the vendor.
    #[arg(long, default_value = "ESEAL")]
    vid: String,
    /// Days until the seal expires.
    #[arg(long, default_value_t = 1825)]
    days: i64,
}

/// A seal that is wanted: shared with the demo.
pub(crate) struct Wanted<'a> {
    pub(crate) vid: &'a str,
    pub(crate) code: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: i64,
    pub(crate) picture: &'a [u8],
    pub(crate) size_mm: (u16, u16),
    pub(crate) list: ListTemplate<'a>,
    pub(crate) valid: (Timestamp, Timestamp),
}

/// Runs `eseal seal`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    match command {
        Command::Inspect { file, json, trust, at, english, picture } => {
            let config = Config::default();
            let evidence = trust.evidence(&config.region)?;
            let policy =
                eseal::Policy { seal_validity_at: SealValidityAt::Now, ..eseal::Policy::gbt38540_claimed_time() };
            let examined = examine_seal(&files::read(file)?);
            let report = judge_seal(&examined, &evidence, &policy, at.unwrap_or_else(Timestamp::now));
            let language = if *english { Language::English } else { Language::Chinese };
            if let (Some(path), Some(seal)) = (picture, &report.seal) {
                files::write(path, &seal.picture)?;
            }
            if *json {
                println!("{}", serde_json::to_string_pretty(&in_json(&report, language))?);
            } else {
                print!("{}", in_words(&report, language));
            }
            Ok(report.conclusion.into())
        }
        Command::Status(args) => seal_status::run(args),
        Command::Make(make) => {
            make.run()?;
            Ok(Exit::Done)
        }
    }
}

impl Make {
    fn run(&self) -> Result<()> {
        let certificates =
            self.certificates.iter().map(|path| files::read_certificate(path)).collect::<Result<Vec<_>>>()?;
        let listed: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
        let now = whole_second(Timestamp::now())?;
        let end = now + SignedDuration::from_hours(self.days.checked_mul(24).context("too many days")?);
        let picture = files::read(&self.picture)?;
        let wanted = Wanted {
            vid: &self.vid,
            code: &self.code,
            name: &self.name,
            kind: self.kind,
            picture: &picture,
            size_mm: (self.width_mm, self.height_mm),
            list: if self.digests { ListTemplate::Digests(&listed) } else { ListTemplate::Certificates(&listed) },
            valid: (now, end),
        };
        let der = wanted.make(&files::read_certificate(&self.maker)?, &keys::read(&self.maker_key)?)?;
        files::write(&self.output, &der)?;
        println!("{}", self.output.display());
        Ok(())
    }
}

/// `ESPictureInfo.type` by what the picture is (图像类型).
fn picture_type(picture: &[u8]) -> Result<&'static str> {
    let text = picture.strip_prefix(b"\xef\xbb\xbf").unwrap_or(picture).trim_ascii_start();
    Ok(match picture {
        [0x89, b'P', b'N', b'G', ..] => "PNG",
        [0xff, 0xd8, 0xff, ..] => "JPG",
        [b'G', b'I', b'F', b'8', ..] => "GIF",
        [b'B', b'M', ..] => "BMP",
        [b'P', b'K', 3, 4, ..] => "OFD",
        _ if text.starts_with(b"<svg") || text.starts_with(b"<?xml") => "SVG",
        _ => bail!("the picture is none of PNG, JPEG, GIF, BMP, SVG, OFD"),
    })
}

impl Wanted<'_> {
    /// Makes the seal: SESeal, DER.  The key must belong to the maker's certificate.
    pub(crate) fn make(&self, maker: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
        let certificate = Certificate::from_der(maker).context("the maker's certificate")?;
        if certificate.public_key.sm2() != Some(key.public_key().as_slice()) {
            bail!("the key does not belong to the maker's certificate");
        }
        let unsigned = SealTemplate {
            vid: self.vid,
            es_id: self.code,
            kind: self.kind,
            name: self.name,
            cert_list: self.list,
            create_date: self.valid.0,
            valid_start: self.valid.0,
            valid_end: self.valid.1,
            picture: PictureTemplate {
                kind: picture_type(self.picture)?,
                data: self.picture,
                width_mm: self.size_mm.0,
                height_mm: self.size_mm.1,
            },
            ext_datas: &[],
            critical_false: CriticalFalse::Written,
        }
        .info()?;
        Ok(unsigned.seal(maker, &key.sign(unsigned.signed_bytes()))?)
    }
}

/// Seals carry whole seconds.
pub(crate) fn whole_second(at: Timestamp) -> Result<Timestamp> {
    Timestamp::from_second(at.as_second()).context("a time out of range")
}

pub(crate) fn in_words(report: &SealReport, language: Language) -> String {
    let say = |text: &eseal::Text| language.choose(&text.zh, &text.en).to_owned();
    let mut lines = vec![format!("{}  {}", report.conclusion.as_str(), say(&report.summary))];
    if let Some(seal) = &report.seal {
        lines.push(format!(
            "{} {}  {} × {} mm {}",
            seal.code, seal.name, seal.width_mm, seal.height_mm, seal.picture_type
        ));
        let time = |at: Option<Timestamp>| at.map_or("?".to_owned(), |at| at.to_string());
        lines.push(format!(
            "{} – {}  Vid {} V{}",
            time(seal.valid_start),
            time(seal.valid_end),
            seal.vendor,
            seal.version
        ));
        lines.extend(seal.maker.iter().map(|maker| format!("maker: {}", maker.subject)));
    }
    lines.extend(report.checks.iter().map(|check| verify::check_line(check, &say(&check.reason))));
    lines.extend(report.deviations.iter().map(|name| format!("    ~ {name}")));
    lines.join("\n") + "\n"
}

fn in_json(report: &SealReport, language: Language) -> Value {
    let say = |text: &eseal::Text| language.choose(&text.zh, &text.en).to_owned();
    let seal = report.seal.as_ref().map(|seal| {
        json!({
            "sealCode": seal.code, "sealName": seal.name, "type": seal.kind, "vid": seal.vendor, "version": seal.version,
            "created": seal.created, "validStart": seal.valid_start, "validEnd": seal.valid_end,
            "imageType": seal.picture_type, "width": seal.width_mm, "height": seal.height_mm,
            "sealImg": BASE64_STANDARD.encode(&seal.picture),
            "maker": seal.maker.as_ref().map(|maker| maker.subject.clone()),
            "certList": seal.certificates.iter().map(|der| BASE64_STANDARD.encode(der)).collect::<Vec<_>>(),
        })
    });
    let checks: Vec<Value> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "code": check.code.as_str(), "outcome": check.outcome.as_str(), "reason": say(&check.reason),
                "subIndication": check.sub_indication.map(eseal::SubIndication::as_str), "evidence": check.evidence,
            })
        })
        .collect();
    json!({
        "conclusion": report.conclusion.as_str(),
        "subIndication": report.sub_indication.map(eseal::SubIndication::as_str),
        "summary": say(&report.summary), "seal": seal, "checks": checks, "deviations": report.deviations,
        "region": report.region, "recognised": report.recognised.as_str(),
    })
}
