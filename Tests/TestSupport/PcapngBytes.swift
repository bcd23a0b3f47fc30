/// The bytes of a pcapng file, written from the format's specification.
package struct PcapngBytes {
  package private(set) var bytes: [UInt8] = []
  private var order: ByteWriter.Order = .little

  package init() {}

  /// A Section Header Block; what follows is in its byte order.
  package mutating func section(
    _ order: ByteWriter.Order, majorVersion: UInt16 = 1, options: [(UInt16, [UInt8])] = []
  ) {
    self.order = order
    block(0x0a0d_0d0a) { body in
      body.append(UInt32(0x1a2b_3c4d))
      body.append(majorVersion)
      body.append(UInt16(0))
      body.append(Int64(-1))
      Self.append(options, to: &body)
    }
  }

  package mutating func interface(
    linkType: UInt16 = 1, snapshotLength: UInt32 = 0, options: [(UInt16, [UInt8])] = []
  ) {
    block(1) { body in
      body.append(linkType)
      body.append(UInt16(0))
      body.append(snapshotLength)
      Self.append(options, to: &body)
    }
  }

  package mutating func enhancedPacket(
    interface: UInt32 = 0, timestamp: UInt64, _ packet: [UInt8], originalLength: UInt32? = nil,
    options: [(UInt16, [UInt8])] = []
  ) {
    block(6) { body in
      body.append(interface)
      body.append(UInt32(timestamp >> 32))
      body.append(UInt32(truncatingIfNeeded: timestamp))
      body.append(UInt32(packet.count))
      body.append(originalLength ?? UInt32(packet.count))
      body.append(Self.padded(packet))
      Self.append(options, to: &body)
    }
  }

  package mutating func obsoletePacket(interface: UInt16, timestamp: UInt64, _ packet: [UInt8]) {
    block(2) { body in
      body.append(interface)
      body.append(UInt16(0xffff))
      body.append(UInt32(timestamp >> 32))
      body.append(UInt32(truncatingIfNeeded: timestamp))
      body.append(UInt32(packet.count))
      body.append(UInt32(packet.count))
      body.append(Self.padded(packet))
    }
  }

  package mutating func simplePacket(_ packet: [UInt8], originalLength: UInt32) {
    block(3) { body in
      body.append(originalLength)
      body.append(Self.padded(packet))
    }
  }

  package mutating func statistics(
    interface: UInt32, timestamp: UInt64 = 0, options: [(UInt16, [UInt8])]
  ) {
    block(5) { body in
      body.append(interface)
      body.append(UInt32(timestamp >> 32))
      body.append(UInt32(truncatingIfNeeded: timestamp))
      Self.append(options, to: &body)
    }
  }

  /// Any block: type, length, body, length.
  package mutating func block(_ type: UInt32, _ write: (inout ByteWriter) -> Void) {
    var body = ByteWriter(order)
    write(&body)
    var writer = ByteWriter(order)
    writer.append(type)
    writer.append(UInt32(body.bytes.count + 12))
    writer.append(body.bytes)
    writer.append(UInt32(body.bytes.count + 12))
    bytes += writer.bytes
  }

  /// An option's value in the byte order of the section.
  package func value<Integer: FixedWidthInteger>(_ integer: Integer) -> [UInt8] {
    var writer = ByteWriter(order)
    writer.append(integer)
    return writer.bytes
  }

  private static func append(_ options: [(UInt16, [UInt8])], to body: inout ByteWriter) {
    for (code, value) in options {
      body.append(code)
      body.append(UInt16(value.count))
      body.append(padded(value))
    }
    if !options.isEmpty {
      body.append(UInt32(0))
    }
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }
}
