import Glibc
import LiveCapture

/// The file that a capture goes to, or one after the other where it rotates.
final class OutputFiles {
  /// When a new file begins, and how many there are.
  struct Rotation {
    /// In bytes.
    var size: UInt64?
    /// In seconds.
    var interval: UInt64?
    var count: Int?

    var isOn: Bool { size != nil || interval != nil }
  }

  let rotation: Rotation
  private let name: String
  private(set) var path = ""
  private var descriptor: Int32 = -1
  private var number = 0
  private var timedNumber = 0
  private var written: UInt64 = 0
  private var openedAt: time_t = 0
  /// The number (errno) of the error that nothing could be written after.
  private(set) var errorNumber: Int32?

  /// Opens the first file; "-" is standard output.
  init(_ name: String, rotation: Rotation) throws(GuardedFileError) {
    self.name = name
    self.rotation = rotation
    try open()
  }

  /// Whether a reader at the other end waits for what is written.
  var isStream: Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether the next packet belongs into a new file.
  var isDue: Bool {
    if let size = rotation.size, written >= size { return true }
    if let interval = rotation.interval { return time(nil) - openedAt >= time_t(interval) }
    return false
  }

  /// Whether no further file may follow this one.
  var isLast: Bool {
    guard let count = rotation.count, rotation.size == nil else { return false }
    return timedNumber + 1 >= count
  }

  /// The folder of rotated files, if this process may not make files there.
  var forbiddenFolder: String? {
    guard rotation.isOn else { return nil }
    let folder = GuardedFile.folder(of: name)
    return unsafe faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ? nil : folder
  }

  /// Lets the user replace the first file too, where the files go round.
  func share(with user: UnprivilegedUser) {
    if rotation.isOn { user.takeOver(descriptor) }
  }

  /// Makes what this process writes to its standard output go to the file.
  func becomeStandardOutput() -> Bool {
    descriptor == STDOUT_FILENO || dup2(descriptor, STDOUT_FILENO) >= 0
  }

  /// Writes all bytes to the current file; false once that is not possible any more.
  func write(_ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let count = unsafe Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        if count > 0 {
          offset += count
        } else if errno == EAGAIN {
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&request, 1, -1)
        } else if errno != EINTR {
          // A reader that went away is no failure.
          if errno != EPIPE { errorNumber = errno }
          return false
        }
      }
      written += UInt64(bytes.count)
      return true
    }
  }

  /// Closes the current file and begins the next one.
  func rotate() throws(GuardedFileError) {
    let isTimed = rotation.interval.map { time(nil) - openedAt >= time_t($0) } ?? false
    try close()
    if isTimed {
      timedNumber += 1
      number = name.contains("%") ? 0 : number + 1
    } else {
      number += 1
      if let count = rotation.count, rotation.interval == nil { number %= count }
    }
    try open()
  }

  func close() throws(GuardedFileError) {
    guard descriptor != STDOUT_FILENO else { return }
    let status = Glibc.close(descriptor)
    if status != 0 { throw GuardedFileError(path, errno) }
  }

  private func open() throws(GuardedFileError) {
    written = 0
    openedAt = time(nil)
    guard name != "-" else {
      descriptor = STDOUT_FILENO
      path = "standard output"
      return
    }
    let isRing = rotation.size != nil && rotation.interval == nil && rotation.count != nil
    path = (rotation.interval == nil ? name : expanded(name)) + suffix(isRing: isRing)
    // Files of an earlier round or run may be another user's: they are replaced, not emptied.
    if rotation.isOn && isRegular(path) { _ = unsafe unlink(path) }
    descriptor = try GuardedFile.open(path)
  }

  private func isRegular(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// tcpdump's numbers: none for the first file, and of a ring all have as many digits as the last.
  private func suffix(isRing: Bool) -> String {
    guard isRing, let count = rotation.count else { return number == 0 ? "" : String(number) }
    let digits = String(number)
    let width = String(count - 1).utf8.count
    return String(repeating: "0", count: width - digits.utf8.count) + digits
  }

  private func expanded(_ name: String) -> String {
    var parts = unsafe tm()
    var now = openedAt
    unsafe localtime_r(&now, &parts)
    var buffer: [CChar] = Array(repeating: 0, count: 4096)
    let length = unsafe strftime(&buffer, buffer.count, name, &parts)
    guard length > 0 else { return name }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
