//! What is kept (记录): plain data, one struct a table.
//!
//! States, types and functions are text, as on the wire; the use cases know their tables.

use jiff::Timestamp;

/// 应用系统, registered to call the interfaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemRecord {
    /// 应用系统标识.
    pub id: String,
    /// Name, as shown on phones and tickets.
    pub name: String,
    /// False once it is switched off.
    pub active: bool,
    /// HMAC-SM3 keys; two while one replaces the other.
    pub hmac_keys: Vec<Vec<u8>>,
    /// SM2 public keys, 04 ‖ x ‖ y; two while one replaces the other.
    pub sm2_keys: Vec<Vec<u8>>,
    /// Functions it may call, `category/function`.
    pub functions: Vec<String>,
    /// Scenes it may name.
    pub scenes: Vec<String>,
    /// Addresses or networks it may call from; empty for all.
    pub addresses: Vec<String>,
    /// Page origins registered for it.
    pub origins: Vec<String>,
    /// True if it may have digests signed whose documents never come here.
    pub digest_only: bool,
    /// Its own rate; none for the configured one.
    pub requests_per_minute: Option<u32>,
}

/// 机构, the holder of seals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationRecord {
    /// 统一社会信用代码.
    pub code: String,
    /// 机构名称.
    pub name: String,
    /// True for government bodies: only their seals are signed with centrally.
    pub is_government: bool,
}

/// 用户, a natural person who acts for organisations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserRecord {
    /// Identifier.
    pub id: String,
    /// 姓名.
    pub name: String,
    /// 证件类型.
    pub id_type: String,
    /// 证件号码.
    pub id_no: String,
    /// Codes of the organisations that the user acts for.
    pub organizations: Vec<String>,
    /// False once switched off.
    pub active: bool,
}

/// 印章.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealRecord {
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// Holder.
    pub organization_code: String,
    /// 印章类型.
    pub seal_type: String,
    /// 密钥载体.
    pub carrier: String,
    /// 状态: ACTIVE, FROZEN, REVOKED, UNCOLLECTED.
    pub status: String,
    /// Since when it is in this status; for one that was frozen and then revoked, since it was frozen.
    pub status_since: Option<Timestamp>,
    /// Scenes it may be used in; empty for all.
    pub scenes: Vec<String>,
    /// 有效期起.
    pub valid_start: Timestamp,
    /// 有效期止.
    pub valid_end: Timestamp,
    /// 签章人证书列表, DER.
    pub certificates: Vec<Vec<u8>>,
    /// SESeal, DER.
    pub der: Vec<u8>,
}

/// 授权: a holder lets a system use seals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantRecord {
    /// Identifier.
    pub id: String,
    /// SM3 of the grant code, hex.
    pub code_hash: String,
    /// System that may act.
    pub system_id: String,
    /// Holder that it acts for.
    pub organization_code: String,
    /// Seals it covers; none for all of the holder's.
    pub seal_codes: Option<Vec<String>>,
    /// Scenes it covers; empty for all.
    pub scenes: Vec<String>,
    /// True if it covers central signing.
    pub central: bool,
    /// Last moment; none for no end.
    pub valid_until: Option<Timestamp>,
    /// Uses left; none for any number.
    pub remaining: Option<u32>,
    /// True once taken back.
    pub revoked: bool,
}

/// 访问令牌 of a logged-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// SM3 of the token, hex.
    pub hash: String,
    /// System that it was given to.
    pub system_id: String,
    /// User it acts for.
    pub user_id: String,
    /// When it was last used.
    pub used: Timestamp,
    /// How long it may rest, in seconds.
    pub idle_seconds: u32,
    /// When it ends in any case.
    pub expires: Timestamp,
}

/// 文件 of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// 文件标识.
    pub id: String,
    /// Owner.
    pub system_id: String,
    /// Name of its bytes in the object store.
    pub object: String,
    /// 文件类型.
    pub file_type: String,
    /// 标题.
    pub title: Option<String>,
    /// 页数.
    pub page_count: Option<u32>,
    /// Bytes.
    pub size: u64,
    /// SM3.
    pub sm3: [u8; 32],
    /// When it came.
    pub created: Timestamp,
    /// When it is removed.
    pub expires: Timestamp,
}

/// 待签摘要: a prepared document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRecord {
    /// 文件唯一标识.
    pub id: String,
    /// Owner.
    pub system_id: String,
    /// Holder that it was prepared for.
    pub organization_code: String,
    /// Seal that is put on it.
    pub seal_code: String,
    /// 标题.
    pub title: Option<String>,
    /// 页数.
    pub page_count: Option<u32>,
    /// The original's bytes in the object store; none for digests alone.
    pub object: Option<String>,
    /// The prepared document, JSON.
    pub prepared: String,
    /// What is signed.
    pub e: [u8; 32],
    /// When it was prepared.
    pub created: Timestamp,
    /// When it can no longer be signed.
    pub expires: Timestamp,
    /// What became of it.
    pub composed: Option<CompositionRecord>,
}

