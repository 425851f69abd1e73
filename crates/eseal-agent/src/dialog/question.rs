//! What is shown before the PIN is asked for (确认内容): the words of the ticket, made harmless.

use eseal_ticket::{LoginMessage, SignTicket};

/// Most documents that are named one by one; of the others the number is told.
const NAMED_MAX: usize = 100;
/// Longest text that is shown of one field.
const TEXT_CHARS: usize = 200;

/// What is asked for (用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 登录.
    Login,
    /// 签章.
    Sign,
}

/// A document of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// 文件标题.
    pub title: String,
    /// 页数.
    pub page_count: Option<u32>,
    /// 印章名称.
    pub seal_name: String,
    /// 印章编码.
    pub seal_code: String,
}

/// A question to the user (待确认事项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What for.
    pub purpose: Purpose,
    /// 请求方页面: the origin.
    pub origin: String,
    /// 应用系统, or the server that logs in.
    pub system: String,
    /// 持有人; empty for a login.
    pub organization: String,
    /// Whose key it is: the certificate's subject.
    pub subject: String,
    /// How many signatures it makes.
    pub count: usize,
    /// The first of the documents.
    pub documents: Vec<Shown>,
    /// Tries that are left, if the last PIN was wrong.
    pub attempts_left: Option<u32>,
}

impl Question {
    /// About a ticket.
    #[must_use]
    pub fn sign(ticket: &SignTicket, subject: &str) -> Self {
        let documents = ticket.entries.iter().take(NAMED_MAX).map(|entry| Shown {
            title: harmless(&entry.title),
            page_count: entry.page_count,
            seal_name: harmless(&entry.seal_name),
            seal_code: harmless(&entry.seal_code),
        });
        Self {
            purpose: Purpose::Sign,
            origin: harmless(&ticket.origin),
            system: harmless(&format!("{} ({})", ticket.system_name, ticket.system_id)),
            organization: harmless(&format!("{} ({})", ticket.organization_name, ticket.organization_code)),
            subject: harmless(subject),
            count: ticket.entries.len(),
            documents: documents.collect(),
            attempts_left: None,
        }
    }

    /// About a login.
    #[must_use]
    pub fn login(message: &LoginMessage, subject: &str) -> Self {
        Self {
            purpose: Purpose::Login,
            origin: harmless(&message.origin),
            system: harmless(&message.server),
            organization: String::new(),
            subject: harmless(subject),
            count: 1,
            documents: Vec::new(),
            attempts_left: None,
        }
    }

    /// How many documents are not named.
    #[must_use]
    pub const fn unnamed(&self) -> usize {
        self.count.saturating_sub(if matches!(self.purpose, Purpose::Login) { 1 } else { self.documents.len() })
    }
}

/// Without what could move the cursor or turn the direction of writing, and not too long.
fn harmless(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| {
            if c.is_control()
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
            {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .take(TEXT_CHARS)
        .collect();
    if text.chars().count() > TEXT_CHARS {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_cannot_move_the_cursor_or_turn_the_writing() {
        assert_eq!(harmless("合同\u{1b}[2J\u{202E}fdp.exe\n"), "合同\u{FFFD}[2J\u{FFFD}fdp.exe\u{FFFD}");
        assert_eq!(harmless(&"字".repeat(500)).chars().count(), TEXT_CHARS + 1);
    }
}
