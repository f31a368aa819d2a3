//! Names and texts, the unpleasant ones among them.

use serde_json::{Value, json};

use super::Dice;

const TEXTS: &[&str] = &[
    "",
    "web",
    "true",
    "0",
    "1e3",
    "null",
    "$(HOSTNAME)",
    "$$(A)",
    "a$$b",
    "$",
    "${X}",
    "{{ name }}",
    "%d",
    "~",
    "- a",
    "# b",
    "Straße",
    "日本語",
    "👩‍🚀",
    "a\nb",
    "\t",
    " lead",
    "trail ",
    "'",
    "\"",
    "\\",
    "a: b",
    "[x]",
    "{y}",
    "&a",
    "*a",
    "!t",
    "|",
    ">",
    "0x1F",
    "1_000",
    "012",
    "2001-01-01",
    "\u{7f}",
    "\u{feff}",
    "\u{2028}",
    "<b>&amp;</b>",
];

impl Dice {
    /// A name of a family, service, container or volume.
    pub(crate) fn name(&mut self) -> String {
        let base = self.pick(&[
            "web",
            "api",
            "log_router",
            "Worker",
            "DB-migrate",
            "x",
            "0",
            "_",
            "-",
            "a--b",
            "1st",
            "envoy",
            "UPPER",
            "sidecar_1",
            "nginx",
            "app",
        ]);
        let number = self.next() % 100_000;
        match self.below(10) {
            0 => format!("{base}_{number}"),
            1 => format!("{number}{base}"),
            2 => format!("{}{number}", base.repeat(1 + 240 / base.len())).chars().take(255).collect(),
            3 => format!("{base}-{number}-"),
            _ => format!("{base}-{number}"),
        }
    }

    /// Any text.
    pub(crate) fn text(&mut self) -> String {
        let text = self.pick(TEXTS);
        match self.below(8) {
            0 => format!("{text}{}", self.pick(TEXTS)),
            1 => text.repeat(self.below(20)),
            _ => text.to_owned(),
        }
    }

    /// A text that is not empty and stays on its line.
    pub(crate) fn word(&mut self) -> String {
        let number = self.next() % 1000;
        format!("{}{number}", self.pick(&["a", "b-", "c.", "Z", "mid_"]))
    }

    /// A path of a Linux container or node.
    pub(crate) fn path(&mut self) -> String {
        let number = self.next() % 1000;
        format!(
            "{}{number}",
            self.pick(&[
                "/data",
                "/var/lib/x",
                "/etc/App_",
                "/a b/",
                "/srv/ü",
                "/opt/$(A)/",
                "/deep/er/and/deeper/"
            ])
        )
    }

    pub(crate) fn account(&mut self) -> String {
        format!("{:012}", self.next() % 900_000_000_000 + 100_000_000_000)
    }

    pub(crate) fn region(&mut self) -> &'static str {
        self.pick(&["eu-west-1", "us-east-1", "ap-northeast-1"])
    }

    /// `arn:aws:<service>:<region>:<account>:<resource>`.
    pub(crate) fn arn(&mut self, service: &str, resource: &str) -> String {
        let region = if service == "iam" { "" } else { self.region() };
        let account = if service == "s3" { String::new() } else { self.account() };
        let region = if service == "s3" { "" } else { region };
        format!("arn:aws:{service}:{region}:{account}:{resource}")
    }

    pub(crate) fn role(&mut self) -> String {
        let name = self.word();
        let path = self.pick(&["", "service/", "a/b/"]);
        self.arn("iam", &format!("role/{path}{name}"))
    }

    pub(crate) fn target_group(&mut self) -> String {
        let (name, id) = (self.next() % 1000, self.hex(16));
        self.arn("elasticloadbalancing", &format!("targetgroup/tg-{name}/{id}"))
    }

    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let text = format!("{:016x}{:016x}", self.next(), self.next());
        text[..digits].to_owned()
    }

    /// An id such as `subnet-0123456789abcdef0`.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        let digits = self.pick(&[8, 17]);
        format!("{prefix}{}", self.hex(digits))
    }

    pub(crate) fn ip(&mut self) -> String {
        match self.below(4) {
            0 => format!("2001:db8::{:x}", 1 + self.below(0xffff)),
            _ => format!("10.{}.{}.{}", self.below(256), self.below(256), 1 + self.below(254)),
        }
    }

    pub(crate) fn host(&mut self) -> String {
        format!(
            "{}{}.{}",
            self.pick(&["db", "cache-", "a.b"]),
            self.below(100),
            self.pick(&["internal", "example.com", "local"])
        )
    }

    pub(crate) fn tags(&mut self) -> Value {
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..=self.below(3) {
            let key = self.pick(&["team", "Cost Center", "a/b", "äö", "x:y", "k@e+y=.", "long"]);
            let key = if key == "long" { "k".repeat(128) } else { key.to_owned() };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let value = |dice: &mut Self| match dice.below(4) {
            0 => String::new(),
            1 => "v".repeat(256),
            _ => dice.pick(&["prod", "1.0", "a b", "ümlaut", "x/y:z@w"]).to_owned(),
        };
        keys.into_iter().map(|key| json!({"key": key, "value": value(self)})).collect()
    }
}
