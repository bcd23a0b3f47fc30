import CLinux

/// The observations of the last few seconds, oldest first, with an index by identity.
///
/// A ring of keys in order of corrected time, whose rows are kept elsewhere, and a hash table whose buckets know the
/// youngest row of each chain, in which rows are linked in the same order. The oldest row of the ring is therefore
/// always the first of its chain, and to remove it nothing needs to be unlinked. Memory grows by doubling up to the limit
/// given, then stays.
@safe
struct ObservationWindow: ~Copyable {
  /// Position of a row in the ring.
  typealias Slot = UInt32
  static let noSlot = Slot.max

  /// What joining looks at, apart from the rows so that a chain is walked within few cache lines.
  @safe
  struct Key {
    let identity: UInt64
    /// Corrected time.
    let time: Int64
    /// A hash of addresses, ports, protocol and ICMP identifier.
    let endpoints: UInt64
    /// A hash of the point and of the state in which the packet crosses it.
    let place: UInt64
    fileprivate let row: UnsafeMutablePointer<Observation>
    /// The next younger row in the chain of the bucket, whatever its identity, or `noSlot`.
    fileprivate(set) var successor: Slot
    let point: UInt16
    fileprivate(set) var isUsed: Bool
    /// Whether a row of this packet may as well be an equal one's that came before.
    fileprivate(set) var isContested = false

    @inline(__always)
    fileprivate init(_ row: UnsafeMutablePointer<Observation>) {
      unsafe self.row = row
      identity = unsafe row.pointee.identity
      time = unsafe row.pointee.correctedTime
      endpoints = unsafe row.pointee.endpointsHash
      place = unsafe row.pointee.placeHash
      successor = ObservationWindow.noSlot
      point = unsafe row.pointee.point
      isUsed = false
    }
  }

  /// More than one, so that few chains have rows of two packets; a power of two.
  private static let bucketsPerRow = 2
  /// Rows that the window may hold at the most; a power of two.
  let limit: Int
  private(set) var capacity: Int
  /// Those of the rows, and one behind them that is of none.
  private var keys: UnsafeMutablePointer<Key>
  /// Positions of the youngest row of each bucket, counted over all rows since the window grew; one before
  /// `firstPosition` is of a row that was removed.
  private var youngest: UnsafeMutablePointer<Int>
  private var firstPosition = 0
  private(set) var count = 0

  init(limit: Int) {
    var power = 1024
    while power < limit { power *= 2 }
    self.limit = power
    capacity = 1024
    unsafe keys = .allocate(capacity: capacity + 1)
    unsafe youngest = .allocate(capacity: capacity * Self.bucketsPerRow)
    unsafe youngest.initialize(repeating: -1, count: capacity * Self.bucketsPerRow)
  }

  deinit {
    unsafe keys.deallocate()
    unsafe youngest.deallocate()
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
      return unsafe UnsafePointer(keys[Int(slot)].row)
    }
  }

  subscript(key slot: Slot) -> Key {
    unsafeAddress {
      precondition(slot < capacity)
      return unsafe UnsafePointer(keys + Int(slot))
    }
  }

  /// Whether each row is of another point.
  func areOfOwnPoints(_ slots: borrowing SlotList) -> Bool {
    // Most captures have few points: a bit for each tells.
    var seen: UInt64 = 0
    for place in slots.indices {
      let point = self[key: slots[place]].point
      let bit: UInt64 = 1 << UInt64(point & 63)
      if seen & bit != 0 && has(point, among: slots, before: place) {
        return false
      }
      seen |= bit
    }
    return true
  }

  private func has(_ point: UInt16, among slots: borrowing SlotList, before place: Int) -> Bool {
    (0..<place).contains { self[key: slots[$0]].point == point }
  }

  /// Copies a row to a hop, in two parts: up to 128 bytes are moved without a call.
  @inline(__always)
  func copy(_ slot: Slot, to row: inout Observation) {
    // About half, in whole steps of 16 bytes, the length of a vector.
    let part = MemoryLayout<Observation>.size / 32 * 16
    let source = unsafe UnsafeRawPointer(keys[checked(slot)].row)
    unsafe withUnsafeMutablePointer(to: &row) { row in
      let target = UnsafeMutableRawPointer(row)
      unsafe target.copyMemory(from: source, byteCount: part)
      unsafe (target + part).copyMemory(
        from: source + part, byteCount: MemoryLayout<Observation>.size - part)
    }
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

  /// Appends a row, which is to stay where it is as long as it is in the window; that must not be full.
  @inline(__always)
  mutating func append(_ row: UnsafeMutablePointer<Observation>) {
    if count == capacity { grow() }
    let slot = slot(at: count)
    unsafe (keys + Int(slot)).initialize(to: Key(row))
    link(at: count, unsafe row.pointee.identity)
    count &+= 1
  }

  /// Asks for the memory of the bucket that a row of an identity comes to.
  @inline(__always)
  func expect(_ identity: UInt64) {
    unsafe vxhop_prefetch_line(youngest + bucket(of: identity))
  }

  @inline(__always)
  private func bucket(of identity: UInt64) -> Int {
    Int(truncatingIfNeeded: identity) & (capacity &* Self.bucketsPerRow &- 1)
  }

  /// Removes the oldest row; the window must not be empty.
  @inline(__always)
  mutating func removeFirst() {
    precondition(count > 0)
    firstPosition &+= 1
    count &-= 1
  }

  /// Links the row that so many others precede to the one before it in its bucket.
  @inline(__always)
  private mutating func link(at place: Int, _ identity: UInt64) {
    let bucket = bucket(of: identity)
    let previous = unsafe youngest[bucket]
    // Whether it is still there cannot be foreseen: if not, the key of no row takes the link.
    let successor = vxhop_choose(
      previous >= firstPosition, previous & (capacity &- 1), capacity)
    unsafe keys[successor].successor = slot(at: place)
    unsafe youngest[bucket] = firstPosition &+ place
  }

  @inline(never)
  private mutating func grow() {
    precondition(capacity < limit)
    let moreKeys = UnsafeMutablePointer<Key>.allocate(capacity: capacity * 2 + 1)
    for index in 0..<count {
      let old = Int(slot(at: index))
      unsafe moreKeys[index] = unsafe keys[old]
      unsafe moreKeys[index].successor = Self.noSlot
    }
    unsafe keys.deallocate()
    unsafe youngest.deallocate()
    capacity *= 2
    firstPosition = 0
    unsafe keys = moreKeys
    unsafe youngest = .allocate(capacity: capacity * Self.bucketsPerRow)
    unsafe youngest.initialize(repeating: -1, count: capacity * Self.bucketsPerRow)
    for place in 0..<count { unsafe link(at: place, keys[place].identity) }
  }
}

