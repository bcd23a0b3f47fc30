import Foundation
import TestSupport
import Testing

/// The program, running until it is told to end.
final class RunningCommand {
  private let process = Process()
  private let errorFile: TemporaryFile

  /// Starts `words` in a namespace and waits until the program has said all of `ready`.
  init(
    _ words: [String], in namespace: String, until ready: [String] = ["capturing at"]
  ) throws {
    errorFile = try TemporaryFile()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ip", "netns", "exec", namespace, Checkout.program] + words
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: errorFile.path)
    try ChildProcess.withSignalsUnblocked { try process.run() }
    let deadline = Date.now + 30
    while case let said = errors, !ready.allSatisfy(said.contains) {
      try #require(process.isRunning && Date.now < deadline, "\(said)")
      usleep(20_000)
    }
  }

  /// What it has written to standard error so far.
  var errors: String {
    String(decoding: FileBytes.read(errorFile.path) ?? [], as: UTF8.self)
  }

  /// A line of the kernel's /proc/PID/status, without its name.
  func kernelStatus(_ name: String) -> String? {
    let text = FileBytes.read("/proc/\(process.processIdentifier)/status") ?? []
    return String(decoding: text, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 2)) }
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for its end and returns its exit status, or nil if a signal ended it.
  func wait() -> Int32? {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  /// Asks it to end as init systems do.
  func terminate() -> Int32? {
    send(SIGTERM)
    return wait()
  }

  /// Asks it to end as Ctrl-C does.
  func interrupt() -> Int32? {
    send(SIGINT)
    return wait()
  }
}
