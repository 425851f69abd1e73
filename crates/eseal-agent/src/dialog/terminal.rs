//! Asking on the terminal (终端对话): the one in which the agent was started.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use eseal_skf::Pin;

use super::{Answer, Dialog, Purpose, Question};

/// How long a question waits for its answer.
const WAIT: Duration = Duration::from_secs(120);
/// Longest line that is read.
const LINE_BYTES: usize = 64;

/// Asks on `/dev/tty`, without showing what is typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal;

impl Dialog for Terminal {
    fn ask(&self, question: &Question) -> Answer {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let Ok(mut terminal) = terminal else {
            tracing::warn!("There is no terminal to ask on");
            return Answer::Refused;
        };
        let Some(_quiet) = Quiet::of(&terminal) else { return Answer::Refused };
        if terminal.write_all(text(question).as_bytes()).is_err() {
            return Answer::Refused;
        }
        let line = read_line(&mut terminal, Instant::now() + WAIT);
        let _ = terminal.write_all(b"\n");
        match line {
            Some(pin) if !pin.is_empty() => Answer::Pin(pin),
            _ => Answer::Refused,
        }
    }
}

/// What the terminal shows.
fn text(question: &Question) -> String {
    let mut text = String::from("\n");
    let title = match question.purpose {
        Purpose::Login => "登录 / login",
        Purpose::Sign => "签章 / sign",
    };
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name}: {value}\n"));
        }
    };
    line("请求 request", title);
    line("页面 page", &question.origin);
    line("系统 system", &question.system);
    line("持有人 holder", &question.organization);
    line("证书 certificate", &question.subject);
    line("数量 signatures", &question.count.to_string());
    for document in &question.documents {
        let pages = document.page_count.map_or_else(String::new, |pages| format!(" · {pages} 页"));
        let seal = format!("{}{pages} · {} ({})", document.title, document.seal_name, document.seal_code);
        line("  文件 document", &seal);
    }
    if question.unnamed() > 0 {
        line("  其他 others", &question.unnamed().to_string());
    }
    if let Some(left) = question.attempts_left {
        line("PIN 错误，剩余次数 wrong PIN, attempts left", &left.to_string());
    }
    text.push_str("PIN (直接回车拒绝 / Enter alone refuses): ");
    text
}

/// A terminal that does not show what is typed and answers reads after a second; as it was when this goes.
struct Quiet {
    terminal: File,
    before: String,
}

impl Quiet {
    fn of(terminal: &File) -> Option<Self> {
        let terminal = terminal.try_clone().ok()?;
        let saved = Command::new("stty").arg("-g").stdin(terminal.try_clone().ok()?).output().ok()?;
        let before = String::from_utf8(saved.stdout).ok().filter(|_| saved.status.success())?;
        let quiet = Self { terminal, before: before.trim().to_owned() };
        quiet.set(&["-echo", "-icanon", "min", "0", "time", "10"]).then_some(quiet)
    }

    fn set(&self, arguments: &[&str]) -> bool {
        let Ok(terminal) = self.terminal.try_clone() else { return false };
        let done = Command::new("stty").args(arguments).stdin(terminal).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.set(&[&self.before]);
    }
}

/// A line, byte for byte into memory that is wiped; `None` if it does not come in time.
fn read_line(terminal: &mut File, until: Instant) -> Option<Pin> {
    let mut line = Pin::new(Vec::with_capacity(LINE_BYTES));
    let mut byte = zeroize::Zeroizing::new([0_u8; 1]);
    while Instant::now() < until {
        match terminal.read(&mut *byte) {
            Ok(0) => {}
            Ok(_) => match byte[0] {
                b'\n' | b'\r' => return Some(line),
                0x7F | 0x08 => {
                    line.pop();
                }
                0x03 | 0x04 => return None,
                other if line.len() < LINE_BYTES => line.push(other),
                _ => return None,
            },
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    None
}