// MARK: - Equal rows

extension ObservationWindow {
  /// What joining first asks of rows of one identity.
  struct Equals {
    /// Whether every point saw the identity once, and under the same addresses.
    var isPlain: Bool
    /// The sum of where and in which states they were seen, hashed.
    var states: UInt64
  }

  /// Marks the oldest row used, and those that have its identity and are not; lists them, oldest first.
  ///
  /// - Parameters:
  ///   - span: how much later than the oldest row they may be, in nanoseconds.
  ///   - usualSpan: the same where more than `floodLimit` rows are of the oldest one's point.
  ///   - limit: rows of the identity that are looked at.
  ///   - list: what it held is forgotten.
  @inline(__always)
  mutating func useEquals(
    within span: Int64, usualSpan: Int64, floodLimit: Int, limit: Int,
    listingIn list: inout SlotList
  ) -> Equals {
    let first = unsafe keys + Int(firstSlot)
    // To be copied as soon as all are found.
    unsafe vxhop_prefetch(first.pointee.row)
    let (identity, time) = unsafe (first.pointee.identity, first.pointee.time)
    let (endpoints, point) = unsafe (first.pointee.endpoints, first.pointee.point)
    let (end, usualEnd) = (time &+ span, time &+ usualSpan)
    // Most captures have few points: a bit for each tells whether it was met before.
    var seen: UInt64 = 1 << UInt64(point & 63)
    var equals = unsafe Equals(isPlain: true, states: first.pointee.place)
    var room = limit
    var twins = 0
    list.removeAll()
    list.append(firstSlot)
    unsafe first.pointee.isUsed = true
    // Too little of the packet was captured to recognise it anywhere else.
    var slot = unsafe identity == 0 ? Self.noSlot : first.pointee.successor
    while slot != Self.noSlot && room > 0 {
      let key = unsafe keys + Int(slot)
      if unsafe key.pointee.identity == identity {
        let time = unsafe key.pointee.time
        if time > end || twins > floodLimit && time > usualEnd { break }
        room &-= 1
        let other = unsafe key.pointee.point
        if other == point { twins &+= 1 }
        if unsafe !key.pointee.isUsed {
          let bit: UInt64 = 1 << UInt64(other & 63)
          // Of equal packets by the hundred one tells.
          if unsafe equals.isPlain
            && (key.pointee.endpoints != endpoints
              || seen & bit != 0 && has(other, among: list, before: list.count))
          {
            equals.isPlain = false
          }
          seen |= bit
          unsafe equals.states &+= key.pointee.place
          list.append(slot)
          unsafe vxhop_prefetch(key.pointee.row)
          unsafe key.pointee.isUsed = true
        }
      }
      slot = unsafe key.pointee.successor
    }
    return equals
  }
}
