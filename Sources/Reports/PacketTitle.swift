import Packets
import Trajectories

/// What a packet is, in the words of people.
struct PacketTitle {
  /// `UDP`
  let transport: String
  /// `default/web-0 10.42.1.2:59048 → 10.42.2.2:5001`, as its first hop saw them.
  let ends: String
  /// `id 52611`, `228 bytes`, …
  let details: [String]

  init(of trajectory: borrowing Trajectory, addresses: AddressNames) {
    let row = trajectory.firstPathHop.observation
    let finest = FinestPacket(trajectory)
    let hasPorts = row.traits.contains(.hasPorts)
    transport = TextNames.title(row.transportProtocol)
    ends =
      addresses.endpoint(row.source, port: hasPorts ? row.sourcePort : nil) + " → "
      + addresses.endpoint(row.destination, port: hasPorts ? row.destinationPort : nil)
    var details: [String] = []
    if let identification = finest.identification { details.append("id \(identification)") }
    if let sequence = finest.sequence { details.append("seq \(sequence)") }
    if let fragment = finest.fragment { details.append("fragment at \(fragment.offset)") }
    details.append(TextNumbers.counted(UInt64(finest.length), "byte"))
    if let original = trajectory.retransmissionOf {
      details.append("retransmission of #\(original)")
    }
    self.details = details
  }
}
