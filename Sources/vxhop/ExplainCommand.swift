import ArgumentParser
import Findings

/// `vxhop explain`: what is known of a kind of finding.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Tells what a finding means, how to check it and what to do; without a code, lists all.")

  @Argument(help: "The code of a finding, as vxhop trace prints it.")
  var code: String?

  func run() throws {
    guard let code else {
      let width = FindingCode.allCases.map(\.rawValue.count).max() ?? 0
      for entry in CatalogueEntry.all {
        let name = entry.code.rawValue
        print(name + String(repeating: " ", count: width + 2 - name.count) + entry.title)
      }
      return
    }
    guard let known = FindingCode(rawValue: code) else {
      throw ValidationError("'\(code)' is no finding: vxhop explain lists all of them.")
    }
    print(CatalogueEntry.entry(for: known).text)
  }
}
