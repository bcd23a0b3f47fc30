/// Finds rows of a table by the hash of their key: open addressing over row numbers.
///
/// The seed differs from run to run, so that no capture can be made to fill one part of the table;
/// nothing depends on the order of the slots.
struct HashIndex: Sendable {
  /// A row's number, and as much of its hash as tells it from nearly all others.
  private struct Slot {
    var row: Int32
    var tag: UInt32
  }

  private static let vacant = Int32(-1)

  private var slots: [Slot]
  private var hashes: [UInt64] = []
  private let seed = UInt64.random(in: .min ... .max)

  init() {
    slots = Array(repeating: Slot(row: Self.vacant, tag: 0), count: 64)
  }

  var count: Int { hashes.count }

  /// The row for which `isMatch` holds; nil if there is none.
  @inline(__always)
  func find(_ key: UInt64, _ isMatch: (Int) -> Bool) -> Int? {
    let hash = self.hash(key)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    while slots[slot].row != Self.vacant {
      let row = Int(slots[slot].row)
      if slots[slot].tag == tag && isMatch(row) { return row }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Enters the next row (number `count`) under the key.
  mutating func append(_ key: UInt64) {
    hashes.append(hash(key))
    if hashes.count * 2 > slots.count { grow() } else { place(hashes.count - 1) }
  }

  private func hash(_ key: UInt64) -> UInt64 {
    let product = (key ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }

  private mutating func place(_ row: Int) {
    var slot = Int(truncatingIfNeeded: hashes[row]) & (slots.count - 1)
    while slots[slot].row != Self.vacant { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Slot(row: Int32(row), tag: UInt32(truncatingIfNeeded: hashes[row] >> 32))
  }

  private mutating func grow() {
    slots = Array(repeating: Slot(row: Self.vacant, tag: 0), count: slots.count * 2)
    for row in hashes.indices { place(row) }
  }
}
