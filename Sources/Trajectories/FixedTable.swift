import CLinux
import Glibc

/// Rows of fixed size and number that each packet reads and changes.
///
/// They are held by their address: an array is checked for other users on each change, which costs more than the
/// change.
@safe
@usableFromInline package struct FixedTable<let size: Int, Row: BitwiseCopyable>: ~Copyable {
  @usableFromInline let rows: UnsafeMutablePointer<Row>

  package init(repeating row: Row) {
    guard let memory = unsafe calloc(size, MemoryLayout<Row>.stride) else {
      fatalError("no memory for \(size) rows")
    }
    unsafe rows = memory.bindMemory(to: Row.self, capacity: size)
    // Zeros take memory only when something else is written in their place.
    let isZero = unsafe withUnsafeBytes(of: row) { unsafe $0.allSatisfy { $0 == 0 } }
    if !isZero { unsafe rows.initialize(repeating: row, count: size) }
  }

  @inlinable package var count: Int { size }

  deinit { unsafe free(rows) }

  /// Asks for a row's memory before it is needed.
  @inline(__always)
  func expect(_ place: Int) { unsafe vxhop_prefetch(row(at: place)) }

  @inlinable package subscript(place: Int) -> Row {
    unsafeAddress { unsafe UnsafePointer(row(at: place)) }
    nonmutating unsafeMutableAddress { unsafe row(at: place) }
  }

  @inlinable func row(at place: Int) -> UnsafeMutablePointer<Row> {
    precondition(UInt(bitPattern: place) < UInt(bitPattern: size))
    return unsafe rows + place
  }
}