/// 签章合成: what became of a prepared document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionRecord {
    /// Normalised DER of the signature value.
    pub signature_value: Vec<u8>,
    /// Seal signature, DER.
    pub seal_signature: Vec<u8>,
    /// The sealed file; none for digests alone.
    pub file_id: Option<String>,
    /// SM3 of the sealed file.
    pub sm3: [u8; 32],
    /// Canonical bytes of the entry in the seal-use log.
    pub leaf: Vec<u8>,
    /// Position of that entry; given by the store.
    pub log_index: u64,
    /// When.
    pub time: Timestamp,
}

/// 二维码 for login or signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRecord {
    /// 二维码标识, also the signTaskId.
    pub id: String,
    /// `login` or `sign`.
    pub purpose: String,
    /// System that asked.
    pub system_id: String,
    /// Holder, of signing codes.
    pub organization_code: Option<String>,
    /// 扫码状态.
    pub state: String,
    /// 匹配码.
    pub match_code: String,
    /// What the phone offers to pick from.
    pub choices: Vec<String>,
    /// SM3 of the poll token, hex; of login codes.
    pub poll_token_hash: Option<String>,
    /// 客户端信息.
    pub client_info: Option<String>,
    /// What is to be signed, JSON.
    pub payload: String,
    /// Phone that scanned it.
    pub device_id: Option<String>,
    /// User of that phone.
    pub user_id: Option<String>,
    /// What was signed, JSON.
    pub result: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends unless it goes on.
    pub expires: Timestamp,
}

/// What changes with a transition of a code; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeChange {
    /// 扫码状态.
    pub state: String,
    /// Phone.
    pub device_id: Option<String>,
    /// Its user.
    pub user_id: Option<String>,
    /// What was signed, JSON.
    pub result: Option<String>,
    /// New end.
    pub expires: Option<Timestamp>,
}

/// 手机, enrolled for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRecord {
    /// 设备标识.
    pub id: String,
    /// Its user.
    pub user_id: String,
    /// 设备名称.
    pub name: String,
    /// Key that signs its requests, 04 ‖ x ‖ y.
    pub device_public_key: Vec<u8>,
    /// Certificates whose signing key it holds, DER.
    pub certificates: Vec<Vec<u8>>,
    /// How the signing key is held: `shared` between phone and server.
    pub key_profile: String,
    /// The server's share of the signing key, sealed by whoever holds its wrapping key; never a plain key.
    pub key_share: Vec<u8>,
    /// Salt of the PIN.
    pub pin_salt: Vec<u8>,
    /// Derived from the PIN.
    pub pin_hash: Vec<u8>,
    /// Attempts until the key locks itself.
    pub pin_attempts_left: u32,
    /// False once switched off.
    pub active: bool,
    /// When it was enrolled.
    pub created: Timestamp,
}

/// 登记码: lets one phone be enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentRecord {
    /// SM3 of the code, hex.
    pub code_hash: String,
    /// User whose phone it will be.
    pub user_id: String,
    /// Certificates issued for that phone's key, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Last moment.
    pub expires: Timestamp,
}

/// USBKey 登录挑战.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeRecord {
    /// 挑战标识.
    pub id: String,
    /// System that asked.
    pub system_id: String,
    /// SM3 of the certificate that answers.
    pub cert_sm3: [u8; 32],
    /// The exact bytes to sign.
    pub message: Vec<u8>,
    /// Last moment.
    pub expires: Timestamp,
}

/// 请求编号 under which a system asked for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// System.
    pub system_id: String,
    /// Function, `category/function`.
    pub function: String,
    /// 请求编号.
    pub req_id: String,
}

/// Whether a request was made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// No: it is written down as running.
    New,
    /// Yes, and it is still running.
    Running,
    /// Yes, with this answer (JSON).
    Answered(String),
    /// Yes, but with another content.
    Different,
}

/// 任务.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// 任务标识.
    pub id: String,
    /// Owner.
    pub system_id: String,
    /// `category/function`.
    pub kind: String,
    /// 任务状态: `queued`, `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// Pieces done.
    pub done: u32,
    /// Pieces in all.
    pub total: u32,
    /// What to do, JSON, without secrets.
    pub input: String,
    /// What came out, JSON.
    pub result: Option<String>,
    /// When it was started.
    pub created: Timestamp,
    /// When it is forgotten.
    pub expires: Timestamp,
}

/// 经办人 of a central signing job; personal data masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRecord {
    /// Job.
    pub job_id: String,
    /// 姓名, masked.
    pub operator_name: String,
    /// 证件类型.
    pub operator_id_type: String,
    /// 证件号码, masked.
    pub operator_id: String,
    /// When.
    pub time: Timestamp,
}

/// 审计事件.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// When.
    pub time: Timestamp,
    /// What, such as `login.usbkey`.
    pub event: String,
    /// System, if one was involved.
    pub system_id: Option<String>,
    /// User, if one was involved.
    pub user_id: Option<String>,
    /// Identifier of what it was about.
    pub subject: Option<String>,
    /// `ok`, or the code of the failure.
    pub outcome: String,
}

/// What was swept away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects whose files are gone: delete them.
    pub objects: Vec<String>,
    /// Records removed.
    pub records: u64,
}
