import Captures
package import Packets

/// How many frames were read and what became of them. Every frame read is in one of `recovered`,
/// `passed`, `joinedFragments` (less `joinedPackets`), `duplicateFragments` and the reasons for leaving out.
package struct DecapsulationCounts: Sendable {
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
  /// Of those written: the capture does not tell when they were captured.
  package private(set) var untimed: UInt64 = 0
  /// Of those: written as of 1970.
  package private(set) var dated: UInt64 = 0
  /// Of those written: captured before 1970 as their interface's offset has it, and written as of 1970.
  package var early: UInt64 = 0
  /// Of those recovered: flags or reserved bits were set that the tunnel's specification reserves.
  package private(set) var irregular: UInt64 = 0
  /// Of those recovered: with a group policy.
  package private(set) var groupPolicies: UInt64 = 0
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
  /// Frames with a header that contradicts its specification or what holds it.
  package private(set) var malformed = FrameTally<HeaderFault>()
  /// Frames on a tunnel's port, or with its protocol number, that are no such tunnel's.
  package private(set) var refused = FrameTally<TunnelRefusal>()
  package private(set) var unsupported: [Unsupported] = []

  package init() {}

  /// Notes a frame whose tunnels were stripped, of which `tunnel` is the innermost.
  @inline(__always)
  mutating func noteRecovered(_ tunnel: TunnelSummary, in outerTunnels: [TunnelSummary]) {
    recovered[Int(tunnel.encapsulation.rawValue)] += 1
    if tunnel.isIrregular || outerTunnels.contains(where: \.isIrregular) { irregular += 1 }
    if tunnel.groupPolicy != nil || outerTunnels.contains(where: { $0.groupPolicy != nil }) {
      groupPolicies += 1
    }
  }

  /// Notes a frame of `UsualPacket`'s kind that was in a VXLAN.
  @inline(__always)
  mutating func noteUsualRecovered() { recovered[Int(Encapsulation.vxlan.rawValue)] += 1 }

  mutating func noteUntimed(isDated: Bool) {
    untimed += 1
    if isDated { dated += 1 }
  }

  /// Notes what is wrong with a frame.
  @inline(__always)
  mutating func noteFaults(
    of frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) {
    if case .truncated = summary.end, !summary.tunnel.isFragment { truncated += 1 }
    if let fault = summary.headerFault(in: frame.bytes, originalLength: frame.originalLength) {
      malformed.note(fault, file: frame.file, frame: frame.number)
    }
    if summary.transport.tunnelRefusal != .none {
      refused.note(summary.transport.tunnelRefusal, file: frame.file, frame: frame.number)
    }
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
