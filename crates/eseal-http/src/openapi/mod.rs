//! `GET /openapi.json` (接口描述): OpenAPI 3.1, made from the tables and types of `eseal-api`.

mod types;

use std::sync::LazyLock;

use eseal_api::{
    AskSealStatus, ErrorCode, ErrorData, Function, Language, LogCheckpoint, LogConsistency, LogInclusion, PublicKeys,
    SealStatusAnswer, StoredFile, TaskInfo, VerifyFileResult,
};
use serde_json::{Map, Value, json};

use self::types::Schemas;

/// The document, made once.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

fn document() -> Value {
    let mut schemas = Schemas::default();
    let error = schemas.add::<ErrorData>();
    let code = schemas.add::<ErrorCode>();
    let maker = Maker { error: envelope(&code, error) };
    let mut paths = Map::new();
    for &function in Function::ALL {
        paths.insert(format!("/api/v1/{}", function.path()), maker.function(function, &mut schemas));
    }
    maker.beside(&mut paths, &mut schemas);
    maker.public(&mut paths, &mut schemas);
    for (act, zh, en, content, data) in types::of_phone(&mut schemas) {
        let body = json_body(&content);
        let operation = maker.operation("mobile", act, zh, en, Some(body), &maker.answer(&data), &device_security());
        paths.insert(format!("/api/v1/mobile/{act}"), json!({ "post": operation }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "电子印章应用服务接口 (electronic seal application services)",
            "summary": "DB4403/T 383.4—2023, chapter 6: five categories, sixteen interfaces.",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "tags": tags(),
        "paths": paths,
        "components": { "schemas": schemas.into_value(), "securitySchemes": security_schemes() }
    })
}

const DESCRIPTION: &str = "Every answer is the envelope `{code,msg,reqId,data}`; the HTTP status is the first three digits of \
    `code`. Requests are signed: the text `METHOD\\nPATH\\nQUERY(sorted)\\nsystemID\\ntimestamp\\nnonce\\nhex(SM3(body))` under \
    HMAC-SM3 or SM2 goes into `X-Eseal-Signature`, base64. The reference page with all codes and tables is at `/docs`.";

fn tags() -> Value {
    json!([
        { "name": "basic", "description": "基础功能: seals and conversion" },
        { "name": "login", "description": "系统登录: by phone and by USBKey" },
        { "name": "sign", "description": "通用签章: digest, signature, composition" },
        { "name": "verify", "description": "验章: files and seals" },
        { "name": "central", "description": "集中签章: government seals only" },
        { "name": "files", "description": "文件与任务: streamed files, long work" },
        { "name": "public", "description": "公开服务: for anyone, rarely" },
        { "name": "mobile", "description": "手机协议: between the platform and the holder's phone" }
    ])
}

/// The headers of a signed request; all of them belong together.
fn security_schemes() -> Value {
    let header =
        |name: &str, text: &str| json!({ "type": "apiKey", "in": "header", "name": name, "description": text });
    json!({
        "system": header("X-Eseal-System-Id", "应用系统标识"),
        "device": header("X-Eseal-Device-Id", "设备标识 of an enrolled phone; the signed text names `device:` and it"),
        "timestamp": header("X-Eseal-Timestamp", "milliseconds since 1970, within 300 s"),
        "nonce": header("X-Eseal-Nonce", "16–64 of [A-Za-z0-9_-], used once"),
        "algorithm": header("X-Eseal-Algorithm", "HMAC-SM3 or SM2"),
        "signature": header("X-Eseal-Signature", "base64 of the signature over the signed text")
    })
}

fn signed_by(who: &str) -> Value {
    json!([{ who: [], "timestamp": [], "nonce": [], "algorithm": [], "signature": [] }])
}

fn system_security() -> Value {
    signed_by("system")
}

fn device_security() -> Value {
    signed_by("device")
}

fn nobody() -> Value {
    json!([])
}

/// Schema of an answer with this `data`.
fn envelope(code: &Value, data: Value) -> Value {
    json!({
        "type": "object",
        "required": ["code", "msg", "reqId", "data"],
        "properties": {
            "code": code,
            "msg": { "type": "string", "description": "返回信息" },
            "reqId": { "type": "string", "description": "请求编号" },
            "data": data
        }
    })
}

struct Maker {
    /// Schema of an error.
    error: Value,
}

impl Maker {
    fn function(&self, function: Function, schemas: &mut Schemas) -> Value {
        let (content, data) = types::of_function(function, schemas);
        let mut body = json_body(&content);
        let mut answer = self.answer(&data);
        if function == Function::UploadFile {
            add_content(&mut body, form(&upload_parts()));
        }
        if function == Function::DownloadFile {
            add_content(&mut answer, octets());
        }
        let (category, name) = function.path().split_once('/').unwrap_or(("", function.path()));
        let zh = format!("{} {}", function.number(), function.zh());
        json!({ "post": self.operation(category, name, zh.trim(), function.en(), Some(body), &answer, &system_security()) })
    }

    /// Files and tasks, for any system.
    fn beside(&self, paths: &mut Map<String, Value>, schemas: &mut Schemas) {
        let (stored, task) = (schemas.add::<StoredFile>(), schemas.add::<TaskInfo>());
        let upload = json!({ "required": true, "content": form(&upload_parts()) });
        let mut operation = self.operation(
            "files",
            "uploadStream",
            "流式上传",
            "streamed upload",
            Some(upload),
            &self.answer(&stored),
            &system_security(),
        );
        let headers = [
            ("X-Eseal-Req-Id", "请求编号 of the upload", false),
            ("X-Eseal-Content-SM3", "hex SM3 of the body; required above 8 MiB", false),
        ];
        set(
            &mut operation,
            "parameters",
            headers.iter().map(|&(name, text, required)| parameter("header", name, text, required)).collect(),
        );
        paths.insert("/api/v1/files".into(), json!({ "post": operation }));

        let bytes = json!({ "description": "the bytes", "content": octets() });
        let download = self.operation(
            "files",
            "downloadStream",
            "流式下载",
            "streamed download",
            None,
            &bytes,
            &system_security(),
        );
        paths.insert("/api/v1/files/{fileId}".into(), json!({ "get": with_path(download, "fileId", "文件标识") }));

        self.report(paths, schemas);

        let mut seen = self.answer(&task);
        let cancel =
            self.operation("files", "cancelTask", "取消任务", "cancel a task", None, &seen, &system_security());
        let events = json!({ "text/event-stream": { "schema": { "type": "string", "description": "a TaskInfo an event, until the final state" } } });
        add_content(&mut seen, events);
        let ask = self.operation("files", "getTask", "查询任务", "state of a task", None, &seen, &system_security());
        let task_id = |operation| with_path(operation, "taskId", "任务标识");
        paths.insert("/api/v1/tasks/{taskId}".into(), json!({ "get": task_id(ask), "delete": task_id(cancel) }));
    }

    /// The report on a stored file, in its forms.
    fn report(&self, paths: &mut Map<String, Value>, schemas: &mut Schemas) {
        let text = |kind: &str| json!({ "schema": { "type": "string", "description": kind } });
        let forms = json!({
            "description": "the report",
            "content": {
                "application/json": { "schema": schemas.add::<VerifyFileResult>() },
                "text/html": text("one self-contained page"),
                "application/pdf": { "schema": { "type": "string", "format": "binary" } },
                "application/zip": { "schema": { "type": "string", "format": "binary" } }
            }
        });
        let mut operation = self.operation(
            "files",
            "getReport",
            "验证报告",
            "verification report as JSON (the bytes of data of 4-1 at level full), HTML, PDF or a signed archive",
            None,
            &forms,
            &system_security(),
        );
        let parameters = [
            ("path", "fileId", "文件标识", true),
            ("query", "format", "json, html, pdf or archive; by Accept if left out", false),
            ("query", "lang", "zh or en; by Accept-Language if left out", false),
            ("query", "at", "判断时点; now if left out", false),
            ("query", "policy", "验证策略", false),
        ];
        let parameters = parameters.iter().map(|&(place, name, text, required)| parameter(place, name, text, required));
        set(&mut operation, "parameters", parameters.collect());
        paths.insert("/api/v1/files/{fileId}/report".into(), json!({ "get": operation }));
    }

    /// What anyone may ask.
    fn public(&self, paths: &mut Map<String, Value>, schemas: &mut Schemas) {
        for function in [Function::VerifyFile, Function::VerifySeal] {
            let (content, data) = types::of_function(function, schemas);
            let mut body = json_body(&content);
            add_content(&mut body, form(&json!({ "file": { "type": "string", "format": "binary" } })));
            let name = function.path().rsplit('/').next().unwrap_or_default();
            let id = format!("public-{name}");
            let operation =
                self.operation("public", &id, function.zh(), function.en(), Some(body), &self.answer(&data), &nobody());
            paths.insert(format!("/api/v1/public/{name}"), json!({ "post": operation }));
        }
        let keys = schemas.add::<PublicKeys>();
        self.public_get(paths, "keys", "平台公钥", "public keys of the platform", &keys, &[]);
        let status = schemas.add::<SealStatusAnswer>();
        self.public_get(paths, "sealStatus", "印章状态", "status of a seal, signed", &status, &[]);
        let asked = [("sealCode", "印章编码", true), ("sealSm3", "SM3 of the seal", false), ("nonce", "随机数", true)];
        let parameters = asked.map(|(name, text, required)| parameter("query", name, text, required));
        let question = json_body(&schemas.add::<AskSealStatus>());
        let ask = self.operation(
            "public",
            "public-askSealStatus",
            "印章状态",
            "status of a seal, signed",
            Some(question),
            &self.answer(&status),
            &nobody(),
        );
        if let Some(path) = paths.get_mut("/api/v1/public/sealStatus") {
            path["get"]["parameters"] = json!(parameters);
            path["post"] = ask;
        }
        let checkpoint = schemas.add::<LogCheckpoint>();
        self.public_get(paths, "log/checkpoint", "日志检查点", "checkpoint of the seal-use log", &checkpoint, &[]);
        let consistency = schemas.add::<LogConsistency>();
        let sizes = [("first", "smaller size"), ("second", "larger size")];
        self.public_get(paths, "log/consistency", "一致性证明", "proof that the log only grew", &consistency, &sizes);
        let inclusion = schemas.add::<LogInclusion>();
        let place = [("index", "日志序号"), ("size", "日志大小")];
        self.public_get(paths, "log/inclusion", "存在性证明", "proof that an entry is in the log", &inclusion, &place);
    }

    fn public_get(
        &self,
        paths: &mut Map<String, Value>,
        name: &str,
        zh: &str,
        en: &str,
        data: &Value,
        numbers: &[(&str, &str)],
    ) {
        let id = format!("public-{}", name.replace('/', "-"));
        let mut operation = self.operation("public", &id, zh, en, None, &self.answer(data), &nobody());
        if !numbers.is_empty() {
            let parameters = numbers.iter().map(|&(name, text)| {
                let mut parameter = parameter("query", name, text, true);
                set(&mut parameter, "schema", json!({ "type": "integer", "minimum": 0 }));
                parameter
            });
            set(&mut operation, "parameters", parameters.collect());
        }
        paths.insert(format!("/api/v1/public/{name}"), json!({ "get": operation }));
    }

    fn answer(&self, data: &Value) -> Value {
        let code = json!({ "$ref": "#/components/schemas/ErrorCode" });
        json!({
            "description": ErrorCode::Success.message(Language::Chinese),
            "content": { "application/json": { "schema": envelope(&code, data.clone()) } }
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the members of an operation object")]
    fn operation(
        &self,
        tag: &str,
        id: &str,
        zh: &str,
        en: &str,
        body: Option<Value>,
        answer: &Value,
        security: &Value,
    ) -> Value {
        let mut operation = json!({
            "tags": [tag],
            "operationId": id,
            "summary": zh,
            "description": en,
            "security": security,
            "responses": {
                "200": answer,
                "default": {
                    "description": "an error: its status is the first three digits of its code",
                    "content": { "application/json": { "schema": self.error } }
                }
            }
        });
        if let Some(body) = body {
            set(&mut operation, "requestBody", body);
        }
        operation
    }
}

/// A request envelope with this `content`.
fn json_body(content: &Value) -> Value {
    json!({
        "required": true,
        "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["content"],
            "properties": {
                "reqId": { "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$", "description": "请求编号" },
                "content": { "allOf": [content, { "type": "object", "properties": {
                    "systemID": { "type": "string", "description": "应用系统标识; equals the authenticated system" }
                } }] }
            }
        } } }
    })
}

fn upload_parts() -> Value {
    json!({
        "file": { "type": "string", "format": "binary" },
        "fileType": { "type": "string", "description": "文件类型" },
        "title": { "type": "string", "description": "标题" }
    })
}

fn form(parts: &Value) -> Value {
    json!({ "multipart/form-data": { "schema": { "type": "object", "required": ["file"], "properties": parts } } })
}

fn octets() -> Value {
    json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } })
}

fn parameter(place: &str, name: &str, text: &str, required: bool) -> Value {
    json!({ "in": place, "name": name, "description": text, "required": required, "schema": { "type": "string" } })
}

fn with_path(mut operation: Value, name: &str, text: &str) -> Value {
    set(&mut operation, "parameters", json!([parameter("path", name, text, true)]));
    operation
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.into(), value);
    }
}

fn add_content(holder: &mut Value, more: Value) {
    if let (Some(Value::Object(content)), Value::Object(more)) = (holder.get_mut("content"), more) {
        content.extend(more);
    }
}
