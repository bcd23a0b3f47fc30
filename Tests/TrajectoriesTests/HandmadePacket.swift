import TestSupport

/// An IPv4 packet of a pod, written byte by byte (RFC 791, RFC 768, RFC 9293).
struct HandmadePacket: Sendable {
  var source: [UInt8] = [10, 42, 1, 2]
  var destination: [UInt8] = [10, 42, 2, 2]
  var sourcePort: UInt16 = 40_000
  var destinationPort: UInt16 = 5001
  var identification: UInt16 = 1
  /// That of the outer header in a tunnel.
  var outerIdentification: UInt16 = 1
  /// Whether nodes put it into a tunnel to each other.
  var isTunnelled = true
  /// Last octet of the outer source; nil for the address that the node's tunnel usually has.
  var outerSource: UInt8?
  var payload = [UInt8]("a payload of its own".utf8)
  /// Sequence number of a TCP segment; nil for a UDP datagram.
  var sequence: UInt32?
  /// TSval of the segment (RFC 7323, section 3.2); nil for a segment without options.
  var timestamp: UInt32?
  /// Which octets of the IP payload a fragment has; nil for a whole packet.
  var fragment: Range<Int>?

  /// The IP packet with a TTL.
  func bytes(timeToLive: UInt8) -> [UInt8] {
    let whole = sequence.map(segment) ?? datagram
    let transport = fragment.map { Array(whole[$0]) } ?? whole
    var writer = ByteWriter(.big)
    writer.append([0x45, 0])
    writer.append(UInt16(20 + transport.count))
    writer.append(identification)
    writer.append(flagsAndOffset(of: whole.count))
    writer.append([timeToLive, sequence == nil ? 17 : 6, 0, 0])
    writer.append(source + destination + transport)
    return writer.bytes
  }

  /// The same in an Ethernet frame.
  func frame(from sender: [UInt8], to receiver: [UInt8], timeToLive: UInt8) -> [UInt8] {
    receiver + sender + [0x08, 0x00] + bytes(timeToLive: timeToLive)
  }

  /// Don't Fragment, or More Fragments and the offset in units of eight octets.
  private func flagsAndOffset(of length: Int) -> UInt16 {
    guard let fragment else { return 0x4000 }
    return (fragment.upperBound < length ? 0x2000 : 0) | UInt16(fragment.lowerBound / 8)
  }

  private var datagram: [UInt8] {
    var writer = ByteWriter(.big)
    writer.append(sourcePort)
    writer.append(destinationPort)
    writer.append(UInt16(8 + payload.count))
    writer.append(UInt16(0))
    writer.append(payload)
    return writer.bytes
  }

  private func segment(sequence: UInt32) -> [UInt8] {
    var writer = ByteWriter(.big)
    writer.append(sourcePort)
    writer.append(destinationPort)
    writer.append(sequence)
    writer.append(UInt32(7777))
    writer.append([timestamp == nil ? 0x50 : 0x80, 0x18])
    writer.append(UInt16(512))
    writer.append(UInt32(0))
    if let timestamp {
      writer.append([1, 1, 8, 10])
      writer.append(timestamp)
      writer.append(UInt32(0))
    }
    writer.append(payload)
    return writer.bytes
  }
}
