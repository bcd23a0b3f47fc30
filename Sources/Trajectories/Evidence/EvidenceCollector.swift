import Captures
import Packets

/// Looks at the frames of one input for what findings rest on.
///
/// Consumes records with their summaries; adds traits to observations, and rows to `PacketEvidence`.
/// Nearly all frames cost a few comparisons: only rare kinds are read once more, and checksums are
/// verified of some frames until one is wrong.
struct EvidenceCollector {
  private(set) var evidence = PacketEvidence()
  /// Frames that were verified because it was their turn, and those before the next one's turn.
  private var verified = 0
  private var untilNext: Int
  private var hasWrongChecksum = false

  /// The first frames of an input are verified, and then one in so many.
  private static let firstVerified = 64
  private static let verifiedStep = 32

  /// - Parameter isSample: whether frames are only looked at for what they teach: none is verified then.
  init(isSample: Bool) {
    untilNext = isSample ? .max : 0
  }

  /// Whether the next frame is to be verified.
  var isDue: Bool { untilNext == 0 }

  /// How many frames of the usual kind show nothing and pass, before the one that is to be verified.
  var passingCount: Int { untilNext }

  /// Counts frames that pass.
  mutating func pass(_ count: Int) { untilNext -= count }

  /// Notes what the frame shows; returns what its observation is to be marked with.
  @inline(__always)
  mutating func take(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary, file: UInt16,
    point: UInt16
  ) -> Observation.Traits {
    let isDue = self.isDue
    if isDue { noteTurn() } else { untilNext -= 1 }
    var traits: Observation.Traits = []
    if summary.tunnel.depth > 0 { traits = Self.tunnelTraits(&summary) }
    let isRare = Self.isRare(&summary)
    if isRare { note(record, &summary, file: file, point: point) }
    if isRare || isDue { traits.formUnion(checksumTraits(record, &summary)) }
    return traits
  }

  /// Verifies a frame of the usual kind, whose turn it is; returns what its observation is to be marked with.
  mutating func verify(_ packet: borrowing UsualPacket) -> Observation.Traits {
    noteTurn()
    let inner = packet.innerChecksum()
    return checksumTraits(
      inner, outer: packet.isEncapsulated && inner != .partial ? packet.outerChecksum() : .unknown)
  }

  /// Once a checksum was wrong it is every frame's turn.
  private mutating func noteTurn() {
    verified += 1
    if verified >= Self.firstVerified && !hasWrongChecksum { untilNext = Self.verifiedStep - 1 }
  }

  @inline(__always)
  private static func tunnelTraits(_ summary: inout PacketSummary) -> Observation.Traits {
    var traits: Observation.Traits = []
    if summary.tunnel.flags != 0x08 || summary.tunnel.reserved != 0,
      summary.tunnel.mayBeRefused
    {
      traits.insert(.hasUnusualTunnelFlags)
    }
    if summary.tunnel.isFragment { traits.insert(.isOuterFragment) }
    // RFC 6040, section 4.2: congestion was experienced, and the inner packet cannot say so.
    let (outer, inner) = (summary.tunnel.trafficClass & 3, summary.network.trafficClass & 3)
    if outer == 3 && inner == 0 { traits.insert(.isCongestionLost) }
    return traits
  }

  /// ARP, WireGuard, ICMP that is no echo (types 0 and 8; 128 and 129), and TCP's SYN.
  @inline(__always)
  private static func isRare(_ summary: inout PacketSummary) -> Bool {
    guard summary.network.version != 0 else { return true }
    switch summary.network.transportProtocol {
    case 6: return summary.transport.flags & 0x02 != 0
    case 17: return summary.transport.opaqueTunnel.rawValue != 0
    case 1: return summary.transport.icmpType & ~8 != 0
    case 58: return summary.transport.icmpType >> 1 != 64
    default: return false
    }
  }

  @inline(never)
  private mutating func note(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary, file: UInt16,
    point: UInt16
  ) {
    let bytes = record.bytes
    let frame = FrameReference(file: file, frame: record.frame)
    if let message = summary.neighbourMessage(in: bytes) {
      evidence.note(message, at: point, time: record.time, frame)
    } else if let error = summary.icmpError(in: bytes) {
      let key = PacketEvidence.ErrorKey(
        error: error, reporter: summary.network.source, receiver: summary.network.destination,
        point: point, isEncapsulated: summary.tunnel.depth > 0)
      evidence.note(key, frame)
    } else if let size = summary.maximumSegmentSize(in: bytes) {
      let key = PacketEvidence.SegmentKey(
        source: summary.network.source, destination: summary.network.destination, point: point)
      evidence.note(size, for: key, frame)
    } else if summary.transport.opaqueTunnel == .wireGuard {
      noteWireGuard(summary, point: point, frame)
    }
  }

  /// WireGuard's first two messages are told by their lengths: 148 and 92 bytes.
  private mutating func noteWireGuard(
    _ summary: borrowing PacketSummary, point: UInt16, _ frame: FrameReference
  ) {
    let length = summary.transport.payloadLength
    guard length == 148 || length == 92 else { return }
    let key = PacketEvidence.HandshakeKey(
      source: summary.network.source, destination: summary.network.destination, point: point)
    evidence.note(handshake: key, isResponse: length == 92, frame)
  }

  @inline(never)
  private mutating func checksumTraits(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary
  ) -> Observation.Traits {
    let inner = summary.innerChecksum(in: record.bytes)
    return checksumTraits(
      inner, outer: inner != .partial ? summary.outerChecksum(in: record.bytes) : .unknown)
  }

  /// - Parameter outer: unknown where hardware is to complete the inner one: then it already counts on that.
  private mutating func checksumTraits(
    _ inner: ChecksumState, outer: ChecksumState
  ) -> Observation.Traits {
    var traits: Observation.Traits = []
    if inner == .wrong { traits.insert(.hasWrongChecksum) }
    if outer == .wrong { traits.insert(.hasWrongOuterChecksum) }
    if !traits.isEmpty {
      hasWrongChecksum = true
      untilNext = 0
    }
    return traits
  }
}
