//! What a kubelet is set to: its flags count most, then the drop-ins of its configuration in the order of their names,
//! then the configuration, then defaults, which are laxer where there is no configuration file at all. What a running
//! kubelet says of itself counts more than all of these.
//!
//! Source: `cmd/kubelet/app/server.go` (`mergeKubeletConfigurations`, `kubeletConfigFlagPrecedence`).

mod settings;
mod value;

use cloister_model::{Node, Place, Resource};

use crate::arguments::{Argument, arguments};
use crate::{Facts, File, Process, Role};

pub use settings::{Kind, SETTINGS, Setting};
pub use value::{Source, Value};

/// One kubelet.
#[derive(Clone, Debug)]
pub struct Kubelet<'a> {
    /// What tells of it: node facts, or a configuration by itself.
    pub resource: &'a Resource,
    process: Option<Process<'a>>,
    /// From the one that counts least to the one that counts most.
    documents: Vec<&'a Node>,
    configz: Option<&'a Node>,
    /// Whether it reads a configuration file, and that one could be read.
    file: ConfigFile,
    /// A drop-in of it could not be read.
    hides_drop_in: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConfigFile {
    /// Legacy defaults count.
    None,
    Read,
    /// It is named, or a drop-in is there, but the content is not known.
    Unread,
}

/// Every kubelet in the resources that are given.
pub fn kubelets<'a>(resources: impl Iterator<Item = &'a Resource>) -> Vec<Kubelet<'a>> {
    resources.filter_map(Kubelet::in_resource).collect()
}

