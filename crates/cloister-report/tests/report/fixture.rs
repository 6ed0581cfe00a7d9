//! An assessment as a scan of the clinic could give it, with every kind of part in it.

use std::sync::Arc;

use cloister_assessment::{
    Acceptance, Advice, AssessedFinding, AssessedFramework, AssessedRequirement, Assessment, AttestedBy, Change,
    CheckResult, Exposure, Gap, RequirementRef, Status, Subject, Summary,
};
use cloister_model::{Diagnostic, DiagnosticLevel, Finding, Location, PersonalData, Rendered, ResourceRef, Severity};

pub fn resource(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> ResourceRef {
    ResourceRef {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: namespace.map(Arc::from),
        name: name.into(),
    }
}

pub fn place(file: &str, line: u32, column: u32) -> Location {
    Location { file: file.into(), line: Some(line), column: Some(column), rendered: None }
}

fn refs(names: &[&str]) -> Vec<RequirementRef> {
    let split = |name: &&str| {
        let (framework, id) = name.split_once(' ').unwrap();
        RequirementRef { framework: framework.into(), id: id.into() }
    };
    names.iter().map(split).collect()
}

/// A finding in the making: the fields that differ.
pub struct Builder(pub AssessedFinding);

pub fn finding(check: &str, severity: Severity, message: &str) -> Builder {
    Builder(AssessedFinding {
        id: format!("{:016x}", check.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())))
            .into(),
        finding: Finding {
            check: check.into(),
            severity,
            resource: None,
            container: None,
            location: None,
            pointer: String::new(),
            written: 0,
            message: message.into(),
            fix: None,
        },
        remediation: "Do what the documentation of the check says; it is short.".into(),
        exposure: Exposure::default(),
        rank: severity.weight(),
        requirements: [].into(),
        accepted: None,
        change: None,
    })
}

impl Builder {
    pub fn on(mut self, resource: ResourceRef, location: Location, pointer: &str) -> Builder {
        self.0.finding.resource = Some(resource);
        self.0.finding.location = Some(location);
        self.0.finding.pointer = pointer.into();
        self.0.finding.written = pointer.len();
        self
    }

    pub fn exposes(mut self, level: PersonalData, reason: &str) -> Builder {
        self.0.exposure = Exposure { level, reason: reason.into() };
        self.0.rank *= level.weight();
        self
    }

    pub fn fix(mut self, fix: &str) -> Builder {
        self.0.finding.fix = Some(fix.into());
        self
    }

    pub fn remedy(mut self, remedy: &str) -> Builder {
        self.0.remediation = remedy.into();
        self
    }

    pub fn against(mut self, names: &[&str]) -> Builder {
        self.0.requirements = refs(names).into();
        self
    }
}

const HEALTH: &str = "Health data of patients (appointments): 27 workloads of 4 other purposes reach it.";

