/// The bytes of a pcap file, written from the format's specification.
package struct PcapBytes {
  private var writer: ByteWriter
  private let fields: [UInt8]

  package var bytes: [UInt8] { writer.bytes }

  /// - Parameter fields: what stands behind the lengths of each record.
  package init(
    _ order: ByteWriter.Order = .little,
    magic: UInt32 = 0xa1b2_c3d4,
    snapshotLength: UInt32 = 262_144,
    linkType: UInt32 = 1,
    fields: [UInt8] = []
  ) {
    writer = ByteWriter(order)
    self.fields = fields
    writer.append(magic)
    writer.append(UInt16(2))
    writer.append(UInt16(4))
    writer.append(UInt64(0))
    writer.append(snapshotLength)
    writer.append(linkType)
  }

  package mutating func append(
    seconds: UInt32, fraction: UInt32, _ packet: [UInt8], originalLength: UInt32? = nil
  ) {
    writer.append(seconds)
    writer.append(fraction)
    writer.append(UInt32(packet.count))
    writer.append(originalLength ?? UInt32(packet.count))
    writer.append(fields)
    writer.append(packet)
  }

  /// Bytes that need not be a record.
  package mutating func append(_ bytes: [UInt8]) {
    writer.append(bytes)
  }
}
