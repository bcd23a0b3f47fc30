import Foundation
import Scoring
import Testing

extension LabTests {
  /// The long run: minutes, and some hundred megabytes of captures. VXHOP_SOAK=1 asks for it.
  struct SoakTests {
    static let isWanted = ProcessInfo.processInfo.environment["VXHOP_SOAK"] == "1"

    @Test(.enabled(if: isWanted, "VXHOP_SOAK=1 asks for the long run"))
    func everyPacket() throws {
      let folder = try Lab.folder(of: LabScenario(name: "soak"))
      let truth = try folder.truth(.interfaces)
      let identifications = truth.compactMap(\.identification)
      #expect(truth.count >= 200_000)
      #expect(identifications.count > 2 * Set(identifications).count)
      let score = try Score(of: folder.analyse(.interfaces), against: truth, depth: .points)
      // What was missed is to be looked at, packet by packet.
      print(score.report(ofMistakes: .max))
      #expect(score.precision == 1)
      #expect(score.recall >= 0.9999)
    }
  }
}
