import Foundation
import Testing

@testable import vxhop

/// Programs that do a part of the work.
struct HelperProgramTests {
  /// kubectl may be a script, or wait for a plugin that it started: nothing of it is left over.
  @Test func whatHangsIsKilledWithAllThatItStarted() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "vxhop-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    let program = HelperProgram(
      "sh", ["-c", "sleep 600 & echo $! > '\(file.path)'; wait"], secondsAtMost: 2)
    guard case .tookTooLong = program.run(input: []) else {
      Issue.record("it was not stopped")
      return
    }
    let text = try String(contentsOf: file, encoding: .utf8)
    let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    // It ends on its own time.
    for _ in 0..<1000 where isRunning(child) { usleep(10_000) }
    #expect(!isRunning(child))
  }

  @Test func outputAndStatusAreHandedOn() throws {
    let program = HelperProgram(
      "sh", ["-c", "cat; echo trouble >&2; exit 3"], secondsAtMost: 60)
    guard case .ended(let result) = program.run(input: Array("given".utf8)) else {
      Issue.record("it did not end")
      return
    }
    #expect(result.status >> 8 == 3)
    #expect(String(decoding: result.output, as: UTF8.self) == "given")
    #expect(result.message == "trouble")
  }

  @Test func whatIsNotThereIsNotStarted() {
    let program = HelperProgram("vxhop-no-such-program", [], secondsAtMost: 60)
    guard case .notStarted = program.run(input: []) else {
      Issue.record("it was started")
      return
    }
  }

  /// Killed processes that nobody has waited for yet are zombies.
  private func isRunning(_ process: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    let state = status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first
    return state != "Z" && state != "X"
  }
}
