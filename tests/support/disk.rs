//! Disks that are full or cannot be written, for a test in a process of its own.
//!
//! The test mounts them where no other process sees them, which Linux allows without rights. On a
//! machine that does not, it reports that, and checks nothing.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment variable of the process that has the disk: its folder.
const FOLDER: &str = "PIPELINER_TEST_DISK";

/// Mounts an empty disk of 512 kB, and calls itself in a process that sees it.
const SMALL: &str = r#"mount -t tmpfs -o size=512k none "$PIPELINER_TEST_DISK""#;

/// Mounts the folder a second time, in its own place, where it cannot be written.
const READ_ONLY: &str = r#"mount --bind "$PIPELINER_TEST_DISK" "$PIPELINER_TEST_DISK"
    mount -o remount,bind,ro "$PIPELINER_TEST_DISK""#;

/// Runs a test in another process, which has an empty disk of 512 kB.
pub(crate) fn with_small_disk(test: &str, check: impl FnOnce(&Path)) {
    inside(test, SMALL, |_| {}, check);
}

/// Runs a test in another process, whose folder cannot be written any more after it was prepared.
pub(crate) fn with_read_only_folder(test: &str, prepare: impl FnOnce(&Path), check: impl FnOnce(&Path)) {
    inside(test, READ_ONLY, prepare, check);
}

/// Prepares a folder, then calls the test again in a process that sees the mounted disk, where it
/// makes its checks.
fn inside(test: &str, mount: &str, prepare: impl FnOnce(&Path), check: impl FnOnce(&Path)) {
    if let Some(folder) = env::var_os(FOLDER) {
        return check(&PathBuf::from(folder));
    }
    let namespace = ["--user", "--map-root-user", "--mount", "sh", "-ec"];
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(namespace).stdin(Stdio::null());
        command
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    if !unshare().arg(mount).env(FOLDER, folder.path()).status().is_ok_and(|status| status.success()) {
        return eprintln!("note: `{test}` is skipped, because nothing can be mounted here");
    }
    prepare(folder.path());
    let itself = env::current_exe().expect("the path of this program is known");
    let mut command = unshare();
    command.arg(format!("{mount}\nexec \"$0\" \"$@\"")).arg(itself);
    command.args(["--exact", test, "--nocapture"]).env(FOLDER, folder.path());
    let status = command.status().expect("it was started before");
    assert!(status.success(), "`{test}` failed in its own process");
}
