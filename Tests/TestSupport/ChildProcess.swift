package import Foundation

/// A program that was run to its end, and what it wrote.
package struct ChildProcess: Sendable {
  package let status: Int32
  package let output: Data
  package let errors: String

  /// Runs `program`, looked up in the PATH unless it is a path, in `folder`.
  ///
  /// Files stand for pipes, so that no amount of output can block it.
  package init(
    _ program: String, _ arguments: [String], input: [UInt8] = [], in folder: URL? = nil
  ) throws {
    let files = try (TemporaryFile(input), TemporaryFile(), TemporaryFile())
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle(forReadingAtPath: files.0.path)
    process.standardOutput = FileHandle(forWritingAtPath: files.1.path)
    process.standardError = FileHandle(forWritingAtPath: files.2.path)
    try Self.withSignalsUnblocked { try process.run() }
    process.waitUntilExit()
    status = process.terminationStatus
    output = try Data(contentsOf: URL(fileURLWithPath: files.1.path))
    errors = try String(
      decoding: Data(contentsOf: URL(fileURLWithPath: files.2.path)), as: UTF8.self)
  }

  /// Tests run on threads that block all signals, and children inherit that.
  package static func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var usual = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &usual)
    defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
    try body()
  }
}
