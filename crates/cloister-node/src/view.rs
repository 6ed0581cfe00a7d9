//! Facts as analyses read them: views over the located tree, so that each answer has its line.

use cloister_certificate::Certificate;
use cloister_model::{Entry, Node, Place, Resource};

use crate::certificate::certificate;
use crate::{API_VERSION, Claim, KIND, Role};

/// The facts of one node.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The file.
    pub resource: &'a Resource,
}

/// A running program of the node.
#[derive(Clone, Copy, Debug)]
pub struct Process<'a> {
    resource: &'a Resource,
    /// Where it is told.
    pub node: &'a Node,
}

/// A file, folder or link of the node.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    resource: &'a Resource,
    /// Where it is told.
    pub node: &'a Node,
}

impl<'a> Facts<'a> {
    /// The facts in a resource, if it holds any.
    pub fn of(resource: &'a Resource) -> Option<Facts<'a>> {
        (&*resource.kind == KIND && &*resource.api_version == API_VERSION).then_some(Facts { resource })
    }

    /// The node's name.
    pub fn name(&self) -> &'a str {
        &self.resource.name
    }

    /// The programs that run and are believed to be what they call themselves.
    pub fn processes(&self) -> impl Iterator<Item = Process<'a>> + use<'a> {
        let resource = self.resource;
        let all = move || resource.root.items_at("processes").iter().map(move |node| Process { resource, node });
        all().filter(move |process| process.claim().holds(all().map(|other| other.claim())))
    }

    /// Whether a program runs.
    pub fn runs(&self, program: &str) -> bool {
        self.processes().any(|process| process.program() == program)
    }

    /// The files that were looked at.
    pub fn files(&self) -> impl Iterator<Item = File<'a>> + use<'a> {
        let resource = self.resource;
        resource.root.items_at("files").iter().map(move |node| File { resource, node })
    }

    /// Those of one role that are there.
    pub fn files_of(&self, role: Role) -> impl Iterator<Item = File<'a>> + use<'a> {
        self.files().filter(move |file| file.is(role) && file.kind() != "missing")
    }

    /// `layout.kind`.
    pub fn layout(&self) -> &'a str {
        self.resource.root.str_at("layout/kind").unwrap_or("unknown")
    }

    /// Who runs the control plane, where a provider does.
    pub fn provider(&self) -> Option<&'a str> {
        self.resource.root.str_at("layout/provider")
    }

    /// A kernel setting, with its place.
    pub fn kernel(&self, name: &str) -> Option<(&'a str, Place<'a>)> {
        let node = self.resource.root.at("kernel")?.get(name)?;
        Some((node.as_str()?, Place::of(self.resource, node)))
    }

    /// The disks that hold data: where they are told.
    pub fn disks(&self) -> &'a [Node] {
        self.resource.root.items_at("disks")
    }

    /// The moment at which they were collected, RFC 3339.
    pub fn collected(&self) -> Option<&'a str> {
        self.resource.root.str_at("collected/at")
    }

    /// The file from which [`crate::unfold`] made a resource.
    pub fn origin_of(&self, unfolded: &Resource) -> Option<File<'a>> {
        if self.resource.origin != unfolded.origin {
            return None;
        }
        self.files().find(|file| file.content() == Some(&unfolded.root))
    }

    /// A place in the file.
    pub fn place(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.resource, node)
    }
}

