//! Evidence as entries of an archive (证据条目): each certificate and list as a file of its own, and what they are.

use eseal::{Anchor, AnchorUse, Evidence, Policy, RegionRules, SignatureKind, StatusRules, status::SealStatement};
use serde_json::{Value, json};

use super::ArchiveError;
use crate::canonical_json;

/// Says what each file of evidence is.
const LIST: &str = "evidence/evidence.json";

/// Most files of evidence of one kind: several times what a country's trust list has.
const MOST: usize = 20_000;

/// The policy as data.
pub(super) fn policy_to_json(policy: &Policy) -> Value {
    serde_json::to_value(policy).unwrap_or_default()
}

/// The policy again.
pub(super) fn policy_of(value: &Value) -> Option<Policy> {
    Policy::from_json(value.to_string().as_bytes()).ok()
}

/// Evidence as entries.
pub(super) fn entries(evidence: &Evidence) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let mut entries = Vec::new();
    let mut put = |kind: &str, extension: &str, index: usize, der: &[u8]| {
        let name = format!("evidence/{kind}-{index:05}.{extension}");
        entries.push((name.clone(), der.to_vec()));
        name
    };
    let mut anchors = Vec::new();
    for (index, anchor) in evidence.anchors.iter().enumerate() {
        let name = put("anchor", "cer", index, &anchor.certificate);
        anchors.push(json!({ "entry": name, "region": anchor.region, "own": anchor.own }));
    }
    let mut names = |kind: &str, extension: &str, list: &[Vec<u8>]| -> Vec<String> {
        list.iter().enumerate().map(|(index, der)| put(kind, extension, index, der)).collect()
    };
    let list = json!({
        "anchors": anchors,
        "intermediates": names("intermediate", "cer", &evidence.intermediates),
        "crls": names("list", "crl", &evidence.crls),
        "ocsps": names("response", "ors", &evidence.ocsps),
        "regions": evidence.regions.iter().map(region_to_json).collect::<Vec<_>>(),
        "sealStatuses": evidence.seal_statuses.iter().map(SealStatement::to_text).collect::<Vec<_>>(),
        "knownAt": evidence.known_at.iter().map(|(sm3, at)| json!({ "sm3": hex::encode(sm3), "at": at })).collect::<Vec<_>>(),
    });
    let list = canonical_json(&list).map_err(|error| ArchiveError::Format(error.to_string()))?;
    entries.push((LIST.to_owned(), list.into_bytes()));
    Ok(entries)
}

/// Evidence again, entry by entry through `read`.
pub(super) fn of_entries(read: &dyn Fn(&str) -> Result<Vec<u8>, ArchiveError>) -> Result<Evidence, ArchiveError> {
    let wrong = |problem: &str| ArchiveError::Entry { entry: LIST.to_owned(), problem: problem.to_owned() };
    let list: Value = serde_json::from_slice(&read(LIST)?).map_err(|error| wrong(&error.to_string()))?;
    let array = |name: &str| -> Result<&Vec<Value>, ArchiveError> {
        let found = list.get(name).and_then(Value::as_array).ok_or_else(|| wrong(name))?;
        if found.len() > MOST { Err(wrong("too many entries")) } else { Ok(found) }
    };
    let files = |name: &str| -> Result<Vec<Vec<u8>>, ArchiveError> {
        array(name)?.iter().map(|entry| read(entry.as_str().ok_or_else(|| wrong(name))?)).collect()
    };
    let mut anchors = Vec::new();
    for anchor in array("anchors")? {
        anchors.push(Anchor {
            certificate: read(anchor["entry"].as_str().ok_or_else(|| wrong("anchors"))?)?,
            region: anchor["region"].as_str().ok_or_else(|| wrong("anchors"))?.to_owned(),
            own: anchor["own"].as_bool().ok_or_else(|| wrong("anchors"))?,
        });
    }
    let statement = |value: &Value| value.as_str().and_then(|text| SealStatement::from_text(text).ok());
    let known = |value: &Value| Some((digest_of(&value["sm3"])?, value["at"].as_str()?.parse().ok()?));
    Ok(Evidence {
        anchors,
        intermediates: files("intermediates")?,
        crls: files("crls")?,
        ocsps: files("ocsps")?,
        regions: all(array("regions")?, region_of).ok_or_else(|| wrong("regions"))?,
        seal_statuses: all(array("sealStatuses")?, statement).ok_or_else(|| wrong("sealStatuses"))?,
        known_at: all(array("knownAt")?, known).ok_or_else(|| wrong("knownAt"))?,
    })
}

