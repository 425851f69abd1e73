//! `eseal`: the electronic seal system as one program (电子印章系统).

mod agent_policy;
mod archive;
mod bench;
mod ca;
mod certificate_command;
mod client;
mod conformance;
mod convert;
mod demo;
mod devices;
mod doctor;
mod exit;
mod files;
mod image;
mod keys;
mod log;
mod place;
mod render;
mod revoke;
mod runtime;
mod samples;
mod seal;
mod seal_status;
mod serve;
mod share_key;
mod sign;
mod source;
mod trust;
mod tsa;
mod verify;
mod zip;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Electronic seals (电子印章): seal and verify PDF and OFD, and serve the sixteen interfaces.
#[derive(Debug, Parser)]
#[command(name = "eseal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify a sealed file (验章); exit status 0 valid, 1 invalid, 2 indeterminate, 3 could not be read.
    Verify(verify::Args),
    /// Look at an archive report and judge it again (存档报告).
    #[command(subcommand)]
    Archive(archive::Command),
    /// Look at a seal, make one, change its status (印章).
    #[command(subcommand)]
    Seal(seal::Command),
    /// Seal a file (签章).
    Sign(sign::Args),
    /// Draw a seal picture (印章图片).
    Image(image::Args),
    /// Draw pages of a PDF or OFD as PNG or SVG (页面呈现).
    Render(render::Args),
    /// Convert a text, picture, office document, PDF or OFD to PDF or OFD (格式转换).
    Convert(convert::Args),
    /// A certification authority for development (开发用证书).
    #[command(subcommand)]
    Ca(ca::Command),
    /// Serve the interfaces (服务).
    Serve(serve::Args),
    /// Start the whole system with made-up holders, seals and a simulated phone (演示).
    Demo(demo::Args),
    /// Check whether this machine and this data folder are in order (自检).
    Doctor(doctor::Args),
    /// Trust bundles: make, sign, look at, verify, take up (信任包).
    #[command(subcommand)]
    Trust(trust::Command),
    /// Score a verifier over the conformance corpus (符合性测试).
    #[command(subcommand)]
    Conformance(conformance::Command),
    /// Sign the list of pages that may speak with the USBKey agent (代理策略).
    AgentPolicy(agent_policy::Args),
    /// Take back a grant, the tokens of a user, or a phone (撤销).
    Revoke(revoke::Args),
    /// A time-stamp authority (时间戳服务).
    #[command(subcommand)]
    Tsa(tsa::Command),
    /// The seal-use log (用印日志).
    #[command(subcommand)]
    Log(log::Command),
    /// Measure (性能测试): operations per second of processor time, one thread.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Verify(args) => verify::run(&args),
        Command::Archive(command) => archive::run(&command),
        Command::Seal(command) => seal::run(&command),
        Command::Sign(args) => sign::run(&args),
        Command::Image(args) => image::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Ca(command) => ca::run(&command),
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Trust(command) => trust::run(&command),
        Command::Conformance(command) => conformance::run(&command),
        Command::AgentPolicy(args) => agent_policy::run(&args),
        Command::Revoke(args) => revoke::run(&args),
        Command::Tsa(command) => tsa::run(&command),
        Command::Log(command) => log::run(&command),
        Command::Bench(args) => bench::run(&args),
    };
    exit::code_of(result)
}
