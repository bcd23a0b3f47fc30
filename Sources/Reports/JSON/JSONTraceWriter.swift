import Packets
import Trajectories

/// Writes trajectories as JSON: the `trace` lines of the report.
///
/// Lines of packets that took the same way differ in numbers only: the other text is copied from the line of one
/// of them. What several hops of other lines say alike, as addresses, is made once and repeated from there.
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
  private let patterns = TracePatterns()
  private var numbers = NumberTexts()
  /// The numbers of the line that is being written, if a pattern is to be made of it.
  private var marks: [TracePattern.Mark]?
  /// Where that line says first what all hops say alike.
  private var shared: OutputBuffer.Piece?

  init(files: [String], addresses: AddressNames, sink: OutputSink) {
    buffer = OutputBuffer(sink: sink)
    names = JSONNames(files: files, addresses: addresses)
  }

  mutating func takePoints(of table: borrowing PointTable) { names.update(from: table) }

  mutating func write(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    names.update(from: points)
    if let place = TracePatterns.place(of: trajectory) {
      writePatterned(trajectory, place)
    } else {
      buffer.beginLine()
      writeLine(trajectory)
      buffer.endLine()
    }
  }

  @inline(__always)
  private mutating func writePatterned(_ trajectory: borrowing Trajectory, _ place: Int) {
    if patterns[place].state.fits(trajectory) {
      patterns.write(trajectory, at: place, &numbers, to: &buffer)
    } else {
      writeLine(trajectory, keepingPatternAt: place)
    }
  }

  private mutating func writeLine(
    _ trajectory: borrowing Trajectory, keepingPatternAt place: Int
  ) {
    buffer.beginLine()
    if let state = TraceState(trajectory) {
      marks = []
      shared = nil
      writeLine(trajectory)
      let line = buffer[0..<buffer.linePosition]
      if let pattern = TracePattern(state, line: line, marks: marks ?? []) {
        patterns[place] = pattern
      }
      marks = nil
    } else {
      writeLine(trajectory)
    }
    buffer.endLine()
  }

  private mutating func writeLine(_ trajectory: borrowing Trajectory) {
    endpoints = nil
    outerHeaders = nil
    buffer.append("{\"type\":\"trace\",\"id\":\"")
    let start = buffer.linePosition
    buffer.appendHexadecimal(trajectory.number)
    mark(.trace, ofHop: 0, since: start)
    buffer.append("\",\"packet\":")
    writePacket(trajectory)
    writeVerdict(trajectory)
    writeMatch(trajectory)
    writeHops(trajectory)
    buffer.append("}\n")
  }

  /// Whether all numbers of the line have to be written one by one, as a pattern is made of it.
  var isMarking: Bool { marks != nil }

  /// Tells that a number of a hop stands in the line from a position on.
  @inline(__always)
  mutating func mark(_ field: TraceField, ofHop hop: Int, since start: Int) {
    let piece = start..<buffer.linePosition
    marks?.append(TracePattern.Mark(field: field, hop: hop, piece: piece))
  }

  /// Tells that what hops may say alike stands in the line from a position on, with the marks behind so many.
  mutating func markShared(ofHop hop: Int, since start: Int, markCount: Int) {
    guard isMarking else { return }
    let piece = start..<buffer.linePosition
    if let shared {
      guard buffer[piece] == buffer[shared] else { return }
      let inside = self.markCount - markCount
      marks?.removeLast(inside)
      mark(.shared, ofHop: hop, since: start)
    } else {
      shared = piece
      marks?.insert(
        TracePattern.Mark(field: .sharedStart, hop: hop, piece: start..<start), at: markCount)
      mark(.sharedEnd, ofHop: hop, since: buffer.linePosition)
    }
  }

  var markCount: Int { marks?.count ?? 0 }

  mutating func writeNumber(_ number: Int64?, _ field: TraceField, ofHop hop: Int) {
    let start = buffer.linePosition
    writeNumber(number)
    mark(field, ofHop: hop, since: start)
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
    writeNumber(finest.identification.map(Int64.init), .identification, ofHop: 0)
    buffer.append(",\"sequence\":")
    writeNumber(finest.sequence.map(Int64.init), .sequence, ofHop: 0)
    buffer.append(",\"length\":")
    writeNumber(Int64(finest.length), .length, ofHop: 0)
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