fn findings() -> Vec<AssessedFinding> {
    let store = || resource("apps/v1", "StatefulSet", Some("clinic"), "patients-db");
    let api = || resource("apps/v1", "Deployment", Some("clinic"), "api");
    let mut accepted =
        finding("writable-root-file-system", Severity::Medium, "container \"report\" writes to its root file system")
            .on(
                resource("batch/v1", "CronJob", Some("clinic"), "monthly-report"),
                place("k8s/report.yaml", 31, 11),
                "/spec/jobTemplate/spec/template/spec/containers/0",
            )
            .against(&["gdpr 32(1)(b)"])
            .0;
    accepted.accepted = Some(Box::new(Acceptance {
        reason: "writes its PDF to /tmp until the print service takes streams".into(),
        owner: "platform@clinic.example".into(),
        expires: "2026-12-31".into(),
        location: Some(place("k8s/exceptions.yaml", 4, 3)),
    }));
    let web = |check, severity, message: &str, field: &str| {
        let container = "/spec/template/spec/containers/0";
        let place = Location {
            file: "charts/clinic/templates/web.yaml".into(),
            line: None,
            column: None,
            rendered: Some(Rendered { line: 27, column: 11 }),
        };
        finding(check, severity, message)
            .on(resource("apps/v1", "Deployment", Some("clinic"), "web"), place, &format!("{container}/{field}"))
            .against(&["gdpr 32(1)(b)", "gdpr 5(1)(b)"])
    };
    let no_cpu_limit = web("no-cpu-limit", Severity::Low, "container \"web\" has no CPU limit", "resources/limits/cpu")
        .fix("resources:\n  limits:\n    cpu: 500m")
        .0;
    let no_digest =
        web("image-without-digest", Severity::Low, "the image of container \"web\" is not held by a digest", "image").0;
    let mut rendered = finding("no-memory-limit", Severity::Medium, "container \"web\" has no memory limit")
        .on(
            resource("apps/v1", "Deployment", Some("clinic"), "web"),
            Location {
                file: "charts/clinic/templates/web.yaml".into(),
                line: None,
                column: None,
                rendered: Some(Rendered { line: 27, column: 11 }),
            },
            "/spec/template/spec/containers/0/resources/limits/memory",
        )
        .fix("resources:\n  limits:\n    memory: 256Mi")
        .against(&["gdpr 32(1)(b)"])
        .0;
    rendered.change = Some(Change::New);
    vec![
        finding("store-open-to-cluster", Severity::Critical, "patients-db takes connections from every pod")
            .on(store(), place("k8s/database.yaml", 12, 3), "")
            .exposes(PersonalData::Special, HEALTH)
            .remedy("Write a NetworkPolicy that selects the store and names who may connect.")
            .fix("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: patients-db\n  namespace: clinic\nspec:\n  podSelector:\n    matchLabels: {app: patients-db}\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector: {matchLabels: {app: api}}\n      ports: [{port: 5432}]")
            .against(&["gdpr 5(1)(b)", "gdpr 25(2)", "gdpr 32(1)(b)", "nsa default-deny"])
            .0,
        finding("credential-in-config-map", Severity::High, "DATABASE_URL holds a password: postgres://api:•••@patients-db/clinic")
            .on(resource("v1", "ConfigMap", Some("clinic"), "api-config"), place("k8s/config.yaml", 9, 17), "/data/DATABASE_URL")
            .exposes(PersonalData::Special, "Opens patients-db, which holds health data of patients.")
            .remedy("Move the value to a Secret and name it with secretKeyRef. Then change the password: it has been read by whoever reads this file.")
            .against(&["gdpr 32(1)(a)", "gdpr 32(1)(b)", "cis-1.12 5.4.1"])
            .0,
        finding("privileged-container", Severity::Critical, "container \"migrate\" runs privileged")
            .on(api(), place("k8s/api.yaml", 44, 25), "/spec/template/spec/initContainers/0/securityContext/privileged")
            .exposes(PersonalData::Ordinary, "Handles names and addresses of patients.")
            .fix("securityContext:\n  privileged: false")
            .against(&["gdpr 32(1)(b)", "pss-baseline privileged-containers"])
            .0,
        rendered,
        finding("tokens-mounted-by-default", Severity::Low, "the token of ServiceAccount default is mounted, though nothing here talks to the API server")
            .on(api(), place("k8s/api.yaml", 18, 7), "/spec/template/spec/automountServiceAccountToken")
            .exposes(PersonalData::Ordinary, "Handles names and addresses of patients.")
            .against(&["gdpr 25(2)", "cis-1.12 5.1.6"])
            .0,
        finding("no-contact-of-officer", Severity::Low, "no Organisation names a contact for data protection")
            .against(&["gdpr 37(7)"])
            .0,
        no_cpu_limit,
        no_digest,
        accepted,
    ]
}

fn advice(findings: &[AssessedFinding]) -> Vec<Advice> {
    let mut advice: Vec<Advice> = findings
        .iter()
        .filter(|one| one.is_open())
        .take(5)
        .map(|one| Advice {
            check: one.finding.check.clone(),
            others: Vec::new(),
            message: one.finding.message.clone(),
            severity: one.finding.severity,
            exposure: one.exposure.clone(),
            resource: one.finding.resource.clone(),
            location: one.finding.location.clone(),
            excerpt: None,
            remediation: one.remediation.clone(),
            fix: one.finding.fix.clone(),
            requirements: one.requirements.to_vec(),
            findings: vec![one.id.clone()],
            elsewhere: 0,
        })
        .collect();
    advice[3].elsewhere = 11;
    advice[3].others = vec!["no-cpu-limit".into(), "image-without-digest".into()];
    advice[4].elsewhere = 1;
    advice
}

fn gap(needs: &str, check: Option<&str>, reason: &str, answer: &str) -> Gap {
    Gap { check: check.map(Arc::from), reason: reason.into(), answer: answer.into(), needs: needs.into() }
}

fn node_facts(reason: &str) -> Gap {
    gap("node-facts", None, reason, "Run `cloister node` on a node and pass its output with --node FILE.")
}

