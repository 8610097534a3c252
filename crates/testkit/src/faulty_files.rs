//! A file system whose calls fail, or are never answered, as a test says: as with a worn disk, a network file system whose
//! server is away, or a process that has too many files open.

use std::any::Any;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory,
    ReplyEntry, ReplyOpen, Request, SessionACL,
};
use tempfile::TempDir;

/// The kernel caches nothing, so that each call arrives here.
const TTL: Duration = Duration::ZERO;

/// A kind of call for a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// Its lookup: whether it is there, and its size and time.
    Look,
    /// A file to be opened.
    Open,
    /// A file's bytes.
    Read,
    /// What a directory holds.
    List,
}

#[derive(Clone, Copy)]
enum Fault {
    /// This errno, for that many more calls.
    Fail(i32, u32),
    Stall,
}

struct Node {
    /// From the root; empty for the root itself.
    path: String,
    /// `None` for a directory.
    content: Option<Vec<u8>>,
    changed: SystemTime,
}

#[derive(Default)]
struct State {
    /// Indexed by inode number minus one.
    nodes: Vec<Node>,
    faults: BTreeMap<(String, Call), Fault>,
    /// Calls that wait for an answer. One that is dropped is answered with an error.
    unanswered: Vec<Box<dyn Any + Send>>,
}

/// A mounted file system of some files.
pub struct FaultyFiles {
    session: Option<BackgroundSession>,
    state: Arc<Mutex<State>>,
    folder: TempDir,
}

impl FaultyFiles {
    /// Mounts a file system that holds these files, at most one directory deep. `None`, and a line on standard error,
    /// where that is not permitted.
    pub fn mount(files: &[(&str, Vec<u8>)]) -> Option<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("ours");
        let mut config = Config::default();
        config.mount_options = vec![MountOption::RO, MountOption::FSName("faulty".to_owned())];
        config.acl = SessionACL::All;
        let session = match fuser::spawn_mount(Mounted(state.clone()), folder.path(), &config) {
            Ok(session) => session,
            Err(error) => {
                // Not eprintln, whose output the test harness captures.
                let reason =
                    format!("skipped: only a process that may mount FUSE can fail so: {error}");
                writeln!(io::stderr(), "{reason}").expect("standard error");
                return None;
            }
        };
        let this = Self { session: Some(session), state, folder };
        this.state().put("", None);
        for (path, content) in files {
            this.write(path, content);
        }
        Some(this)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &str {
        self.folder.path().to_str().expect("a plain name")
    }

    /// Writes a file, modified now.
    pub fn write(&self, path: &str, content: &[u8]) {
        let mut state = self.state();
        if let Some((directory, _)) = path.rsplit_once('/')
            && state.find(directory).is_none()
        {
            state.put(directory, None);
        }
        state.put(path, Some(content.to_vec()));
    }

    /// Makes that many calls of a kind for this file or directory fail.
    pub fn fail(&self, path: &str, call: Call, errno: i32, times: u32) {
        self.state().faults.insert((path.to_owned(), call), Fault::Fail(errno, times));
    }

    /// Leaves calls of a kind for this file or directory unanswered.
    pub fn stall(&self, path: &str, call: Call) {
        self.state().faults.insert((path.to_owned(), call), Fault::Stall);
    }

    /// How many calls wait for an answer.
    pub fn waiting(&self) -> usize {
        self.state().unanswered.len()
    }

    /// Ends all faults. What waits for an answer gets an error.
    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        let unanswered = std::mem::take(&mut state.unanswered);
        drop(state);
        drop(unanswered);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no call panics")
    }
}

impl Drop for FaultyFiles {
    fn drop(&mut self) {
        self.clear_faults();
        if let Some(session) = self.session.take() {
            let _ = session.umount_and_join();
        }
    }
}

impl State {
    fn put(&mut self, path: &str, content: Option<Vec<u8>>) {
        let node = Node { path: path.to_owned(), content, changed: SystemTime::now() };
        match self.find(path) {
            Some(index) => self.nodes[index] = node,
            None => self.nodes.push(node),
        }
    }

    fn find(&self, path: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.path == path)
    }

    fn node(&self, number: INodeNo) -> &Node {
        &self.nodes[u64::from(number) as usize - 1]
    }

    fn attributes(&self, index: usize) -> FileAttr {
        let Node { content, changed, .. } = &self.nodes[index];
        let size = content.as_ref().map_or(0, Vec::len) as u64;
        FileAttr {
            ino: number(index),
            size,
            blocks: size.div_ceil(512),
            atime: *changed,
            mtime: *changed,
            ctime: *changed,
            crtime: *changed,
            kind: kind(content.is_some()),
            perm: if content.is_some() { 0o444 } else { 0o555 },
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        }
    }

    /// Answers the call, unless it is to fail or to stay unanswered.
    fn answer<R: Any + Send>(
        &mut self,
        path: &str,
        call: Call,
        reply: R,
        fail: impl FnOnce(R, Errno),
        answer: impl FnOnce(&Self, R),
    ) {
        match self.faults.get_mut(&(path.to_owned(), call)) {
            Some(Fault::Stall) => self.unanswered.push(Box::new(reply)),
            Some(Fault::Fail(errno, times)) if *times > 0 => {
                *times -= 1;
                fail(reply, Errno::from_i32(*errno));
            }
            _ => answer(self, reply),
        }
    }
}

fn number(index: usize) -> INodeNo {
    INodeNo(index as u64 + 1)
}

fn kind(is_file: bool) -> FileType {
    if is_file { FileType::RegularFile } else { FileType::Directory }
}

/// The file system that answers the calls.
struct Mounted(Arc<Mutex<State>>);

impl Mounted {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no call panics")
    }
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let mut state = self.state();
        let path =
            Path::new(&state.node(parent).path).join(name).to_str().unwrap_or_default().to_owned();
        let Some(index) = state.find(&path) else { return reply.error(Errno::ENOENT) };
        state.answer(&path, Call::Look, reply, ReplyEntry::error, |state, reply| {
            reply.entry(&TTL, &state.attributes(index), Generation(0));
        });
    }

    fn getattr(&self, _: &Request, inode: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let state = self.state();
        reply.attr(&TTL, &state.attributes(u64::from(inode) as usize - 1));
    }

    fn open(&self, _: &Request, inode: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let mut state = self.state();
        let path = state.node(inode).path.clone();
        state.answer(&path, Call::Open, reply, ReplyOpen::error, |_, reply| {
            reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
        });
    }

    fn read(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let mut state = self.state();
        let path = state.node(inode).path.clone();
        state.answer(&path, Call::Read, reply, ReplyData::error, |state, reply| {
            let content = state.node(inode).content.as_deref().unwrap_or_default();
            let rest = content.get(offset as usize..).unwrap_or_default();
            reply.data(&rest[..rest.len().min(size as usize)]);
        });
    }

    fn readdir(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        reply: ReplyDirectory,
    ) {
        let mut state = self.state();
        let path = state.node(inode).path.clone();
        state.answer(&path, Call::List, reply, ReplyDirectory::error, |state, mut reply| {
            let below = |node: &Node| match node.path.rsplit_once('/') {
                Some((above, _)) => above == path,
                None => path.is_empty() && !node.path.is_empty(),
            };
            for (index, node) in state.nodes.iter().enumerate().skip(offset as usize) {
                let name = node.path.rsplit('/').next().unwrap_or_default();
                if below(node)
                    && reply.add(
                        number(index),
                        index as u64 + 1,
                        kind(node.content.is_some()),
                        name,
                    )
                {
                    break;
                }
            }
            reply.ok();
        });
    }
}
