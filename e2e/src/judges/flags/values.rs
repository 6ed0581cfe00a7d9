//! Values of every kind, and words that are none.

use cloister_flags::{Kind, Pairs};

use crate::judges::Dice;

/// A value that is read.
pub(super) fn valid(kind: &Kind, dice: &mut Dice) -> String {
    let choices: &[&str] = match kind {
        Kind::Boolean => &["true", "false", "false", "1", "0", "t", "F", "TRUE", "False"],
        Kind::Integer { .. } => &["0", "1", "10250", "0x10", "010", "1_000", "0b101", "2147483647", "0o17"],
        Kind::Verbosity => &["0", "2", "10", "007"],
        Kind::Decimal { .. } => &["0", "1", "0.5", "20", "1e3", "1000000", "0.00001", "12345.75", "1_0", "-2", "+Inf"],
        Kind::Duration => {
            &["0", "30s", "1h", "90m", "1h30m", "1.5h", "500ms", "10us", "-1s", "1h0m0.5s", "100ns", "1000000h"]
        }
        Kind::List => &[
            "a",
            "a,b",
            "",
            "\"a,b\",c",
            "a,,b",
            " a, b",
            "RBAC",
            "a\"\"".trim_end_matches('"'),
            "x=y",
            "\"say \"\"it\"\"\"",
        ],
        Kind::Array => &["a", "a,b", "", "https://one.example", "\"q\"", " x"],
        Kind::Numbers => &["1", "4588,29", "0x1d,23"],
        Kind::Address => &["10.0.0.1", "0.0.0.0", "::", "::1", "", " 10.0.0.2 ", "::ffff:10.1.2.3", "2001:db8:0:0::1"],
        Kind::WrittenAddress => &["10.0.0.1", "::", "0.0.0.0", "010.1.2.3", "127.0.0.1", ""],
        Kind::AddressAndPort => &["10.0.0.1", "0.0.0.0:10256", "[::1]:10249", "::", "1.2.3.4:0", ""],
        Kind::Map(Pairs::Whole) => &["a=b", "a=b,c=d", "a=", " k = v ", "x=y=z"],
        Kind::Map(Pairs::Split) => &["a=b", "a=b,c=d", "a=b,a=c", "", " k = v ", "memory=50%", "x=y=z,"],
        Kind::Map(Pairs::LessThan) => &["memory.available<1Gi", "a<1,b<2", "", "a<5%", " a < 3 "],
        Kind::Map(Pairs::Loose) => &["a=b", "a", "a=b,c", "", " k = v ", "api/all=true"],
        Kind::Map(Pairs::Boolean) => &["A=true", "A=true,B=false", ""],
        Kind::Map(Pairs::Csv) => &["a=b", "a=b,c=d", "\"a=b,c=d\"", "\"a=1,2\",c=3", "a=1", "k=\"v\""],
        Kind::Multimap { .. } => &["a:b", "a:b,a:c", "a:b,c:d", "", " k : v "],
        Kind::CertificateAndKey => &["a.crt,a.key", "a.crt,a.key:one,two", " b.crt , b.key : *.example "],
        Kind::PortRange => &["30000-32767", "30000+10", "443", "", " 1-2 ", "0"],
        Kind::Quantity => &["0", "512", "10Mi", "1G", "1Ki", "64k"],
        Kind::VerbosityOfFiles => &["a=1", "a=1,b=2", "", "server*=10,"],
        Kind::Version => &["false", "0"],
        Kind::Taints => {
            &["a=b:NoSchedule", "a:NoExecute", "", "a=:PreferNoSchedule,b=c:NoSchedule", "example.org/a=b:NoSchedule"]
        }
        Kind::ReservedMemory => &["0:memory=1Gi", "0:memory=1Gi,hugepages-2Mi=2Mi", "0:memory=1Gi;1:memory=2Gi"],
        Kind::Gates => &["StopGRPCServiceOnDefrag=true"],
        Kind::Ignored => &["", "x", "false"],
        Kind::Urls { .. } => &[
            "http://127.0.0.1:2379",
            "https://a:1,http://b:2",
            "http://c:1,http://a:1,http://c:1",
            "unix://sock",
            "http://localhost:2379",
        ],
        Kind::Words => &["a", "b,a", "", "a,,a"],
        Kind::Set => &["a", "b,a", "", "a,,a", "*"],
        Kind::Choice(words) | Kind::Choices(words) => return dice.pick(words),
        _ => &[
            "",
            "a",
            "/etc/kubernetes/pki/ca.crt",
            "https://127.0.0.1:2379",
            "a b",
            "x=y",
            "--profiling",
            "-",
            "TLS1.3",
        ],
    };
    let special = match kind {
        Kind::Urls { or_all } => Some(if *or_all { "*" } else { "" }),
        _ => None,
    };
    special.filter(|_| dice.chance(20)).map_or_else(|| dice.pick(choices).to_owned(), str::to_owned)
}

