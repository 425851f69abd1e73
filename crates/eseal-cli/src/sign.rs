//! `eseal sign`: seals a file with a seal, a certificate and a key file (签章), offline, by the same three steps as the
//! server: prepare, sign e, compose.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use eseal::{
    Anchor, Document, Evidence, Limits, PdfNames, Placement, Policy, PrepareError, PrepareRequest, SealValidityAt,
    SignatureValue,
};
use eseal_bytes::ByteSource;
use eseal_service::Config;
use eseal_ses::Seal;
use jiff::Timestamp;

use crate::{
    exit::Exit,
    files, keys,
    place::{AcrossPlace, KeywordPlace, Place},
    seal::whole_second,
    source::FileSource,
    trust::TrustArgs,
};

/// Arguments of `eseal sign`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// PDF or OFD to be sealed; it stays as it is.
    input: PathBuf,
    /// Sealed file.
    output: PathBuf,
    /// The seal: SESeal, DER.
    #[arg(long)]
    seal: PathBuf,
    /// Certificate of the signer, PEM or DER; must be in the seal's list.
    #[arg(long)]
    cert: PathBuf,
    /// Key of the signer: EC PRIVATE KEY or PRIVATE KEY, PEM.
    #[arg(long)]
    key: PathBuf,
    /// page,left,bottom[,right,top]: lengths in mm from the lower left of the displayed page; page 0 is every page,
    /// -1 the last, 2-5 a range. May be given several times.
    #[arg(long = "place", allow_hyphen_values = true)]
    places: Vec<Place>,
    /// side,position[,first,last]: a seal across the pages' right, left, top or bottom edges. May be given several times.
    #[arg(long = "across")]
    across: Vec<AcrossPlace>,
    /// WORD[:n]: the seal's centre on the n-th occurrence of a word, 0 for every one. May be given several times.
    #[arg(long = "keyword")]
    keywords: Vec<KeywordPlace>,
    /// Nobody may seal the file afterwards.
    #[arg(long)]
    lock: bool,
    /// Reason, shown by PDF viewers.
    #[arg(long)]
    reason: Option<String>,
    /// With a trust bundle, seal and signer must be good by it. Without one, the caller vouches for the two certificates:
    /// their issuers and revocation are not asked for, everything else is checked.
    #[command(flatten)]
    trust: TrustArgs,
    /// /Filter of a PDF signature.
    #[arg(long, default_value_t = PdfNames::default().filter)]
    filter: String,
    /// /SubFilter of a PDF signature.
    #[arg(long, default_value_t = PdfNames::default().sub_filter)]
    sub_filter: String,
}

/// Runs `eseal sign`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let placements: Vec<Placement> = args
        .places
        .iter()
        .map(|place| place.0.clone())
        .chain(args.across.iter().map(|place| place.0.clone()))
        .chain(args.keywords.iter().map(|place| place.0.clone()))
        .collect();
    if placements.is_empty() {
        bail!("no place for the seal: give --place, --across or --keyword");
    }
    let (seal, certificate, key) =
        (files::read(&args.seal)?, files::read_certificate(&args.cert)?, keys::read(&args.key)?);
    let evidence = match args.trust.trust {
        Some(_) => args.trust.evidence(&Config::default().region)?,
        None => vouched_for(&seal, &certificate)?,
    };
    let policy = Policy {
        seal_validity_at: SealValidityAt::Now,
        require_revocation: args.trust.trust.is_some(),
        ..Policy::gbt38540_claimed_time()
    };
    let source: Arc<dyn ByteSource> = Arc::new(FileSource::open(&args.input)?);
    let document =
        Document::open(source.clone(), &Limits::default()).with_context(|| args.input.display().to_string())?;
    let prepared = document
        .prepare(&PrepareRequest {
            seal: &seal,
            signer_certificate: &certificate,
            placements: &placements,
            lock: args.lock,
            reason: args.reason.as_deref(),
            signing_time: whole_second(Timestamp::now())?,
            pdf: &PdfNames { filter: args.filter.clone(), sub_filter: args.sub_filter.clone() },
            evidence: &evidence,
            policy: &policy,
        })
        .map_err(explained)?;
    for warning in &prepared.warnings {
        eprintln!("{warning}");
    }
    let value = SignatureValue::Bytes(key.sign_prehash(&prepared.e).to_der());
    let places = prepared.placements.clone();
    let sealed = prepared.compose(source, &value, Some(&certificate))?;
    files::write_source(&args.output, &sealed.bytes)?;
    for place in places {
        println!(
            "page {}: {:.1},{:.1}..{:.1},{:.1} mm",
            place.page, place.left_mm, place.bottom_mm, place.right_mm, place.top_mm
        );
    }
    println!("{}  SM3 {}", args.output.display(), hex::encode(sealed.sm3));
    Ok(Exit::Done)
}

/// Maker and signer taken as they are given.
fn vouched_for(seal: &[u8], certificate: &[u8]) -> Result<Evidence> {
    let seal = Seal::parse(seal).context("the seal cannot be read")?;
    let maker = seal.maker_certificate().context("the seal has no maker's certificate")?;
    eprintln!("no trust bundle: maker and signer are taken as given");
    let anchor = |der: &[u8]| Anchor { certificate: der.to_vec(), region: String::new(), own: false };
    Ok(Evidence { anchors: vec![anchor(maker), anchor(certificate)], ..Evidence::default() })
}

/// A failed preparation with the checks that made it fail.
fn explained(error: PrepareError) -> anyhow::Error {
    if let PrepareError::SealNotGood { checks } = &error {
        let failed: Vec<String> =
            checks.iter().map(|check| format!("{}: {}", check.code.as_str(), check.reason.en)).collect();
        let text = failed.join("; ");
        return anyhow::Error::new(error).context(text);
    }
    error.into()
}
