//! The host's files, seen from a folder: nothing outside of it is ever opened, whatever links say. Each step of a path is
//! opened by itself, without following; a link is read and followed inside of the root, as the host itself would.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, open, openat, readlinkat, statat};
use rustix::io::Errno;

/// So many links in one path are a loop.
const LINKS: usize = 40;
/// The most that is read of one file.
pub(super) const MOST: u64 = 4 << 20;

/// A folder that is the host's `/`.
pub(super) struct Root {
    folder: OwnedFd,
}

/// A file that was found, not yet opened for reading.
pub(super) struct Found {
    parent: OwnedFd,
    name: OsString,
    /// What it is.
    pub stat: Stat,
    /// Its path after all links, below the root.
    pub path: PathBuf,
    /// Whether a link was on the way.
    pub linked: bool,
}

/// Steps into a folder only.
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Root {
    /// The folder at which the host's files are seen.
    pub(super) fn open(folder: &Path) -> io::Result<Root> {
        Ok(Root { folder: open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())? })
    }

    /// Finds `path` (absolute on the host), following links inside of the root.
    pub(super) fn find(&self, path: &str) -> io::Result<Found> {
        let mut steps: VecDeque<OsString> = names(Path::new(path));
        // Folders from the root to where we are, for `..`.
        let mut way: Vec<(OsString, OwnedFd)> = Vec::new();
        let mut links = 0;
        while let Some(name) = steps.pop_front() {
            if name == ".." {
                way.pop();
                continue;
            }
            let here = way.last().map_or(&self.folder, |(_, folder)| folder);
            let stat = statat(here, &name, AtFlags::SYMLINK_NOFOLLOW)?;
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Symlink => {
                    links += 1;
                    if links > LINKS {
                        return Err(Errno::LOOP.into());
                    }
                    let target = readlinkat(here, &name, Vec::new())?;
                    let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                    if target.is_absolute() {
                        way.clear();
                    }
                    let mut ahead = names(&target);
                    ahead.append(&mut steps);
                    steps = ahead;
                }
                _ if steps.iter().all(|step| step == ".") => {
                    let parent = openat(here, ".", FOLDER, Mode::empty())?;
                    let path = Path::new("/").join(way.iter().map(|(step, _)| step).collect::<PathBuf>()).join(&name);
                    return Ok(Found { parent, name, stat, path, linked: links > 0 });
                }
                FileType::Directory => {
                    let folder = openat(here, &name, FOLDER, Mode::empty())?;
                    way.push((name, folder));
                }
                _ => return Err(Errno::NOTDIR.into()),
            }
        }
        // The path ends in a folder that was stepped into already: the root itself, or by `..`.
        let here = way.last().map_or(&self.folder, |(_, folder)| folder);
        let parent = openat(here, ".", FOLDER, Mode::empty())?;
        let stat = fstat(&parent)?;
        let path = Path::new("/").join(way.iter().map(|(step, _)| step).collect::<PathBuf>());
        Ok(Found { parent, name: ".".into(), stat, path, linked: links > 0 })
    }

    /// Whether there is anything at `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path).is_ok()
    }

    /// The text of a file that is not too long; what is not UTF-8 in it is replaced.
    pub(super) fn text(&self, path: &str) -> io::Result<String> {
        self.find(path)?.text()
    }

    /// Where a link leads to, not followed.
    pub(super) fn link(&self, path: &str) -> io::Result<String> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.find(if parent.is_empty() { "/" } else { parent })?.folder()?;
        Ok(readlinkat(&folder, name, Vec::new())?.to_string_lossy().into_owned())
    }

    /// Names in a folder, in order.
    pub(super) fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let found = self.find(path)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = openat(&found.parent, &found.name, flags, Mode::empty())?;
        let entries = Dir::read_from(&folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names: Vec<String> = entries.collect::<Result<_, Errno>>()?;
        names.retain(|name| name != "." && name != "..");
        names.sort();
        Ok(names)
    }
}

impl Found {
    fn folder(&self) -> io::Result<OwnedFd> {
        Ok(openat(&self.parent, &self.name, FOLDER, Mode::empty())?)
    }

    /// What kind of thing it is.
    pub(super) fn kind(&self) -> &'static str {
        match FileType::from_raw_mode(self.stat.st_mode) {
            FileType::RegularFile => "file",
            FileType::Directory => "directory",
            FileType::Socket => "socket",
            _ => "other",
        }
    }

    /// The file, opened. Only regular ones are: a pipe would wait, a device might do something.
    pub(super) fn file(&self) -> io::Result<File> {
        if FileType::from_raw_mode(self.stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::other("it is no regular file"));
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&self.parent, &self.name, flags, Mode::empty())?;
        // It may be another by now.
        if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
            return Err(io::Error::other("it is no regular file"));
        }
        Ok(File::from(file))
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file()?.take(MOST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST {
            return Err(io::Error::other(format!("it is longer than {} MiB", MOST >> 20)));
        }
        Ok(bytes)
    }

    /// Its text; what is not UTF-8 in it is replaced.
    pub(super) fn text(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes()?).into_owned())
    }
}

/// The steps of a path: no root, no `.`, but `..`.
fn names(path: &Path) -> VecDeque<OsString> {
    let step = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().filter_map(step).collect()
}