fn audit_log(reason: &str) -> Gap {
    gap("audit-log", None, reason, "Pass the API server's audit policy and log with --audit FILE.")
}

fn register(check: &str) -> Gap {
    gap(
        "register",
        Some(check),
        "no register of processing in the input",
        "Write a ProcessingActivity for each purpose; `cloister register init PATH` drafts them.",
    )
}

fn requirement(
    framework: &str,
    id: &str,
    title: &str,
    open: usize,
    held: usize,
    gaps: Vec<Gap>,
) -> AssessedRequirement {
    let status = match (open, gaps.is_empty()) {
        (0, true) => Status::Satisfied,
        (0, false) => Status::NotEvaluated,
        _ => Status::NotSatisfied,
    };
    let all = open + held + gaps.len();
    AssessedRequirement {
        framework: framework.into(),
        id: id.into(),
        title: title.into(),
        section: "Security of processing".into(),
        status,
        open,
        held,
        accepted: 0,
        not_applicable: 1,
        not_evaluated: gaps,
        coverage: u8::try_from((open + held) * 100 / all.max(1)).ok(),
        passes: held * 12,
        findings: Vec::new(),
        attested: None,
        question: None,
    }
}

fn requirements(findings: &[AssessedFinding]) -> Vec<AssessedRequirement> {
    let mut all = vec![
        requirement("gdpr", "5(1)(a)", "Lawfulness, fairness and transparency", 0, 4, vec![]),
        requirement("gdpr", "5(1)(b)", "Purpose limitation", 1, 6, vec![]),
        requirement(
            "gdpr",
            "5(1)(c)",
            "Data minimisation",
            0,
            5,
            vec![gap(
                "traffic",
                None,
                "personal data on the wire that no activity declares",
                "Run the sensor and pass what it saw.",
            )],
        ),
        requirement(
            "gdpr",
            "6(1)",
            "A lawful basis for each activity",
            0,
            0,
            vec![register("activity-without-lawful-basis")],
        ),
        requirement(
            "gdpr",
            "9(2)",
            "A condition for special categories",
            0,
            0,
            vec![register("special-data-without-condition")],
        ),
        requirement("gdpr", "25(2)", "Data protection by default", 2, 9, vec![]),
        requirement(
            "gdpr",
            "28(3)",
            "A contract with each processor",
            0,
            0,
            vec![gap("person", None, "contracts are not seen by machines", "Write an Attestation.")],
        ),
        requirement(
            "gdpr",
            "32(1)(a)",
            "Pseudonymisation and encryption",
            1,
            7,
            vec![
                node_facts("whether etcd encrypts Secrets"),
                node_facts("TLS settings of the kubelet"),
                audit_log("whether keys were read"),
            ],
        ),
        requirement(
            "gdpr",
            "32(1)(b)",
            "Confidentiality, integrity, availability and resilience",
            4,
            31,
            vec![node_facts("permissions of files on nodes")],
        ),
        requirement(
            "gdpr",
            "33(1)",
            "A breach is told within 72 hours",
            0,
            0,
            vec![audit_log("whether the API server writes an audit log")],
        ),
        requirement("gdpr", "37(7)", "The officer's contact is published", 1, 0, vec![]),
        requirement("cis-1.12", "5.1.6", "Tokens are mounted only where needed", 1, 0, vec![]),
        requirement("cis-1.12", "5.4.1", "Secrets are not in the environment", 0, 2, vec![]),
        requirement(
            "cis-1.12",
            "1.1.1",
            "The API server's pod file is not writable for others",
            0,
            0,
            vec![node_facts("permissions of files on nodes")],
        ),
        requirement("pss-baseline", "privileged-containers", "No privileged containers", 1, 0, vec![]),
        requirement("pss-baseline", "host-namespaces", "Host namespaces are not shared", 0, 3, vec![]),
        requirement("nsa", "default-deny", "Network policies deny by default", 1, 1, vec![]),
    ];
    all[6].status = Status::Attested;
    all[6].not_evaluated.clear();
    all[6].question = Some("Has every processor signed an agreement?".into());
    all[6].attested = Some(AttestedBy {
        author: "Dr Ines Keller, data protection officer".into(),
        date: "2026-03-02".into(),
        statement: "Agreements with Hetzner and Postmark are signed and filed.".into(),
        evidence: Some("https://wiki.clinic.example/agreements".into()),
        expires: Some("2027-03-01".into()),
    });
    for requirement in &mut all {
        let name = RequirementRef { framework: requirement.framework.clone(), id: requirement.id.clone() };
        let own = findings.iter().filter(|one| one.requirements.contains(&name));
        requirement.findings = own.map(|one| one.id.clone()).collect();
    }
    all
}

