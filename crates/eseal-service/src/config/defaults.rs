//! What is not configured (默认配置): every number with its reason.

use std::collections::BTreeMap;

use super::{AtSealing, Config, EvidenceSources, Keys, Limits, Mode, Office, Phones, Sealing, Server, Storage, Times};

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Production,
            region: "深圳".into(),
            server: Server::default(),
            storage: Storage::default(),
            keys: Keys::default(),
            sealing: Sealing::default(),
            evidence: EvidenceSources::default(),
            times: Times::default(),
            phones: Phones::default(),
            office: Office::default(),
            limits: Limits::default(),
            device: BTreeMap::new(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            base_url: "http://127.0.0.1:8080".into(),
            trusted_proxies: Vec::new(),
            simulated_phone: false,
            shutdown_seconds: 30, // the time orchestrators give before they kill
        }
    }
}

impl Default for Phones {
    fn default() -> Self {
        Self {
            certificate_command: Vec::new(),
            certificate_seconds: 30, // below the 60 that an enrolment's second step may take
            held_keys: false,        // a stolen key would sign elsewhere too
        }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self { data: "data".into(), database: String::new() }
    }
}

impl Default for Sealing {
    fn default() -> Self {
        let names = eseal::PdfNames::default();
        Self {
            pdf_filter: names.filter,
            pdf_sub_filter: names.sub_filter,
            policy: "default".into(), // only a time stamp proves when something was signed
            log_origin: "eseal/seal-use-log".into(),
        }
    }
}

impl Default for EvidenceSources {
    fn default() -> Self {
        Self {
            allow: Vec::new(), // nobody is contacted unless the operator says so
            networks: Vec::new(),
            tls_roots: None,
            time_stamp_url: String::new(),
            at_sealing: AtSealing::Nothing,
            status_seconds: 600, // ten minutes: a frozen seal must not be believed for long
        }
    }
}

impl Default for Office {
    fn default() -> Self {
        let settings = eseal_office::Settings::new("");
        Self {
            workers: settings.workers,
            job_seconds: settings.job_time.as_secs(),
            jobs_per_worker: settings.jobs_per_worker,
            require_landlock: settings.require_landlock,
            fonts: None,
            program: None,
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            request_window: 300, // the contract
            nonce: 600,          // both sides of the window
            idempotency: 86_400, // the contract: 24 h
            digest: 1_800,       // the contract: 30 min
            digest_max: 86_400,  // the contract: 24 h
            sign_task: 600,      // somebody has to find the phone
            login_code: 180,     // longer only helps whoever photographs the screen
            challenge: 120,      // time for a PIN
            ticket: 300,         // time for a PIN and a look at the list
            access_token: 7_200, // half a working day would outlive the session it stands for
            file: 7 * 86_400,    // results stay fetchable at least 24 h; a week bridges holidays
            task: 7 * 86_400,    // as the files it made
            long_poll: 25,       // below the 30 s of common proxies
            clean_up: 60,        // expired things are refused at once anyway
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_body_bytes: 64 << 20,         // the contract; larger files are streamed
            file_bytes: 2 << 30,               // the contract: the largest tender archive we were told of
            unsigned_body_bytes: 8 << 20,      // the contract; larger bodies announce their SM3
            req_id_search_bytes: 64 << 10,     // the contract
            json_depth: 64,                    // requests nest six levels
            list_entries: 1_000,               // the contract
            placements: 500,                   // the contract
            central_sync_files: 20,            // the contract; about a second of work
            central_task_files: 100_000,       // a year's certificates of a district; the list is 20 MB of JSON
            system_requests_per_minute: 6_000, // a hundred a second: more than one server signs
            public_requests_per_minute: 30,    // a person with a pile of files
            inline_file_bytes: 48 << 20,       // 64 MiB as base64: as much as a request may carry
            public_file_bytes: 100 << 20,      // 100 MiB: larger files are verified by signed-in systems
            workers: 0,
            tasks: 2,          // tasks must not starve those who wait for an answer
            page_size: 1_000,  // as a list
            text_bytes: 1_024, // a title is a line
        }
    }
}
