import Foundation
import TestSupport
import Testing

/// Programs joined by a shell, whose output is read as it comes.
final class RunningPipeline {
  private static let patience: TimeInterval = 30

  private let process = Process()
  private let errorFile: TemporaryFile
  private let output = Pipe()
  private var unread: [UInt8] = []

  init(_ script: String, in namespace: String) throws {
    errorFile = try TemporaryFile()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "ip", "netns", "exec", namespace, "bash", "-c", "set -o pipefail; " + script,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: errorFile.path)
    try ChildProcess.withSignalsUnblocked { try process.run() }
  }

  deinit {
    if process.isRunning { process.terminate() }
  }

  var isRunning: Bool { process.isRunning }

  /// What they have written to standard error so far.
  var errors: String {
    String(decoding: FileBytes.read(errorFile.path) ?? [], as: UTF8.self)
  }

  func waitForErrors(_ words: String) throws {
    let deadline = Date.now + Self.patience
    while !errors.contains(words) {
      try #require(process.isRunning && Date.now < deadline, "\(errors)")
      usleep(20_000)
    }
  }

  /// The next line of the output, without its end.
  func nextLine() throws -> String {
    let handle = output.fileHandleForReading
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(end + 1) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      var request = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      try #require(poll(&request, 1, Int32(Self.patience * 1000)) == 1, "no output: \(errors)")
      let piece = handle.availableData
      try #require(!piece.isEmpty, "the output ended: \(errors)")
      unread += piece
    }
  }

  /// Waits for the end and returns the exit status.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
