import Foundation
import TestSupport
import Testing

/// The table of docs/findings.md says what the tests do.
struct FindingTableTests {
  /// A failure of the catalogue: its numbers, the findings, how they are proven, scenarios or why not.
  private struct Row {
    let failure: String
    let finding: String
    let proof: String
    let words: String
  }

  private static let rows: [Row] = {
    let file = Checkout.folder.appending(path: "docs/findings.md")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return Row(failure: cells[0], finding: cells[1], proof: cells[2], words: cells[3])
    }
  }()

  private static let scenarios = Set(
    FindingTests.failures + FindingTests.healthy + FindingTests.lossy.map(\.name)
      + FindingTests.notes.map(\.name))

  @Test func everyFailureOfTheCatalogueHasARow() {
    let numbers = Self.rows.flatMap { row in
      row.failure.prefix { $0 != ":" }.split { !$0.isNumber }.compactMap { Int($0) }
    }
    #expect(Set(numbers).isSuperset(of: 1...39))
    #expect(Self.rows.allSatisfy { ["kernel", "unit tests"].contains($0.proof) })
  }

  @Test func everyFindingIsInTheTable() throws {
    let process = try ChildProcess(Checkout.program, ["explain"])
    let codes = String(decoding: process.output, as: UTF8.self).split(separator: "\n")
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(codes.count > 40)
    for code in codes {
      #expect(Self.rows.contains { $0.finding.contains("`\(code)`") }, "\(code)")
    }
  }

  /// `input-reject-port, -host-prohibited`: a beginning stands for those that follow as well.
  @Test func whatAKernelProvesIsAScenarioOfTheTests() {
    var named: Set<String> = []
    for row in Self.rows {
      let words = row.words.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init)
      let known = words.filter { word in
        Self.scenarios.contains(word)
          || word.hasPrefix("-") && Self.scenarios.contains { $0.hasSuffix(word) }
      }
      named.formUnion(known)
      if row.proof == "kernel" { #expect(!known.isEmpty, "\(row.failure)") }
    }
    for scenario in FindingTests.failures {
      let isNamed = named.contains { $0 == scenario || $0.hasPrefix("-") && scenario.hasSuffix($0) }
      #expect(isNamed, "\(scenario)")
    }
  }
}
