import Glibc

/// Another program that does a part of the work: given its input, run to its end.
struct HelperProgram {
  struct Result {
    let status: Int32
    let output: [UInt8]
    /// The first line on standard error.
    let message: String
  }

  enum Outcome {
    case ended(Result)
    case notStarted
    /// It was killed for that, and what it had started too.
    case tookTooLong
  }

  private let arguments: [String]
  private let secondsAtMost: Int

  /// - Parameter name: looked up in the PATH.
  init(_ name: String, _ arguments: [String], secondsAtMost: Int) {
    self.arguments = [name] + arguments
    self.secondsAtMost = secondsAtMost
  }

  func run(input: [UInt8]) -> Outcome {
    // Files stand for pipes, so that no order of reading and writing can block either side.
    let files = (0..<3).map { _ in Self.temporaryFile() }
    defer { for file in files where file >= 0 { close(file) } }
    guard files.allSatisfy({ $0 >= 0 }), Self.write(input, to: files[0]) else {
      return .notStarted
    }
    var actions = unsafe posix_spawn_file_actions_t()
    guard unsafe posix_spawn_file_actions_init(&actions) == 0 else {
      return .notStarted
    }
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in files.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
    }
    // A group of its own, so that what a script or a plugin started ends with it.
    var attributes = posix_spawnattr_t()
    guard unsafe posix_spawnattr_init(&attributes) == 0 else { return .notStarted }
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var process: pid_t = 0
    guard let name = unsafe words[0],
      unsafe posix_spawnp(&process, name, &actions, &attributes, &words, environ) == 0
    else { return .notStarted }
    guard let status = wait(for: process) else { return .tookTooLong }
    let errors = String(decoding: Self.read(files[2]), as: UTF8.self)
    return .ended(
      Result(
        status: status, output: Self.read(files[1]),
        message: errors.split(separator: "\n").first.map(String.init) ?? "status \(status >> 8)"))
  }

  /// The status of the program when it has ended; nil if it had to be killed.
  private func wait(for process: pid_t) -> Int32? {
    let pause: UInt32 = 5000
    var status: Int32 = 0
    for _ in 0..<(secondsAtMost * 1_000_000 / Int(pause)) {
      if unsafe waitpid(process, &status, WNOHANG) == process { return status }
      usleep(pause)
    }
    kill(-process, SIGKILL)
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return nil
  }

  /// A file without a name, which goes with its last descriptor; below 0 if there can be none.
  private static func temporaryFile() -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var path = Array((folder + "/vxhop-XXXXXX").utf8CString)
    let file = unsafe mkstemp(&path)
    guard file >= 0 else { return file }
    unsafe unlink(path)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
      }
      guard count > 0 else { return false }
      offset += count
    }
    return lseek(file, 0, SEEK_SET) == 0
  }

  private static func read(_ file: Int32) -> [UInt8] {
    lseek(file, 0, SEEK_SET)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(file, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}
