import Packets
import Trajectories

/// Writes trajectories as JSON: the `trace` lines of the report.
///
/// What several hops say alike, as addresses, is made once in a line and repeated from there.
struct JSONTraceWriter: ~Copyable {
  /// What stands in the line already of one of the hops.
  struct Said {
    var hop: Int
    var piece: OutputBuffer.Piece
  }

  var buffer: OutputBuffer
  private(set) var names: JSONNames
  /// The addresses and ports written last.
  var endpoints: Said?
  /// The outer headers written last.
  var outerHeaders: Said?

  init(files: [String], addresses: AddressNames, sink: OutputSink) {
    buffer = OutputBuffer(sink: sink)
    names = JSONNames(files: files, addresses: addresses)
  }

  mutating func takePoints(of table: borrowing PointTable) { names.update(from: table) }

  mutating func write(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    names.update(from: points)
    endpoints = nil
    outerHeaders = nil
    buffer.beginLine()
    buffer.append("{\"type\":\"trace\",\"id\":\"")
    buffer.appendHexadecimal(trajectory.number)
    buffer.append("\",\"packet\":")
    writePacket(trajectory)
    writeVerdict(trajectory)
    writeMatch(trajectory)
    writeHops(trajectory)
    buffer.append("}\n")
    buffer.endLine()
  }

  /// The packet as the first hop of its path saw it; what segmentation changes is from the finest
  /// hop.
  private mutating func writePacket(_ trajectory: borrowing Trajectory) {
    let hops = trajectory.hops.span
    let origin = trajectory.firstPathIndex
    let finest = FinestPacket(trajectory)
    buffer.append("{\"scope\":\"")
    buffer.append(trajectory.scope.name)
    buffer.append("\",\"protocol\":\"")
    if let name = TransportName.name(of: hops[origin].observation.transportProtocol) {
      buffer.append(name)
    } else {
      buffer.append(UInt64(hops[origin].observation.transportProtocol))
    }
    buffer.append("\",")
    writeEndpoints(hops, origin)
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

  private mutating func writeVerdict(_ trajectory: borrowing Trajectory) {
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
      writePoint(reason.point)
      buffer.append(",\"reason\":")
      writeName(reason.code.name)
      buffer.append("}")
    }
    buffer.append("],\"loss_evidence\":")
    writeName(trajectory.lossEvidence?.name)
    buffer.append(",\"last_seen\":")
    writePoint(trajectory.hops[trajectory.lastSeen].observation.point)
    buffer.append(",\"expected_next\":")
    writePoint(trajectory.expectedNext)
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

  private mutating func writePoint(_ point: UInt16?) {
    guard let point else {
      buffer.append("null")
      return
    }
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
