//! Who takes part in the demo (演示对象): one table.  All names and numbers are made up.

use eseal_pki::issue::{Profile, Subject};

use super::request;
use crate::ca::IssueRequest;

/// An organisation.
pub(super) struct Organization {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) is_government: bool,
    pub(super) seals: &'static [Seal],
}

/// A seal, and how it looks.
pub(super) struct Seal {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) seal_type: &'static str,
    pub(super) carrier: &'static str,
    pub(super) template: &'static str,
    /// Text on the arc, or the person's name.
    pub(super) text: &'static str,
    /// Lines that replace the template's.
    pub(super) lines: &'static [&'static str],
}

/// The registered third-party system.
pub(super) const SYSTEM: (&str, &str) = ("DEMO-SYSTEM", "示例业务系统");

/// The person who acts for both organisations: identifier, name, document type, document number.
pub(super) const USER: (&str, &str, &str, &str) = ("demo-user", "张三", "111", "11010519491231002X");

const COMPANY: &str = "深圳市示例科技有限公司";
const BUREAU: &str = "深圳市示例区政务服务局";

/// The seal whose key the phone and the server share.
pub(super) const PHONE_SEAL: &str = "44030000000004";

/// All organisations: a business entity with its four seals, and a government body.
pub(super) const ORGANIZATIONS: &[Organization] = &[
    Organization {
        code: "91440300MA5DEMX122",
        name: COMPANY,
        is_government: false,
        seals: &[
            Seal {
                code: "44030000000001",
                name: COMPANY,
                seal_type: "01",
                carrier: "server",
                template: "co-40",
                text: COMPANY,
                lines: &[],
            },
            Seal {
                code: "44030000000002",
                name: "深圳市示例科技有限公司财务专用章",
                seal_type: "02",
                carrier: "usbkey",
                template: "fin-38",
                text: COMPANY,
                lines: &[],
            },
            Seal {
                code: "44030000000003",
                name: "深圳市示例科技有限公司合同专用章",
                seal_type: "04",
                carrier: "usbkey",
                template: "con-38",
                text: COMPANY,
                lines: &[],
            },
            Seal {
                code: PHONE_SEAL,
                name: "张三",
                seal_type: "05",
                carrier: "mobile",
                template: "name-20",
                text: "张三",
                lines: &[],
            },
        ],
    },
    Organization {
        code: "11440300MB2DEMY34P",
        name: BUREAU,
        is_government: true,
        seals: &[
            Seal {
                code: "44030000000011",
                name: BUREAU,
                seal_type: "01",
                carrier: "server",
                template: "org-42",
                text: BUREAU,
                lines: &[],
            },
            Seal {
                code: "44030000000012",
                name: "深圳市示例区政务服务局审批专用章",
                seal_type: "06",
                carrier: "server",
                template: "biz-38",
                text: BUREAU,
                lines: &["审批专用章"],
            },
            Seal {
                code: "44030000000013",
                name: "李四",
                seal_type: "05",
                carrier: "server",
                template: "name-20",
                text: "李四",
                lines: &[],
            },
        ],
    },
];

/// Every seal with its organisation.
pub(super) fn seals() -> impl Iterator<Item = (&'static Organization, &'static Seal)> {
    ORGANIZATIONS.iter().flat_map(|organization| organization.seals.iter().map(move |seal| (organization, seal)))
}

/// The signer's certificate that goes with a seal.
pub(super) fn request_of(seal_code: &str, public_key: &[u8]) -> IssueRequest {
    let holder = seals().find(|(_, seal)| seal.code == seal_code).map(|(organization, _)| organization);
    let organization = holder.map(|holder| format!("{}{}", holder.code, holder.name)).unwrap_or_default();
    request(Subject::of(&organization, seal_code), public_key, Profile::Signer)
}
