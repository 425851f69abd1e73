//! What a database must do (仓储接口).  Every change is durable when its future is ready.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    AuditRecord, ChallengeRecord, CodeChange, CodeRecord, CompositionRecord, DigestRecord, Earlier, EnrolmentRecord,
    FileRecord, GrantRecord, OperationRecord, OrganizationRecord, PhoneRecord, RequestKey, Result, SealRecord, Swept,
    SystemRecord, TaskRecord, TokenRecord, UserRecord,
};

/// 登记: systems, organisations, users, seals, grants.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Writes a system, new or changed.
    async fn put_system(&self, record: &SystemRecord) -> Result<()>;
    /// A system, active or not.
    async fn find_system(&self, id: &str) -> Result<Option<SystemRecord>>;
    /// Writes an organisation, new or changed.
    async fn put_organization(&self, record: &OrganizationRecord) -> Result<()>;
    /// An organisation.
    async fn find_organization(&self, code: &str) -> Result<Option<OrganizationRecord>>;
    /// Writes a user, new or changed.
    async fn put_user(&self, record: &UserRecord) -> Result<()>;
    /// A user, active or not.
    async fn find_user(&self, id: &str) -> Result<Option<UserRecord>>;
    /// The user with this identity document.
    async fn find_user_by_document(&self, id_type: &str, id_no: &str) -> Result<Option<UserRecord>>;
    /// Binds a certificate (its SM3) to a user.
    async fn bind_certificate(&self, sm3: &[u8; 32], user_id: &str) -> Result<()>;
    /// The user that a certificate is bound to.
    async fn find_user_by_certificate(&self, sm3: &[u8; 32]) -> Result<Option<UserRecord>>;
    /// Writes a seal, new or changed.
    async fn put_seal(&self, record: &SealRecord) -> Result<()>;
    /// Changes the status of a seal as of `at`, unless it is in it already or revoked, which is for good; false then, or
    /// if there is no such seal.
    async fn set_seal_status(&self, code: &str, status: &str, at: Timestamp) -> Result<bool>;
    /// A seal.
    async fn find_seal(&self, code: &str) -> Result<Option<SealRecord>>;
    /// All seals of an organisation by type and code.
    async fn list_seals(&self, organization_code: &str) -> Result<Vec<SealRecord>>;
    /// Active seals with this key place, by code: at most `limit` of those whose code comes after `after`.
    async fn seals_of_carrier(&self, carrier: &str, after: &str, limit: u32) -> Result<Vec<SealRecord>>;
    /// Writes a grant, new or changed.
    async fn put_grant(&self, record: &GrantRecord) -> Result<()>;
    /// The grant to this system with that hashed code.
    async fn find_grant(&self, system_id: &str, code_hash: &str) -> Result<Option<GrantRecord>>;
    /// A grant by its identifier.
    async fn find_grant_by_id(&self, id: &str) -> Result<Option<GrantRecord>>;
    /// Takes one use off a grant; false if it has none left.  Grants without a count always have one.
    async fn use_grant(&self, id: &str) -> Result<bool>;
    /// Ends a grant for good; false if there is none that was not ended.
    async fn revoke_grant(&self, id: &str) -> Result<bool>;
}

/// 会话: tokens, challenges, nonces, remembered requests, audit.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Writes a new token.
    async fn insert_token(&self, record: &TokenRecord) -> Result<()>;
    /// The active user of a live token of this system; using it keeps it from idling out.
    async fn find_token_user(&self, system_id: &str, hash: &str, now: Timestamp) -> Result<Option<UserRecord>>;
    /// Ends a token; false if there is none.
    async fn revoke_token(&self, system_id: &str, hash: &str) -> Result<bool>;
    /// Ends all tokens of a user, of every system; gives how many there were.
    async fn revoke_tokens_of(&self, user_id: &str) -> Result<u64>;
    /// Writes a new challenge.
    async fn insert_challenge(&self, record: &ChallengeRecord) -> Result<()>;
    /// Removes a challenge of this system and gives it: nobody gets it twice.
    async fn take_challenge(&self, system_id: &str, id: &str) -> Result<Option<ChallengeRecord>>;
    /// Writes a nonce down; false if it is there already.
    async fn insert_nonce(&self, system_id: &str, nonce: &str, expires: Timestamp) -> Result<bool>;
    /// Writes a request down as running, unless it was made before.
    async fn begin_request(
        &self,
        key: &RequestKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Earlier>;
    /// Remembers the answer of a running request.
    async fn finish_request(&self, key: &RequestKey, answer: &str) -> Result<()>;
    /// Forgets a running request: it failed for a reason that may pass.
    async fn forget_request(&self, key: &RequestKey) -> Result<()>;
    /// Forgets all running requests: call once when the only server starts, since nobody works on them any more.
    async fn forget_running_requests(&self) -> Result<u64>;
    /// Writes an event down.
    async fn insert_audit(&self, record: &AuditRecord) -> Result<()>;
}

