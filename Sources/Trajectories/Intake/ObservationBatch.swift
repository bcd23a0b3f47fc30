/// A reused block of rows that a source fills and the merge empties.
@safe
struct ObservationBatch: ~Copyable {
  static let capacity = 512

  private let rows: UnsafeMutablePointer<Observation>
  private(set) var count = 0

  init() {
    unsafe rows = .allocate(capacity: Self.capacity)
    unsafe rows.initialize(repeating: Observation(), count: Self.capacity)
  }

  deinit {
    unsafe rows.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Where the rows are, for as long as the batch lives.
  var start: UnsafePointer<Observation> { unsafe UnsafePointer(rows) }

  /// The row after the last one, to be filled in place and then added by `addNext()`.
  var next: Observation {
    unsafeAddress {
      precondition(count < Self.capacity)
      return unsafe UnsafePointer(rows + count)
    }
    nonmutating unsafeMutableAddress {
      precondition(count < Self.capacity)
      return unsafe rows + count
    }
  }

  mutating func addNext() { count += 1 }

  mutating func removeAll() { count = 0 }
}
