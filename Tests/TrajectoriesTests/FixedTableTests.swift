import Testing

@testable import Trajectories

/// Rows held by their address against an array of the same ones.
struct FixedTableTests {
  private struct Row: BitwiseCopyable, Equatable {
    var number: UInt64 = 0
    var count: UInt8 = 0
  }

  @Test func beginsAsZeros() {
    let table = FixedTable<4099, Row>()
    #expect(table.count == 4099)
    #expect((0..<table.count).allSatisfy { table[$0] == Row() })
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func agreesWithADictionary(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let table = FixedTable<257, Row>()
    var model: [Int: Row] = [:]
    for _ in 0..<5000 {
      let place = Int.random(in: 0..<257, using: &generator)
      if Bool.random(using: &generator) {
        let row = Row(number: generator.next(), count: 9)
        table[place] = row
        model[place] = row
      } else {
        // In place, and only one field.
        table[place].count &+= 1
        model[place, default: Row()].count &+= 1
      }
    }
    #expect((0..<257).map { table[$0] } == (0..<257).map { model[$0] ?? Row() })
  }

  /// Who asks for what lies outside gets nothing: the program ends.
  @Test func hasBounds() async {
    await #expect(processExitsWith: .failure) {
      _ = FixedTable<16, UInt32>()[16]
    }
    await #expect(processExitsWith: .failure) {
      _ = FixedTable<16, UInt32>()[-1]
    }
  }
}
