import CLinux

/// Rows of a table that grows, which each packet changes.
///
/// They are held by their address: an array is checked for other users on each change, which costs more than the
/// change.
@safe
struct HotRows<Row>: ~Copyable {
  private(set) var count = 0
  private var capacity = 16
  private var rows: UnsafeMutablePointer<Row>

  init() {
    unsafe rows = .allocate(capacity: capacity)
  }

  deinit {
    unsafe rows.deinitialize(count: count)
    unsafe rows.deallocate()
  }

  mutating func append(_ row: Row) {
    if count == capacity { grow() }
    unsafe (rows + count).initialize(to: row)
    count += 1
  }

  private mutating func grow() {
    capacity *= 2
    let larger = UnsafeMutablePointer<Row>.allocate(capacity: capacity)
    unsafe larger.moveInitialize(from: rows, count: count)
    unsafe rows.deallocate()
    unsafe rows = larger
  }

  subscript(row: Int) -> Row {
    unsafeAddress { unsafe UnsafePointer(address(of: row)) }
    nonmutating unsafeMutableAddress { unsafe address(of: row) }
  }

  /// Asks for the memory of a row, if there is one, before it is needed.
  @inline(__always)
  func expect(_ row: Int) { unsafe vxhop_prefetch(rows + row) }

  @inline(__always)
  private func address(of row: Int) -> UnsafeMutablePointer<Row> {
    precondition(UInt(bitPattern: row) < UInt(bitPattern: count))
    return unsafe rows + row
  }

  /// A copy of all rows.
  var copies: [Row] { unsafe Array(UnsafeBufferPointer(start: rows, count: count)) }
}
