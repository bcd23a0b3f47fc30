/// Builds the bytes of a file or packet number by number.
package struct ByteWriter {
  package enum Order: Sendable, CaseIterable {
    case little, big
  }

  package private(set) var bytes: [UInt8] = []
  package let order: Order

  package init(_ order: Order) {
    self.order = order
  }

  package mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    let count = MemoryLayout<Integer>.size
    let shifts = (0..<count).map { order == .little ? 8 * $0 : 8 * (count - 1 - $0) }
    bytes += shifts.map { UInt8(truncatingIfNeeded: value >> Integer($0)) }
  }

  package mutating func append(_ other: [UInt8]) {
    bytes += other
  }
}