/// 文件与待签摘要.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Writes a new file.
    async fn insert_file(&self, record: &FileRecord) -> Result<()>;
    /// A file of this system.
    async fn find_file(&self, system_id: &str, id: &str) -> Result<Option<FileRecord>>;
    /// Keeps a file at least until `until`.
    async fn extend_file(&self, id: &str, until: Timestamp) -> Result<()>;
    /// Writes a new prepared document.
    async fn insert_digest(&self, record: &DigestRecord) -> Result<()>;
    /// A prepared document of this system.
    async fn find_digest(&self, system_id: &str, id: &str) -> Result<Option<DigestRecord>>;
    /// In one transaction: the composition, its file, its entry in the seal-use log.  Gives the composition with its
    /// `log_index`; `None`, and nothing is written, if it was composed before.
    async fn commit_composition(
        &self,
        id: &str,
        composition: &CompositionRecord,
        file: Option<&FileRecord>,
    ) -> Result<Option<CompositionRecord>>;
}

/// 用章日志, read; it is written with the compositions.
#[async_trait]
pub trait UseLog: Send + Sync {
    /// Number of entries.
    async fn log_size(&self) -> Result<u64>;
    /// Hashes of complete subtrees by (level, index); those that do not exist are left out.
    async fn log_nodes(&self, places: &[(u32, u64)]) -> Result<HashMap<(u32, u64), [u8; 32]>>;
    /// Canonical bytes of an entry.
    async fn log_leaf(&self, index: u64) -> Result<Option<Vec<u8>>>;
}

/// 二维码与手机.
#[async_trait]
pub trait Phones: Send + Sync {
    /// Writes a new code.
    async fn insert_code(&self, record: &CodeRecord) -> Result<()>;
    /// A code, whosever it is: for phones.
    async fn find_code(&self, id: &str) -> Result<Option<CodeRecord>>;
    /// A code of this system.
    async fn find_code_of(&self, system_id: &str, id: &str) -> Result<Option<CodeRecord>>;
    /// Changes a code if it is in state `from`; false, and nothing changes, if it is not.
    async fn change_code(&self, id: &str, from: &str, change: &CodeChange) -> Result<bool>;
    /// Codes that a phone scanned, the latest first, and how many there are.
    async fn codes_of_device(&self, device_id: &str, offset: u32, limit: u32) -> Result<(u32, Vec<CodeRecord>)>;
    /// Writes a new phone.
    async fn insert_phone(&self, record: &PhoneRecord) -> Result<()>;
    /// A phone, active or not.
    async fn find_phone(&self, id: &str) -> Result<Option<PhoneRecord>>;
    /// Takes one attempt off the PIN counter, before the PIN is compared; gives what is left, `None` if it was locked.
    async fn take_pin_attempt(&self, id: &str) -> Result<Option<u32>>;
    /// Sets the PIN counter after a right PIN.
    async fn reset_pin_attempts(&self, id: &str, attempts: u32) -> Result<()>;
    /// Puts a new sealed share in the place of the old one; false, and nothing changes, if that is not there any more.
    async fn replace_key_share(&self, id: &str, old: &[u8], new: &[u8]) -> Result<bool>;
    /// Switches a phone off and deletes the server's share: its key signs never again.  False if it was off.
    async fn revoke_phone(&self, id: &str) -> Result<bool>;
    /// Writes a new enrolment code.
    async fn insert_enrolment(&self, record: &EnrolmentRecord) -> Result<()>;
    /// Removes an enrolment code and gives it.
    async fn take_enrolment(&self, code_hash: &str) -> Result<Option<EnrolmentRecord>>;
}

/// 任务.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Writes a new task.
    async fn insert_task(&self, record: &TaskRecord) -> Result<()>;
    /// A task of this system.
    async fn find_task(&self, system_id: &str, id: &str) -> Result<Option<TaskRecord>>;
    /// Tasks that are queued or running, the oldest first.
    async fn unfinished_tasks(&self) -> Result<Vec<TaskRecord>>;
    /// Marks a task as running; false if it is finished or cancelled.
    async fn begin_task(&self, id: &str) -> Result<bool>;
    /// Writes down how many pieces are done; false if the task is not running any more.
    async fn report_task(&self, id: &str, done: u32) -> Result<bool>;
    /// Finishes a running task; one that was cancelled stays so, but keeps its result.
    async fn finish_task(&self, id: &str, state: &str, result: &str) -> Result<()>;
    /// Cancels a task; false if it is finished.
    async fn cancel_task(&self, id: &str) -> Result<bool>;
    /// Writes down who ordered a job; once.
    async fn insert_operation(&self, record: &OperationRecord) -> Result<()>;
}

/// Everything that a database must do.
#[async_trait]
pub trait Store: Registry + Sessions + Documents + UseLog + Phones + Tasks {
    /// Removes what expired, at most `limit` records a table.
    async fn sweep(&self, now: Timestamp, limit: u32) -> Result<Swept>;
    /// Which of these objects belong to no file and no prepared document: left behind by a server that was killed
    /// between writing an object and its record.
    async fn unknown_objects(&self, names: &[String]) -> Result<Vec<String>>;
    /// Whether the database answers.
    async fn check(&self) -> Result<()>;
}
