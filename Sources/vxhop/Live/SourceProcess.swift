import ArgumentParser
import Glibc

/// A command that writes a capture to its standard output: `node2=ssh node2 tcpdump -i any -U -w -`.
struct SourceCommand: Equatable {
  /// The node, or node and interface, that its packets are captured at.
  let name: String
  let command: String

  init(name: String, command: String) {
    self.name = name
    self.command = command
  }

  init(parsing text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
      text.index(after: equals) < text.endIndex
    else {
      throw ValidationError("--source takes NODE=COMMAND, not '\(text)'.")
    }
    name = String(text[..<equals])
    command = String(text[text.index(after: equals)...])
  }
}

/// The running command of a source, in a process group of its own: Ctrl-C is this program's to handle.
final class SourceProcess {
  let source: SourceCommand
  /// The end of the pipe that the capture comes out of.
  let descriptor: Int32
  private let process: pid_t
  /// What signals are sent to: the command and all that it started.
  private var group: pid_t { -process }
  /// What it says beside: shown when there is nothing else being drawn.
  private let errors: Int32
  private var said: [UInt8] = []
  /// Linux's F_SETPIPE_SZ, which glibc has for _GNU_SOURCE only.
  private static let setPipeSize: Int32 = 1031
  /// As waitpid(2) tells it, once the command has ended.
  private var status: Int32?

  /// Starts the command with `sh`.
  ///
  /// - Parameter sharesErrors: whether what it says is said at once, not kept for `messages()`.
  init(_ source: SourceCommand, sharesErrors: Bool = false) throws {
    self.source = source
    let (output, errors) = (try Self.makePipe(source), try Self.makePipe(source))
    defer {
      close(output.writing)
      close(errors.writing)
    }
    // As much as may wait in a pipe without further rights.
    _ = fcntl(output.reading, Self.setPipeSize, 1 << 20)
    _ = fcntl(errors.reading, F_SETFL, O_NONBLOCK)
    descriptor = output.reading
    self.errors = errors.reading
    process = try Self.spawn(
      source, output: output.writing, errors: sharesErrors ? STDERR_FILENO : errors.writing)
  }

  deinit {
    close(descriptor)
    close(errors)
  }

  private static func makePipe(
    _ source: SourceCommand
  ) throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw failure(source, errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ source: SourceCommand, output: Int32, errors: Int32
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What this program ignores or catches, the command should not.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGUSR1] {
      unsafe sigaddset(&defaults, number)
    }
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var words: [UnsafeMutablePointer<CChar>?] = unsafe [
      strdup("sh"), strdup("-c"), strdup(source.command), nil,
    ]
    defer { for index in 0..<3 { unsafe free(words[index]) } }
    var process = pid_t()
    let status = unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ)
    guard status == 0 else { throw failure(source, status) }
    return process
  }

  private static func failure(_ source: SourceCommand, _ number: Int32) -> ExitStatus {
    StandardError.print(
      "\(source.name): cannot be started: \(unsafe String(cString: strerror(number)))")
    return .failure
  }

  /// The lines that the command has written to its standard error since the last time.
  func messages() -> [String] {
    var block: [UInt8] = Array(repeating: 0, count: 4096)
    while true {
      let count = unsafe read(errors, &block, block.count)
      guard count > 0 else { break }
      // Who writes much and no end of a line is cut short.
      said = (said + block[..<count]).suffix(64 << 10)
    }
    guard let end = said.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let lines = said[..<end].split(separator: UInt8(ascii: "\n"))
    said.removeFirst(end + 1)
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Hands SIGINT, SIGTERM, SIGHUP and SIGUSR1 on to the command: this program ends when the command has.
  func handOnSignals() { Signals.handOn(to: group) }

  /// Asks the command and what it started to end.
  func interrupt() {
    if status == nil { kill(group, SIGINT) }
  }

  /// Why the command ended, if it did and not well; each time until it is asked for no more.
  func failure() -> String? {
    if status == nil {
      var now: Int32 = 0
      guard unsafe waitpid(process, &now, WNOHANG | WUNTRACED) == process else { return nil }
      if now & 0xff == 0x7f {
        kill(group, SIGKILL)
        return "wants an answer from the terminal (a password?): use keys, ssh -o BatchMode=yes"
      }
      status = now
    }
    guard let status, status != 0 else { return nil }
    return status & 0x7f == 0
      ? "ended with status \(status >> 8 & 0xff)" : "was ended by signal \(status & 0x7f)"
  }

  /// Ends the command, if it has not ended by itself.
  func end() {
    guard status == nil else { return }
    kill(group, SIGTERM)
    var now: Int32 = 0
    for _ in 0..<50 where unsafe waitpid(process, &now, WNOHANG) == 0 { usleep(10_000) }
    kill(group, SIGKILL)
    _ = unsafe waitpid(process, &now, 0)
    status = now
  }
}
