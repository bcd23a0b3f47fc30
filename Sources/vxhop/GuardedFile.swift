import Glibc

/// Opens files for writing where others may have planted links.
///
/// New files are the owner's only (0600, less the umask). In a folder that everybody can write to, what is
/// there already is taken only if it is this user's and has one name: never through a link.
enum GuardedFile {
  /// Returns the descriptor; throws a line for people that names the file.
  static func open(_ path: String) throws(GuardedFileError) -> Int32 {
    let created = unsafe Glibc.open(
      path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if created >= 0 { return created }
    guard errno == EEXIST else { throw GuardedFileError(path, errno) }
    let isOpenToAll = isWritableByAll(folder(of: path))
    let descriptor = unsafe Glibc.open(
      path, O_WRONLY | O_CLOEXEC | (isOpenToAll ? O_NOFOLLOW : O_CREAT), 0o600)
    guard descriptor >= 0 else {
      throw errno == ELOOP && isOpenToAll
        ? GuardedFileError(path, "is a link in a folder that everybody can write to: not followed")
        : GuardedFileError(path, errno)
    }
    var status = stat()
    unsafe fstat(descriptor, &status)
    guard !isOpenToAll || status.st_uid == geteuid() && status.st_nlink == 1 else {
      close(descriptor)
      throw GuardedFileError(
        path,
        "belongs to another user or has a second name, in a folder that everybody can write to: not overwritten"
      )
    }
    if status.st_mode & S_IFMT == S_IFREG && ftruncate(descriptor, 0) != 0 {
      let number = errno
      close(descriptor)
      throw GuardedFileError(path, number)
    }
    return descriptor
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func isWritableByAll(_ folder: String) -> Bool {
    var status = stat()
    return unsafe stat(folder, &status) == 0 && status.st_mode & S_IWOTH != 0
  }
}

/// Why a file cannot be written.
struct GuardedFileError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ explanation: String) {
    description = "\(path): \(explanation)"
  }

  init(_ path: String, _ number: Int32) {
    self.init(path, "cannot be written: " + (unsafe String(cString: strerror(number))))
  }
}
