import Packets
import Trajectories

/// Which fields of a packet differ between one hop of its path and the next.
struct HopChanges: OptionSet {
  let rawValue: UInt16

  static let timeToLive = HopChanges(rawValue: 1 << 0)
  static let differentiatedServices = HopChanges(rawValue: 1 << 1)
  static let congestionNotification = HopChanges(rawValue: 1 << 2)
  static let source = HopChanges(rawValue: 1 << 3)
  static let sourcePort = HopChanges(rawValue: 1 << 4)
  static let destination = HopChanges(rawValue: 1 << 5)
  static let destinationPort = HopChanges(rawValue: 1 << 6)
  static let icmpIdentifier = HopChanges(rawValue: 1 << 7)
  static let encapsulation = HopChanges(rawValue: 1 << 8)
  static let length = HopChanges(rawValue: 1 << 9)

  init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  @inline(__always)
  init(from one: Observation, to other: Observation) {
    var bits: UInt16 = 0
    func note(_ change: HopChanges, _ differs: Bool) { bits |= differs ? change.rawValue : 0 }
    note(.timeToLive, one.timeToLive != other.timeToLive)
    note(.differentiatedServices, one.trafficClass >> 2 != other.trafficClass >> 2)
    note(.congestionNotification, one.trafficClass & 3 != other.trafficClass & 3)
    note(.source, !one.source.isEqual(to: other.source))
    note(.destination, !one.destination.isEqual(to: other.destination))
    let havePorts = one.traits.contains(.hasPorts) && other.traits.contains(.hasPorts)
    note(.sourcePort, havePorts && one.sourcePort != other.sourcePort)
    note(.destinationPort, havePorts && one.destinationPort != other.destinationPort)
    note(.icmpIdentifier, one.icmpIdentifier != other.icmpIdentifier)
    note(.encapsulation, one.encapsulation != other.encapsulation || one.vni != other.vni)
    note(.length, one.length != other.length)
    self.init(rawValue: bits)
  }
}

extension IPAddress {
  /// Equality without the call into the module that declares the type.
  func isEqual(to other: IPAddress) -> Bool { high == other.high && low == other.low }
}
