/// Memory for the rows of one batch, which outlive the batch where they are still needed.
@safe
final class RowBlock: @unchecked Sendable {
  /// Rows that a batch has room for.
  static let capacity = 128
  /// Of so few rows no more memory is held than they need.
  private static let shortCount = capacity / 2
  /// Bytes of a line of the cache.
  private static let lineLength = 64

  let rows: UnsafeMutablePointer<Observation>
  /// Whether it has room for a batch, and not only for the rows that it was made of.
  let isWhole: Bool

  init() {
    unsafe rows = Self.allocate(Self.capacity)
    unsafe rows.initialize(repeating: Observation(), count: Self.capacity)
    isWhole = true
  }

  /// Copies so few rows that they are better held without a batch's memory; nil of others.
  init?(copyOf few: UnsafePointer<Observation>, count: Int) {
    guard count > 0 && count < Self.shortCount else { return nil }
    unsafe rows = Self.allocate(count)
    unsafe rows.initialize(from: few, count: count)
    isWhole = false
  }

  deinit { unsafe rows.deallocate() }

  /// Rows that each begin with a line of the cache.
  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Observation> {
    assert(MemoryLayout<Observation>.stride.isMultiple(of: lineLength))
    return unsafe UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Observation>.stride, alignment: lineLength
    ).bindMemory(to: Observation.self, capacity: count)
  }
}