impl<'a> Process<'a> {
    /// Its name.
    pub fn program(&self) -> &'a str {
        self.node.str_at("program").unwrap_or_default()
    }

    /// Its version, where anything shows it.
    pub fn version(&self) -> Option<&'a str> {
        self.node.str_at("version")
    }

    /// The program that it is a part of.
    pub fn embedded_in(&self) -> Option<&'a str> {
        self.node.str_at("embeddedIn")
    }

    /// Who it runs as.
    pub fn uid(&self) -> Option<i64> {
        self.node.int_at("uid")
    }

    /// What it says that it is.
    fn claim(&self) -> Claim<'a> {
        let in_static_pod = self.node.at("pod").map(|pod| pod.bool_at("static") == Some(true));
        Claim { program: self.program(), uid: self.uid(), in_static_pod }
    }

    /// Its words, with their places.
    pub fn words(&self) -> impl Iterator<Item = (&'a str, Place<'a>)> + use<'a> {
        let resource = self.resource;
        let words = self.node.items_at("arguments").iter();
        words.filter_map(move |node| Some((node.as_str()?, Place::of(resource, node))))
    }

    /// The logs that it reads, where it is a log agent.
    pub fn reads(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.node.strs_at("reads")
    }

    /// A variable that sets a flag.
    pub fn variable(&self, name: &str) -> Option<&'a Entry> {
        self.node.at("environment")?.entry(name)
    }

    /// A place in it.
    pub fn at(&self, path: &'a str) -> Place<'a> {
        Place::of(self.resource, self.node).at(path)
    }

    /// The file that tells of it.
    pub fn resource(&self) -> &'a Resource {
        self.resource
    }
}

impl<'a> File<'a> {
    /// On the host.
    pub fn path(&self) -> &'a str {
        self.node.str_at("path").unwrap_or_default()
    }

    /// Whether it was looked at as this.
    pub fn is(&self, role: Role) -> bool {
        self.node.str_at("role") == Some(role.as_str())
    }

    /// file, directory, socket, other or missing.
    pub fn kind(&self) -> &'a str {
        self.node.str_at("type").unwrap_or("file")
    }

    /// Permission bits.
    pub fn mode(&self) -> Option<u32> {
        let written = self.node.at("mode")?;
        // A number that somebody wrote without quotes was octal in YAML 1.1 and decimal digits to the eye.
        let digits =
            written.as_str().map_or_else(|| written.as_int().map(|it| it.to_string()), |it| Some(it.to_owned()));
        u32::from_str_radix(digits?.trim_start_matches("0o"), 8).ok().filter(|mode| *mode <= 0o7777)
    }

    /// Number of the owner.
    pub fn uid(&self) -> Option<i64> {
        self.node.int_at("uid")
    }

    /// Number of the group.
    pub fn gid(&self) -> Option<i64> {
        self.node.int_at("gid")
    }

    /// Whether a user or group is root: by its number, and by its name where the host knows one.
    pub fn is_root(&self, name: &str, number: &str) -> bool {
        let named = self.node.str_at(name).filter(|it| !it.is_empty());
        self.node.int_at(number) == Some(0) && named.is_none_or(|name| name == "root")
    }

    /// `owner:group`, by name where the host knows it; by number where the name would pretend to be root's.
    pub fn owners(&self) -> String {
        let word = |name: &str, number: &str| {
            let named =
                self.node.str_at(name).filter(|it| !it.is_empty() && (*it != "root" || self.is_root(name, number)));
            let number = || self.node.int_at(number).map_or_else(|| "?".to_owned(), |number| number.to_string());
            named.map_or_else(number, str::to_owned)
        };
        format!("{}:{}", word("owner", "uid"), word("group", "gid"))
    }

    /// When it was last written, RFC 3339.
    pub fn modified(&self) -> Option<&'a str> {
        self.node.str_at("modified")
    }

    /// What a configuration says.
    pub fn content(&self) -> Option<&'a Node> {
        self.node.get("content")
    }

    /// The certificates in it.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.node.items_at("certificates").iter().filter_map(certificate).collect()
    }

    /// Where a part of it stands.
    pub fn place(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.resource, node)
    }

    /// A place in it.
    pub fn at(&self, path: &'a str) -> Place<'a> {
        Place::of(self.resource, self.node).at(path)
    }

    /// The file that tells of it.
    pub fn resource(&self) -> &'a Resource {
        self.resource
    }
}