impl<'a> Kubelet<'a> {
    /// The kubelet that a resource tells of.
    pub fn in_resource(resource: &'a Resource) -> Option<Kubelet<'a>> {
        Facts::of(resource).map_or_else(|| Kubelet::alone(resource), Kubelet::of)
    }

    /// A configuration without the kubelet that reads it.
    fn alone(resource: &'a Resource) -> Option<Kubelet<'a>> {
        let is = &*resource.kind == "KubeletConfiguration" && resource.group() == "kubelet.config.k8s.io";
        let documents = vec![&*resource.root];
        is.then_some(Kubelet {
            resource,
            process: None,
            documents,
            configz: None,
            file: ConfigFile::Read,
            hides_drop_in: false,
        })
    }

    /// The kubelet of a node, where facts tell anything of it.
    pub fn of(facts: Facts<'a>) -> Option<Kubelet<'a>> {
        let process = facts.processes().find(|process| process.program() == "kubelet");
        let configz = facts.resource.root.at("kubelet/configz");
        let hides_drop_in = facts.unread().any(|unread| unread.is(Role::KubeletDropIn));
        let (file, documents) = (ConfigFile::None, Vec::new());
        let mut kubelet = Kubelet { resource: facts.resource, process, documents, configz, file, hides_drop_in };
        let named = kubelet.text_of_flag("config");
        let main =
            facts.files().find(|file| file.is(Role::KubeletConfig) && named.is_none_or(|path| file.path() == path));
        let content = main.and_then(|file| file.content());
        kubelet.file = match (content, named, process) {
            _ if hides_drop_in => ConfigFile::Unread,
            (Some(_), ..) => ConfigFile::Read,
            (None, Some(_), _) | (None, None, None) => ConfigFile::Unread,
            (None, None, Some(_)) => ConfigFile::None,
        };
        kubelet.documents.extend(content);
        let mut drop_ins: Vec<File<'a>> = facts.files().filter(|file| file.is(Role::KubeletDropIn)).collect();
        // Folder by folder, as it walks through them.
        drop_ins.sort_by(|one, other| one.path().split('/').cmp(other.path().split('/')));
        kubelet.documents.extend(drop_ins.into_iter().filter_map(|file| file.content()));
        (process.is_some() || configz.is_some() || main.is_some()).then_some(kubelet)
    }

    /// Whether facts show its process.
    pub fn runs(&self) -> bool {
        self.process.is_some()
    }

    /// What a setting comes to; none where a file that says it could not be read.
    pub fn value(&self, setting: &'static Setting) -> Option<Value<'a>> {
        // The only flag that takes nothing back (`RunKubelet`), and that configz does not show.
        if setting.flag == "seccomp-default" {
            let said = [self.live(setting), self.by_flag(setting), self.by_document(setting)];
            if let Some(on) = said.into_iter().flatten().find(Value::is_on) {
                return Some(on);
            }
        }
        let written = self.live(setting).or_else(|| self.by_flag(setting));
        // A drop-in that nobody saw may say something else than the files that were read.
        let documents = || if self.hides_drop_in { None } else { self.by_document(setting) };
        written.or_else(documents).or_else(|| self.by_default(setting))
    }

    /// The setting of this place in the configuration.
    pub fn at(&self, path: &str) -> Option<Value<'a>> {
        self.value(SETTINGS.iter().find(|setting| setting.path == path)?)
    }

    /// The setting of this flag.
    pub fn flag(&self, flag: &str) -> Option<Value<'a>> {
        self.value(SETTINGS.iter().find(|setting| setting.flag == flag)?)
    }

    /// A feature gate, where flags or files set it.
    pub fn gate(&self, name: &str) -> Option<bool> {
        let lists = self.words_of("feature-gates", false).into_iter().filter_map(|argument| argument.value);
        let mut written = lists.flat_map(|list| list.split(',')).filter_map(|word| word.trim().split_once('='));
        let by_flag = written.rfind(|(key, _)| *key == name).map(|(_, value)| value.eq_ignore_ascii_case("true"));
        let documents = self.configz.into_iter().chain(self.documents.iter().rev().copied());
        by_flag.or_else(|| documents.filter_map(|node| node.at("featureGates")?.get(name)?.as_bool()).next())
    }

    /// Where the lack of a setting is told: the configuration, else the process, else all there is.
    pub fn place(&self) -> Place<'a> {
        match (self.documents.first(), self.process) {
            (Some(node), _) => Place::of(self.resource, node),
            (None, Some(process)) => process.at(""),
            (None, None) => Place::whole(self.resource),
        }
    }

    /// What the running kubelet says. It leaves out what is false, zero or empty.
    fn live(&self, setting: &'static Setting) -> Option<Value<'a>> {
        let configz = self.configz.filter(|_| !setting.path.is_empty())?;
        let Some(node) = configz.at(setting.path) else {
            let place = Some(Place::of(self.resource, configz));
            return Some(Value { setting, words: setting.kind.zero(), place, source: Source::Live });
        };
        Value::of(setting, node, self.resource, Source::Live)
    }

    fn by_flag(&self, setting: &'static Setting) -> Option<Value<'a>> {
        if setting.flag.is_empty() {
            return None;
        }
        let found = self.words_of(setting.flag, setting.kind == Kind::Switch);
        let last = *found.last()?;
        let place = self.process?.words().nth(last.index)?.1;
        let words = match setting.kind {
            Kind::List => {
                let lists = found.iter().filter_map(|it| it.value).filter(|list| !list.is_empty());
                lists.flat_map(|list| list.split(',')).map(str::to_owned).collect()
            }
            Kind::Switch => vec![last.value.unwrap_or("true").to_owned()],
            _ => vec![last.value.unwrap_or_default().to_owned()],
        };
        Some(Value { setting, words, place: Some(place), source: Source::Flag })
    }

    fn by_document(&self, setting: &'static Setting) -> Option<Value<'a>> {
        if setting.path.is_empty() {
            return None;
        }
        self.documents.iter().rev().find_map(|document| self.written(setting, document))
    }

    /// What one document makes of a setting; none where it says nothing. `null`, in its place or further up, takes away
    /// what documents before it say (RFC 7396), and so does a value that means the default.
    fn written(&self, setting: &'static Setting, document: &'a Node) -> Option<Value<'a>> {
        let mut node = document;
        for step in setting.path.split('/') {
            // `get` passes over null, which says something here.
            node = &node.entries().iter().find(|entry| &*entry.key == step)?.node;
            if node.is_null() {
                return Some(Value::by_default(setting, setting.default));
            }
        }
        let written = Value::of(setting, node, self.resource, Source::File);
        written.or_else(|| Some(Value::by_default(setting, setting.default)))
    }

    fn by_default(&self, setting: &'static Setting) -> Option<Value<'a>> {
        let default = match self.file {
            ConfigFile::Read => setting.default,
            ConfigFile::None => setting.bare,
            ConfigFile::Unread if setting.path.is_empty() => setting.default,
            ConfigFile::Unread => return None,
        };
        Some(Value::by_default(setting, default))
    }

    fn text_of_flag(&self, flag: &str) -> Option<&'a str> {
        self.words_of(flag, false).last().and_then(|argument| argument.value)
    }

    fn words_of(&self, flag: &str, switch: bool) -> Vec<Argument<'a>> {
        let words: Vec<&'a str> = self.process.into_iter().flat_map(|it| it.words()).map(|(word, _)| word).collect();
        arguments(&words, flag, switch)
    }
}