fn all<T>(values: &[Value], read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    values.iter().map(read).collect()
}

fn digest_of(value: &Value) -> Option<[u8; 32]> {
    hex::decode(value.as_str()?).ok()?.try_into().ok()
}

const USES: [(AnchorUse, &str); 3] =
    [(AnchorUse::Maker, "maker"), (AnchorUse::Signer, "signer"), (AnchorUse::TimeStamp, "timeStamp")];

const KINDS: [SignatureKind; 7] = [
    SignatureKind::Gbt38540,
    SignatureKind::Gmt0031V1,
    SignatureKind::Gmt0031V5,
    SignatureKind::CmsSm2,
    SignatureKind::Cms,
    SignatureKind::Sm2Raw,
    SignatureKind::Unknown,
];

fn region_to_json(region: &RegionRules) -> Value {
    let name_of = |wanted: AnchorUse| USES.iter().find(|(found, _)| *found == wanted).map(|(_, name)| *name);
    json!({
        "name": region.name,
        "own": region.own,
        "uses": region.uses.iter().map(|(purpose, sm3)| json!([name_of(*purpose), hex::encode(sm3)])).collect::<Vec<_>>(),
        "structures": region.structures.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "algorithms": region.algorithms,
        "status": region.status.as_ref().map(|rules| json!({ "url": rules.url, "key": hex::encode(rules.key) })),
    })
}

fn region_of(value: &Value) -> Option<RegionRules> {
    let purpose =
        |value: &Value| USES.iter().find(|(_, name)| value.as_str() == Some(name)).map(|(purpose, _)| *purpose);
    let kind = |value: &Value| KINDS.into_iter().find(|kind| value.as_str() == Some(kind.as_str()));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Some(RegionRules {
        name: text(&value["name"])?,
        own: value["own"].as_bool()?,
        uses: all(value["uses"].as_array()?, |pair| Some((purpose(&pair[0])?, digest_of(&pair[1])?)))?,
        structures: all(value["structures"].as_array()?, kind)?,
        algorithms: all(value["algorithms"].as_array()?, text)?,
        status: match &value["status"] {
            Value::Null => None,
            rules => Some(StatusRules {
                url: text(&rules["url"])?,
                key: hex::decode(rules["key"].as_str()?).ok()?.try_into().ok()?,
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use eseal::status::StatedStatus;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn evidence_and_policy_come_back_as_they_were() {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let evidence = Evidence {
            anchors: vec![Anchor { certificate: vec![1, 2], region: "深圳".into(), own: true }],
            intermediates: vec![vec![3], vec![]],
            crls: vec![vec![4; 100]],
            ocsps: vec![vec![8; 3]],
            regions: vec![RegionRules {
                name: "广州".into(),
                own: false,
                uses: vec![(AnchorUse::Signer, [7; 32])],
                structures: KINDS.to_vec(),
                algorithms: vec!["SM2".into()],
                status: Some(StatusRules { url: "https://status.example".into(), key: [4; 65] }),
            }],
            seal_statuses: vec![SealStatement {
                region: "广州".into(),
                seal_code: "44010000000001".into(),
                seal_sm3: Some([9; 32]),
                status: StatedStatus::Frozen,
                since: Some(at),
                this_update: at,
                next_update: at,
                nonce: [1; 16],
            }],
            known_at: vec![([5; 32], at)],
        };
        let packed: HashMap<String, Vec<u8>> = entries(&evidence).unwrap().into_iter().collect();
        let read = |name: &str| packed.get(name).cloned().ok_or(ArchiveError::TooLarge);
        assert_eq!(format!("{:?}", of_entries(&read).unwrap()), format!("{evidence:?}"));
        let strict = Policy { regions: Some(vec!["深圳".into()]), require_time_stamp: true, ..Policy::default() };
        for policy in [Policy::default(), Policy::gbt38540_claimed_time(), strict] {
            assert_eq!(policy_of(&policy_to_json(&policy)), Some(policy));
        }
    }
}
