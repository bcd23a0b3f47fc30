import Foundation
import TestSupport
import Testing

/// The whole program, command by command: what it prints and how it ends.
///
/// A case is a folder in Cases with a `command` for bash and the text expected of it. It runs in an
/// empty folder in which `Fixtures` leads to the project's, with `vxhop` in the PATH. With
/// VXHOP_REGENERATE=1 the expected texts are written anew: read what `git diff` says of them.
struct GoldenTests {
  @Test(arguments: GoldenCase.all)
  func printsWhatIsExpected(golden: GoldenCase) throws {
    let actual = try golden.run()
    if ProcessInfo.processInfo.environment["VXHOP_REGENERATE"] == "1" {
      try Data(actual.utf8).write(to: golden.expected)
    }
    let found = try TemporaryFile([UInt8](actual.utf8))
    let difference = try ChildProcess("diff", ["-u", golden.expected.path, found.path])
    if difference.status != 0 {
      let text = String(decoding: difference.output, as: UTF8.self)
      Issue.record("\(golden.name):\n\(text)\(difference.errors)")
    }
  }

  @Test func theReadmeShowsWhatIsPrinted() throws {
    let golden = try #require(GoldenCase.all.first { $0.name == "readme" })
    let expected = try String(contentsOf: golden.expected, encoding: .utf8)
    let printed = expected.prefix(upTo: try #require(expected.range(of: "---")).lowerBound)
    let command = try String(contentsOf: golden.folder.appending(path: "command"), encoding: .utf8)
    let readme = try String(
      contentsOf: Checkout.folder.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("$ \(command)\(printed)```"))
  }
}

struct GoldenCase: Sendable, CustomTestStringConvertible {
  let folder: URL

  var name: String { folder.lastPathComponent }
  var testDescription: String { name }
  var expected: URL { folder.appending(path: "expected.txt") }

  static let all: [GoldenCase] = {
    let cases = Checkout.folder.appending(path: "Tests/GoldenTests/Cases")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []
    return names.sorted().map { GoldenCase(folder: cases.appending(path: $0)) }
  }()

  /// Standard output, standard error and the exit status of the command.
  func run() throws -> String {
    try Self.run(String(contentsOf: folder.appending(path: "command"), encoding: .utf8))
  }

  /// The same of a command that is no case.
  static func run(_ command: String) throws -> String {
    let place = FileManager.default.temporaryDirectory.appending(path: "vxhop-\(UUID())")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    try FileManager.default.createSymbolicLink(
      at: place.appending(path: "Fixtures"),
      withDestinationURL: Checkout.folder.appending(path: "Fixtures"))
    let path = URL(fileURLWithPath: Checkout.program).deletingLastPathComponent().path
    let process = try ChildProcess(
      "bash", ["-c", "PATH=\(path):$PATH\n" + command], in: place)
    return String(decoding: process.output, as: UTF8.self)
      + "--- standard error\n\(process.errors)--- status \(process.status)\n"
  }
}