/// One that is refused; none of kinds that take anything.
pub(super) fn invalid(kind: &Kind, dice: &mut Dice) -> Option<String> {
    let choices: &[&str] = match kind {
        Kind::Boolean => &["yes", "", "on", "TRue", "2", " true"],
        Kind::Integer { signed: true, .. } => {
            &["", "x", "1.5", "1e3", "99999999999999999999", "08", "1__0", " 1", "5s"]
        }
        Kind::Integer { .. } => &["-1", "+1", "", "x", "1.5"],
        Kind::Verbosity => &["-1", "0x1", "", "2147483648", "1_0", "x"],
        Kind::Decimal { .. } => &["", "x", "1,5", "1e999", "+nan", "1e", "0.5s"],
        Kind::Duration => &["", "5", "1d", "1 h", "h", "10000000000h", "1h-1m", "."],
        Kind::List => &["a\"b", "\"a", "\"a\"b", "\n"],
        Kind::Numbers => &["", "a", "1,", "1.5", "99999999999"],
        Kind::Address => &["localhost", "10.0.0", "10.0.0.256", "010.0.0.1", "::1%eth0", "1.2.3.4:5"],
        Kind::WrittenAddress => &["localhost", "10.0.0", " 10.0.0.1", "256.0.0.1"],
        Kind::AddressAndPort => &["localhost:1", ":10249", "1.2.3.4:", "1.2.3.4:70000", "::1:x"],
        Kind::Map(Pairs::Whole | Pairs::Split) => &["a", "a:b"],
        Kind::Map(Pairs::LessThan) => &["a", "a=1", "a<1,b"],
        Kind::Map(Pairs::Boolean) => &["A", "A=x", "A=true,B"],
        Kind::Map(Pairs::Csv) => &["", "a", "a=b,c=d\""],
        Kind::Multimap { keyless: false } => &["a", "a=b"],
        Kind::CertificateAndKey => &["", "a", "a,b,c", "a,b:", "a:b"],
        Kind::PortRange => &["x", "10-5", "1-70000", "1-2-3", "1+2-3", "70000"],
        Kind::Quantity => &["", "x", "10MB", "1e", "1 Gi", "--1"],
        Kind::VerbosityOfFiles => &["a", "a=", "=1", "a=x", "a=1=2", "a=-1"],
        Kind::Taints => &[
            "a",
            "a=b",
            "a=b:Never",
            "a=b:NoSchedule,a=c:NoSchedule",
            "a b:NoSchedule",
            "a=b=c:NoSchedule",
            ":NoSchedule",
            ",",
        ],
        Kind::ReservedMemory => &["memory=1Gi", "0:memory", "x:memory=1Gi", "0:cpu=1", "0:memory=x", "0:memory=1Gi;"],
        Kind::Urls { .. } => &["localhost:2379", "http://localhost", "ftp://a:1", "http://a:1/path", "http://a:1,"],
        Kind::Choice(_) | Kind::Choices(_) => &["", "other"],
        _ => return None,
    };
    Some(dice.pick(choices).to_owned())
}
