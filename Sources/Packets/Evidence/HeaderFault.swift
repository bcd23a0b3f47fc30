/// What is wrong with a header.
package struct HeaderFault: BitwiseCopyable, Sendable, Equatable {
  package enum Kind: UInt8, BitwiseCopyable, Sendable {
    case version
    /// The header's own length is less than its fixed fields.
    case headerLength
    /// The length of all is less than its header.
    case shortLength
    /// The length of all is more than what holds it.
    case longLength
    /// What holds the header ends within it.
    case cutOff
    case value
  }

  package let layer: Layer
  package let kind: Kind

  /// As reports write it, e.g. "udp length beyond what holds it".
  package var text: String {
    let fault =
      switch kind {
      case .version: "of another version"
      case .headerLength: "header of an impossible length"
      case .shortLength: "length below its header's"
      case .longLength: "length beyond what holds it"
      case .cutOff: "header cut off by the end of what holds it"
      case .value: "header with an impossible value"
      }
    return "\(layer.name) \(fault)"
  }
}

extension Layer {
  /// As reports write it.
  package var name: String {
    switch self {
    case .ipv6Extension: "ipv6 extension"
    default: String(describing: self)
    }
  }
}

extension PacketSummary {
  /// What is wrong with the first header that was found malformed in `frame`, which the summary is of; nil
  /// if none was.
  package func headerFault(in frame: RawSpan, originalLength: UInt32) -> HeaderFault? {
    if case .malformed(let layer, let offset) = end {
      let bytes = frame.extracting(droppingFirst: min(Int(offset), frame.byteCount))
      return HeaderFault(layer: layer, kind: Self.fault(of: layer, in: bytes))
    }
    if tunnel.depth > 0, !tunnel.isFragment,
      let fault = outerFault(in: frame, originalLength: originalLength)
    {
      return fault
    }
    guard network.version != 0, !tunnel.isFragment else { return nil }
    let limit = tunnel.depth > 0 ? tunnel.payloadOffset &+ tunnel.payloadLength : originalLength
    guard UInt64(network.offset) + UInt64(network.length) > UInt64(limit) else { return nil }
    return HeaderFault(layer: network.version == 4 ? .ipv4 : .ipv6, kind: .longLength)
  }

  /// Whether the outermost IP packet says that it is longer than its frame.
  private func outerFault(in frame: RawSpan, originalLength: UInt32) -> HeaderFault? {
    let start = Int(tunnel.networkOffset)
    guard start + IPv4Packet.minimumHeaderLength <= frame.byteCount else { return nil }
    let isVersion4 = frame.byte(at: start) >> 4 == 4
    let length =
      isVersion4
      ? Int(frame.networkUInt16(at: start + 2))
      : IPv6Packet.headerLength + Int(frame.networkUInt16(at: start + 4))
    guard start + length > Int(originalLength) else { return nil }
    return HeaderFault(layer: isVersion4 ? .ipv4 : .ipv6, kind: .longLength)
  }

  /// `bytes` begin with the malformed header.
  private static func fault(of layer: Layer, in bytes: RawSpan) -> HeaderFault.Kind {
    let count = bytes.byteCount
    switch layer {
    case .ipv4 where count >= 4:
      let (version, words) = (bytes.byte(at: 0) >> 4, bytes.byte(at: 0) & 0x0f)
      let length = Int(bytes.networkUInt16(at: 2))
      if version != 4 { return .version }
      if words < 5 { return .headerLength }
      return length != 0 && length < 4 * Int(words) ? .shortLength : .cutOff
    case .ipv6 where count >= 1:
      return bytes.byte(at: 0) >> 4 == 6 ? .cutOff : .version
    case .tcp where count >= 13:
      return bytes.byte(at: 12) >> 4 < 5 ? .headerLength : .cutOff
    case .udp where count >= 8:
      let length = Int(bytes.networkUInt16(at: 4))
      return length == 0 ? .cutOff : length < UDPDatagram.headerLength ? .shortLength : .longLength
    case .link where count > 0:
      return .value
    default:
      return .cutOff
    }
  }
}
