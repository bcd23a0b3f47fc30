/// A reused block of rows that a source fills and the merge empties.
@safe
struct ObservationBatch: ~Copyable {
  static let capacity = 512

  private let rows: UnsafeMutablePointer<Observation>
  private(set) var count = 0

  init() {
    unsafe rows = .allocate(capacity: Self.capacity)
  }

  deinit {
    unsafe rows.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  subscript(index: Int) -> Observation {
    precondition(index < count)
    return unsafe rows[index]
  }

  func correctedTime(_ index: Int) -> Int64 { unsafe rows[index].correctedTime }

  mutating func append(_ row: Observation) {
    precondition(count < Self.capacity)
    unsafe rows[count] = row
    count += 1
  }

  mutating func removeAll() { count = 0 }
}
