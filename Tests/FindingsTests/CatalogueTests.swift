import Testing

@testable import Findings

@Suite struct CatalogueTests {
  @Test(arguments: FindingCode.allCases)
  func everyFindingIsExplained(_ code: FindingCode) {
    let entry = CatalogueEntry.entry(for: code)
    #expect(entry.code == code)
    #expect(!entry.title.isEmpty && !entry.background.isEmpty)
    // What is wrong comes with what to do.
    #expect(entry.severity == .info || !entry.fix.isEmpty)
    #expect(entry.text.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(!entry.text.contains("{vtep}") && !entry.text.contains("{nic}"))
  }

  @Test func namesOfDevicesComeFromTheNode() {
    #expect(
      CatalogueEntry.named(
        "ip link show {vtep} on {nic}, {\"MTU\": …}", vtep: "f.1", nic: "ens5", bridge: "b")
        == "ip link show f.1 on ens5, {\"MTU\": …}")
  }
}