fn frameworks(requirements: &[AssessedRequirement]) -> Vec<AssessedFramework> {
    let count =
        |name: &str, status| requirements.iter().filter(|one| &*one.framework == name && one.status == status).count();
    let framework = |name: &str, title: &str, version: &str| AssessedFramework {
        name: name.into(),
        title: title.into(),
        version: version.into(),
        satisfied: count(name, Status::Satisfied),
        not_satisfied: count(name, Status::NotSatisfied),
        not_evaluated: count(name, Status::NotEvaluated),
        attested: count(name, Status::Attested),
    };
    vec![
        framework("gdpr", "General Data Protection Regulation", "2016/679"),
        framework("cis-1.12", "CIS Kubernetes Benchmark", "1.12"),
        framework("pss-baseline", "Pod Security Standards, baseline", "1.37"),
        framework("nsa", "NSA and CISA Kubernetes Hardening Guidance", "1.2"),
    ]
}

fn diagnostics() -> Vec<Diagnostic> {
    vec![
        Diagnostic::error("k8s/old.yaml", "mapping values are not allowed here")
            .at(14, 12)
            .excerpt("  name: api: v2")
            .help("quote the value, \"api: v2\". The 6 other documents of this file were read."),
        Diagnostic::warning("k8s/web.yaml", "the key \"labels\" stands here twice; Kubernetes takes the last one")
            .at(7, 3),
        Diagnostic::new(DiagnosticLevel::Note, "charts/clinic", "rendered with the chart's own values"),
    ]
}

pub fn check_result(name: &'static str, title: &'static str, family: &'static str, severity: Severity) -> CheckResult {
    CheckResult { name, title, family, severity, examined: 31, failed: 1, not_evaluated: None }
}

fn checks() -> Vec<CheckResult> {
    let mut checks = vec![
        check_result("activity-without-lawful-basis", "activity has no lawful basis", "governance", Severity::High),
        check_result("no-memory-limit", "container has no memory limit", "availability", Severity::Medium),
        check_result("privileged-container", "container runs privileged", "pod_security", Severity::Critical),
        check_result("ssh-server", "container serves SSH", "pod_security", Severity::Medium),
    ];
    checks[0].not_evaluated = Some("no register of processing in the input".into());
    checks[0].examined = 0;
    checks[0].failed = 0;
    checks[3].failed = 0;
    checks
}

/// The whole assessment.
pub fn clinic() -> Assessment {
    let findings = findings();
    let requirements = requirements(&findings);
    let open = |severity| findings.iter().filter(|one| one.is_open() && one.finding.severity == severity).count();
    Assessment {
        generator: "cloister",
        version: "0.1.0",
        assessed_at: "2026-11-23T09:00:00Z".into(),
        subject: Subject {
            targets: vec!["examples/clinic".into()],
            title: "clinic".into(),
            files: 24,
            rendered: 1,
            other_documents: 3,
            resources: 214,
            workloads: 31,
            workloads_with_personal_data: 9,
            workloads_with_special_data: 3,
            register: false,
        },
        summary: Summary {
            open: Severity::ALL.into_iter().map(|severity| (severity.as_str(), open(severity))).collect(),
            open_total: 8,
            open_places: 6,
            accepted: 1,
            new: Some(1),
            fixed: Some(2),
            same: Some(6),
            unreadable: 1,
            fail_on: "high".into(),
            over_threshold: 3,
        },
        advice: advice(&findings),
        frameworks: frameworks(&requirements),
        requirements,
        checks: checks(),
        fixed: Some(vec!["0f1e2d3c4b5a6978".into(), "1f1e2d3c4b5a6978".into()]),
        diagnostics: diagnostics(),
        findings,
    }
}

/// Nothing found, nothing asked.
pub fn nothing() -> Assessment {
    Assessment {
        subject: Subject { title: "empty".into(), targets: vec!["empty".into()], ..Subject::default() },
        summary: Summary { fail_on: "high".into(), ..Summary::default() },
        advice: Vec::new(),
        findings: Vec::new(),
        frameworks: Vec::new(),
        requirements: Vec::new(),
        checks: Vec::new(),
        fixed: None,
        diagnostics: Vec::new(),
        ..clinic()
    }
}
