import Packets
import Trajectories

extension JSONTraceWriter {
  /// The members of a hop's `changes`, in the order in which the contract names the fields.
  mutating func writeChanges(_ hops: Span<Hop>, from previous: Int, to index: Int) {
    let changes = HopChanges(from: hops[previous].observation, to: hops[index].observation)
    if !changes.isEmpty {
      write(changes, from: hops[previous].observation, to: hops[index].observation)
    }
  }

  private mutating func write(
    _ changes: HopChanges, from one: Observation, to other: Observation
  ) {
    var isFirst = true
    func number(_ change: HopChanges, _ field: StaticString, _ from: UInt32, _ to: UInt32) {
      guard changes.contains(change) else { return }
      openChange(field, &isFirst)
      buffer.append("\"")
      buffer.append(UInt64(from))
      buffer.append("\",\"to\":\"")
      buffer.append(UInt64(to))
      buffer.append("\"}")
    }
    func address(_ change: HopChanges, _ field: StaticString, _ from: IPAddress, _ to: IPAddress) {
      guard changes.contains(change) else { return }
      openChange(field, &isFirst)
      buffer.append("\"")
      buffer.append(from)
      buffer.append("\",\"to\":\"")
      buffer.append(to)
      buffer.append("\"}")
    }
    number(.timeToLive, "ttl", UInt32(one.timeToLive), UInt32(other.timeToLive))
    number(
      .differentiatedServices, "dscp", UInt32(one.trafficClass >> 2),
      UInt32(other.trafficClass >> 2))
    number(
      .congestionNotification, "ecn", UInt32(one.trafficClass & 3), UInt32(other.trafficClass & 3))
    address(.source, "source", one.source, other.source)
    number(.sourcePort, "source_port", UInt32(one.sourcePort), UInt32(other.sourcePort))
    address(.destination, "destination", one.destination, other.destination)
    number(
      .destinationPort, "destination_port", UInt32(one.destinationPort),
      UInt32(other.destinationPort))
    number(.icmpIdentifier, "icmp_id", UInt32(one.icmpIdentifier), UInt32(other.icmpIdentifier))
    if changes.contains(.encapsulation) {
      openChange("encapsulation", &isFirst)
      writeTunnel(one)
      buffer.append(",\"to\":")
      writeTunnel(other)
      buffer.append("}")
    }
    number(.length, "length", one.length, other.length)
  }

  private mutating func openChange(_ field: StaticString, _ isFirst: inout Bool) {
    buffer.append(isFirst ? "{\"field\":\"" : ",{\"field\":\"" as StaticString)
    isFirst = false
    buffer.append(field)
    buffer.append("\",\"from\":")
  }

  private mutating func writeTunnel(_ row: Observation) {
    guard row.isEncapsulated else {
      buffer.append("null")
      return
    }
    buffer.append("\"")
    writeName(of: row.encapsulation)
    if let identifier = row.networkIdentifier {
      buffer.append(" ")
      buffer.append(UInt64(identifier))
    }
    buffer.append("\"")
  }
}
