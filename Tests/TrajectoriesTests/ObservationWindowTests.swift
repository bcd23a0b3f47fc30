import Testing

@testable import Trajectories

/// The window against an array that is searched.
struct ObservationWindowTests {
  @Test(arguments: [UInt64(1), 2, 3], [1, 40, 5000])
  func agreesWithAnArray(seed: UInt64, identities: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var window = ObservationWindow(limit: 4096)
    var rows = RowCopies()
    var model: [Observation] = []
    for step in 0..<20_000 {
      // Grows beyond the first memory, to its limit, and shrinks again, so that the ring wraps.
      let isGrowing = step / 5000 % 2 == 0
      let appends = UInt64.random(in: 0..<10, using: &generator) < (isGrowing ? 8 : 3)
      if appends && !window.isFull {
        let row = Self.row(step, identity: .random(in: 1...identities, using: &generator))
        withUnsafePointer(to: row) { window.append(rows.append($0, keeping: window.count)) }
        model.append(row)
      } else if !window.isEmpty {
        window.removeFirst()
        model.removeFirst()
      }
      if step % 97 == 0 { Self.compare(window, with: model) }
    }
    Self.compare(window, with: model)
  }

  @Test func isFullAtItsLimitAndNotBefore() {
    var window = ObservationWindow(limit: 2000)
    var rows = RowCopies()
    var states: [Bool] = []
    for number in 0..<2048 {
      states.append(window.isFull)
      withUnsafePointer(to: Self.row(number, identity: 7)) {
        window.append(rows.append($0, keeping: window.count))
      }
    }
    states.append(window.isFull)
    window.removeFirst()
    states.append(window.isFull)
    #expect(states == Array(repeating: false, count: 2048) + [true, false])
  }

  private static func row(_ number: Int, identity: UInt64) -> Observation {
    var row = Observation()
    row.frame = UInt64(number)
    row.correctedTime = Int64(number)
    // Identities that share buckets, whatever the size of the table.
    row.identity = identity << 20
    return row
  }

  /// The oldest row and those of its identity, in order.
  private static func compare(_ window: borrowing ObservationWindow, with model: [Observation]) {
    let count = window.count
    #expect(count == model.count)
    guard let first = model.first else { return }
    var found: [UInt64] = []
    var slot = window.firstSlot
    while slot != ObservationWindow.noSlot {
      if window[key: slot].identity == first.identity { found.append(window[slot].frame) }
      slot = window[key: slot].successor
    }
    #expect(found == model.filter { $0.identity == first.identity }.map(\.frame))
  }
}
