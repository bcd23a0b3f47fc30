import Packets
import Trajectories

/// Writes trajectories as JSON: the `trace` lines of the report.
struct JSONTraceWriter: ~Copyable {
  var buffer: OutputBuffer
  private(set) var names: JSONNames

  init(files: [String], addresses: AddressNames, sink: OutputSink) {
    buffer = OutputBuffer(sink: sink)
    names = JSONNames(files: files, addresses: addresses)
  }

  mutating func takePoints(of table: borrowing PointTable) {
    names.update(from: table, for: UInt16.max)
  }

  mutating func write(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    for hop in trajectory.hops { names.update(from: points, for: hop.observation.point) }
    buffer.append("{\"type\":\"trace\",\"id\":\"")
    buffer.appendHexadecimal(trajectory.number)
    buffer.append("\",\"packet\":")
    writePacket(trajectory)
    writeVerdict(trajectory, points: points)
    writeMatch(trajectory)
    writeHops(trajectory)
    buffer.append("}\n")
  }

  /// The packet as the first hop of its path saw it; what segmentation changes is from the finest
  /// hop.
  private mutating func writePacket(_ trajectory: borrowing Trajectory) {
    let origin = trajectory.firstPathHop.observation
    let finest = FinestPacket(trajectory)
    buffer.append("{\"scope\":\"")
    buffer.append(trajectory.scope.name)
    buffer.append("\",\"protocol\":\"")
    if let name = TransportName.name(of: origin.transportProtocol) {
      buffer.append(name)
    } else {
      buffer.append(UInt64(origin.transportProtocol))
    }
    buffer.append("\",")
    writeEndpoints(origin)
    buffer.append(",\"ip_id\":")
    writeNumber(finest.identification.map(Int64.init))
    buffer.append(",\"sequence\":")
    writeNumber(finest.sequence.map(Int64.init))
    buffer.append(",\"length\":")
    buffer.append(UInt64(finest.length))
    buffer.append(",\"fragment\":")
    if let fragment = finest.fragment {
      buffer.append("{\"id\":")
      buffer.append(UInt64(fragment.identification))
      buffer.append(",\"offset\":")
      buffer.append(UInt64(fragment.offset))
      buffer.append(",\"more\":")
      buffer.append(fragment.hasMore)
      buffer.append("}}")
    } else {
      buffer.append("null}")
    }
  }

  private mutating func writeVerdict(
    _ trajectory: borrowing Trajectory, points: borrowing PointTable
  ) {
    buffer.append(",\"outcome\":")
    writeName(trajectory.outcome.name)
    buffer.append(",\"delivered\":")
    switch trajectory.delivered {
    case true?: buffer.append("true")
    case false?: buffer.append("false")
    case nil: buffer.append("null")
    }
    buffer.append(",\"reasons\":[")
    var isFirst = true
    for reason in trajectory.reasons {
      buffer.append(isFirst ? "{\"point\":" : ",{\"point\":" as StaticString)
      isFirst = false
      writePoint(reason.point, points: points)
      buffer.append(",\"reason\":")
      writeName(reason.code.name)
      buffer.append("}")
    }
    buffer.append("],\"loss_evidence\":")
    writeName(trajectory.lossEvidence?.name)
    buffer.append(",\"last_seen\":")
    writePoint(trajectory.hops[trajectory.lastSeen].observation.point, points: points)
    buffer.append(",\"expected_next\":")
    writePoint(trajectory.expectedNext, points: points)
  }

  private mutating func writeMatch(_ trajectory: borrowing Trajectory) {
    buffer.append(",\"confidence\":")
    writeName(trajectory.confidence?.name)
    buffer.append(",\"ambiguous\":")
    buffer.append(trajectory.isAmbiguous)
    buffer.append(",\"retransmission_of\":")
    if let original = trajectory.retransmissionOf {
      buffer.append("\"")
      buffer.appendHexadecimal(original)
      buffer.append("\"")
    } else {
      buffer.append("null")
    }
    buffer.append(",\"provisional\":")
    buffer.append(trajectory.isProvisional)
  }

  private mutating func writePoint(_ point: UInt16?, points: borrowing PointTable) {
    guard let point else {
      buffer.append("null")
      return
    }
    names.update(from: points, for: point)
    buffer.append(names.points[Int(point)])
  }

  private mutating func writeName(_ name: StaticString?) {
    guard let name else {
      buffer.append("null")
      return
    }
    buffer.append("\"")
    buffer.append(name)
    buffer.append("\"")
  }
}
