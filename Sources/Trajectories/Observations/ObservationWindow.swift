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

  /// Rows that the window may hold at the most; a power of two.
  let limit: Int
  private var capacity: Int
  private var rows: UnsafeMutablePointer<Observation>
  private var successors: UnsafeMutablePointer<Slot>
  private var chains: UnsafeMutablePointer<Chain>
  private var firstPosition = 0
  private(set) var count = 0

  init(limit: Int) {
    var power = 1024
    while power < limit { power *= 2 }
    self.limit = power
    capacity = 1024
    unsafe rows = .allocate(capacity: capacity)
    unsafe successors = .allocate(capacity: capacity)
    unsafe chains = .allocate(capacity: capacity)
    unsafe chains.initialize(repeating: Chain(), count: capacity)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe successors.deallocate()
    unsafe chains.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count == limit }

  /// Slot of the oldest row. Meaningless when the window is empty.
  var firstSlot: Slot { Slot(truncatingIfNeeded: firstPosition & (capacity - 1)) }

  subscript(slot: Slot) -> Observation {
    unsafeAddress {
      precondition(slot < capacity)
      return unsafe UnsafePointer(rows + Int(slot))
    }
  }

  func time(_ slot: Slot) -> Int64 { unsafe rows[Int(slot)].correctedTime }
  func identity(_ slot: Slot) -> UInt64 { unsafe rows[Int(slot)].identity }
  func isUsed(_ slot: Slot) -> Bool { unsafe rows[Int(slot)].traits.contains(.isUsed) }
  func point(_ slot: Slot) -> UInt16 { unsafe rows[Int(slot)].point }

  mutating func markUsed(_ slot: Slot) { unsafe rows[Int(slot)].traits.insert(.isUsed) }

  /// The next younger row in the chain of `slot`'s bucket, whatever its identity, or `noSlot`.
  func successor(_ slot: Slot) -> Slot { unsafe successors[Int(slot)] }

  /// Appends a row; the window must not be full.
  mutating func append(_ row: borrowing Observation) {
    precondition(count < limit)
    if count == capacity { grow() }
    let slot = Slot(truncatingIfNeeded: (firstPosition + count) & (capacity - 1))
    unsafe rows[Int(slot)] = copy row
    count += 1
    link(slot)
  }

  /// Removes the oldest row; the window must not be empty.
  mutating func removeFirst() {
    precondition(count > 0)
    let slot = firstSlot
    let bucket = self.bucket(of: slot)
    unsafe chains[bucket].first = successors[Int(slot)]
    firstPosition += 1
    count -= 1
  }

  private func bucket(of slot: Slot) -> Int {
    Int(truncatingIfNeeded: identity(slot)) & (capacity - 1)
  }

  private mutating func link(_ slot: Slot) {
    let bucket = self.bucket(of: slot)
    unsafe successors[Int(slot)] = Self.noSlot
    if unsafe chains[bucket].first == Self.noSlot {
      unsafe chains[bucket].first = slot
    } else {
      unsafe successors[Int(chains[bucket].last)] = slot
    }
    unsafe chains[bucket].last = slot
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Observation>.allocate(capacity: capacity * 2)
    for index in 0..<count {
      unsafe larger[index] = unsafe rows[(firstPosition + index) & (capacity - 1)]
    }
    unsafe rows.deallocate()
    unsafe successors.deallocate()
    unsafe chains.deallocate()
    capacity *= 2
    firstPosition = 0
    unsafe rows = larger
    unsafe successors = .allocate(capacity: capacity)
    unsafe chains = .allocate(capacity: capacity)
    unsafe chains.initialize(repeating: Chain(), count: capacity)
    for slot in 0..<count { link(Slot(truncatingIfNeeded: slot)) }
  }
}
