import CLinux
import Glibc

/// Rows of fixed size and number that each packet reads and changes.
///
/// They are held by their address: an array is checked for other users on each change, which costs more than the
/// change. At first they are all zeros, which take no memory until something else is written in their place: who reads
/// a row has to see whether it was written.
@safe
@usableFromInline package struct FixedTable<let size: Int, Row: BitwiseCopyable>: ~Copyable {
  @usableFromInline let rows: UnsafeMutablePointer<Row>

  package init() {
    guard let memory = unsafe calloc(size, MemoryLayout<Row>.stride) else {
      fatalError("no memory for \(size) rows")
    }
    unsafe rows = memory.bindMemory(to: Row.self, capacity: size)
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
