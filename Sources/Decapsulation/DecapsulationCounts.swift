import Captures
package import Packets

/// How many frames were read and what became of them. Every frame read is in one of `recovered`,
/// `passed`, `joinedFragments` (less `joinedPackets`), `duplicateFragments` and the reasons for leaving out.
package struct DecapsulationCounts: Sendable {
  /// Malformed frames at one layer.
  package struct Malformed: Sendable {
    package let layer: Layer
    package fileprivate(set) var frames: UInt64 = 0
    /// The first one: number of its input, and of the frame in it.
    package let file: Int
    package let frame: UInt64
  }

  /// Frames of a link type that cannot be decoded.
  package struct Unsupported: Sendable {
    package let linkType: UInt16
    package let file: Int
    package fileprivate(set) var frames: UInt64 = 0
  }

  package var read: UInt64 = 0
  /// Written without their tunnels, by the innermost tunnel that was stripped.
  package private(set) var recovered = [UInt64](
    repeating: 0, count: Encapsulation.allCases.count)
  package var passed: UInt64 = 0
  /// Of those recovered: flags or reserved bits were set that specifications reserve.
  package private(set) var irregular: UInt64 = 0
  /// Recognised as an encrypted tunnel.
  package var opaque: UInt64 = 0

  // Left out.
  package var notTunnelled: UInt64 = 0
  package var otherVNI: UInt64 = 0
  package var filtered: UInt64 = 0
  /// Without an Ethernet header, and none could be made, for a pcap of Ethernet frames.
  package var unframed: UInt64 = 0

  // Fragments of outer packets.
  package var joinedFragments: UInt64 = 0
  package var joinedPackets: UInt64 = 0
  package var duplicateFragments: UInt64 = 0
  package var incompletePackets: UInt64 = 0
  package var contradictoryPackets: UInt64 = 0

  /// The capture cut them inside their headers.
  package private(set) var truncated: UInt64 = 0
  package private(set) var malformed: [Malformed] = []
  package private(set) var unsupported: [Unsupported] = []

  package init() {}

  @inline(__always)
  mutating func noteRecovered(_ tunnel: TunnelSummary) {
    recovered[Int(tunnel.encapsulation.rawValue)] += 1
    if tunnel.isIrregular { irregular += 1 }
  }

  @inline(__always)
  mutating func note(_ end: DecodingEnd, of frame: borrowing CapturedFrame) {
    switch end {
    case .complete, .notIP, .unsupportedLink: break
    case .truncated: truncated += 1
    case .malformed(let layer, _): noteMalformed(layer, of: frame)
    }
  }

  private mutating func noteMalformed(_ layer: Layer, of frame: borrowing CapturedFrame) {
    let index = malformed.firstIndex { $0.layer == layer } ?? malformed.count
    if index == malformed.count {
      malformed.append(Malformed(layer: layer, file: frame.file, frame: frame.number))
    }
    malformed[index].frames += 1
  }

  mutating func noteUnsupported(_ frame: borrowing CapturedFrame) {
    let (linkType, file) = (frame.linkType.rawValue, frame.file)
    let index =
      unsupported.firstIndex { $0.linkType == linkType && $0.file == file } ?? unsupported.count
    if index == unsupported.count {
      unsupported.append(Unsupported(linkType: linkType, file: file))
    }
    unsupported[index].frames += 1
  }
}
