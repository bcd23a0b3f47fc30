/// The observations of the last few seconds, oldest first, with an index by identity.
///
/// A ring of rows in order of corrected time, and a hash table whose buckets chain the rows in the same
/// order. The oldest row of the ring is therefore always the first of its chain, so that both appending
/// and removing take constant time and no tombstones are left. Memory grows by doubling up to the
/// limit given, then stays.
@safe
struct ObservationWindow: ~Copyable {
  /// Position of a row in the ring's memory.
  typealias Slot = UInt32
  static let noSlot = Slot.max

  private struct Chain {
    var first = noSlot
    var last = noSlot
  }

  /// What joining looks at, apart from the rows so that a chain is walked within few cache lines.
  struct Key {
    let identity: UInt64
    /// Corrected time.
    let time: Int64
    /// A hash of addresses, ports, protocol and ICMP identifier.
    let endpoints: UInt64
    /// A hash of the point and of the state in which the packet crosses it.
    let place: UInt64
    /// The next younger row in the chain of the bucket, whatever its identity, or `noSlot`.
    fileprivate(set) var successor: Slot
    let point: UInt16
    fileprivate(set) var isUsed: Bool
    /// Whether a row of this packet may as well be an equal one's that came before.
    fileprivate(set) var isContested = false
  }

  /// Rows that the window may hold at the most; a power of two.
  let limit: Int
  private(set) var capacity: Int
  private var rows: UnsafeMutablePointer<Observation>
  private var keys: UnsafeMutablePointer<Key>
  private var chains: UnsafeMutablePointer<Chain>
  private var firstPosition = 0
  private(set) var count = 0

  init(limit: Int) {
    var power = 1024
    while power < limit { power *= 2 }
    self.limit = power
    capacity = 1024
    unsafe rows = .allocate(capacity: capacity)
    unsafe keys = .allocate(capacity: capacity)
    unsafe chains = .allocate(capacity: capacity)
    unsafe chains.initialize(repeating: Chain(), count: capacity)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe keys.deallocate()
    unsafe chains.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count == limit }

  /// Slot of the oldest row. Meaningless when the window is empty.
  var firstSlot: Slot { slot(at: 0) }

  /// Slot of the row that so many others precede.
  @inline(__always)
  func slot(at place: Int) -> Slot {
    Slot(truncatingIfNeeded: (firstPosition &+ place) & (capacity &- 1))
  }

  /// Key of the oldest row. Meaningless when the window is empty.
  var firstKey: Key {
    unsafeAddress { unsafe UnsafePointer(keys + Int(firstSlot)) }
  }

  subscript(slot: Slot) -> Observation {
    unsafeAddress {
      precondition(slot < capacity)
      return unsafe UnsafePointer(rows + Int(slot))
    }
  }

  subscript(key slot: Slot) -> Key {
    unsafeAddress {
      precondition(slot < capacity)
      return unsafe UnsafePointer(keys + Int(slot))
    }
  }

  /// Whether each of so many rows is of another point.
  func areOfOwnPoints(_ slots: [Slot], count: Int) -> Bool {
    // Most captures have few points: a bit for each tells.
    var seen: UInt64 = 0
    for place in 0..<count {
      let point = self[key: slots[place]].point
      let bit: UInt64 = 1 << UInt64(point & 63)
      if seen & bit != 0, slots[..<place].contains(where: { self[key: $0].point == point }) {
        return false
      }
      seen |= bit
    }
    return true
  }

  /// Copies a row to a hop.
  @inline(__always)
  func copy(_ slot: Slot, to row: inout Observation) {
    let source = unsafe UnsafePointer(rows + checked(slot))
    unsafe withUnsafeMutablePointer(to: &row) { unsafe Self.copy(source, to: $0) }
  }

  /// Copies a row in two parts, each of which is short enough to be moved without a call.
  @inline(__always)
  private static func copy(
    _ source: UnsafePointer<Observation>, to target: UnsafeMutablePointer<Observation>
  ) {
    let part = 80
    let (source, target) = unsafe (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    unsafe target.copyMemory(from: source, byteCount: part)
    unsafe (target + part).copyMemory(
      from: source + part, byteCount: MemoryLayout<Observation>.size - part)
  }

  @inline(__always)
  mutating func markUsed(_ slot: Slot) { unsafe keys[checked(slot)].isUsed = true }
  mutating func markUnused(_ slot: Slot) { unsafe keys[checked(slot)].isUsed = false }
  mutating func markContested(_ slot: Slot) { unsafe keys[checked(slot)].isContested = true }

  @inline(__always)
  private func checked(_ slot: Slot) -> Int {
    precondition(slot < capacity)
    return Int(slot)
  }

  /// Appends a row; the window must not be full.
  @inline(__always)
  mutating func append(_ row: UnsafePointer<Observation>) {
    precondition(count < limit)
    if count == capacity { grow() }
    let slot = slot(at: count)
    unsafe Self.copy(row, to: rows + Int(slot))
    unsafe keys[Int(slot)] = Key(
      identity: row.pointee.identity, time: row.pointee.correctedTime,
      endpoints: row.pointee.endpointsHash, place: row.pointee.placeHash, successor: Self.noSlot,
      point: row.pointee.point, isUsed: false)
    count &+= 1
    link(slot)
  }

  /// Removes the oldest row; the window must not be empty.
  @inline(__always)
  mutating func removeFirst() {
    precondition(count > 0)
    let slot = firstSlot
    let bucket = unsafe bucket(of: keys[Int(slot)].identity)
    unsafe chains[bucket].first = keys[Int(slot)].successor
    firstPosition &+= 1
    count &-= 1
  }

  private func bucket(of identity: UInt64) -> Int {
    Int(truncatingIfNeeded: identity) & (capacity &- 1)
  }

  @inline(__always)
  private mutating func link(_ slot: Slot) {
    let bucket = unsafe bucket(of: keys[Int(slot)].identity)
    if unsafe chains[bucket].first == Self.noSlot {
      unsafe chains[bucket].first = slot
    } else {
      unsafe keys[Int(chains[bucket].last)].successor = slot
    }
    unsafe chains[bucket].last = slot
  }

  @inline(never)
  private mutating func grow() {
    let moreRows = UnsafeMutablePointer<Observation>.allocate(capacity: capacity * 2)
    let moreKeys = UnsafeMutablePointer<Key>.allocate(capacity: capacity * 2)
    for index in 0..<count {
      let old = Int(slot(at: index))
      unsafe moreRows[index] = unsafe rows[old]
      unsafe moreKeys[index] = unsafe keys[old]
      unsafe moreKeys[index].successor = Self.noSlot
    }
    unsafe rows.deallocate()
    unsafe keys.deallocate()
    unsafe chains.deallocate()
    capacity *= 2
    firstPosition = 0
    unsafe rows = moreRows
    unsafe keys = moreKeys
    unsafe chains = .allocate(capacity: capacity)
    unsafe chains.initialize(repeating: Chain(), count: capacity)
    for slot in 0..<count { link(Slot(truncatingIfNeeded: slot)) }
  }
}
