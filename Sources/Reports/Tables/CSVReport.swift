import Packets
import Topology
package import Trajectories

/// The table for spreadsheets: a row for each hop, comma-separated (RFC 4180).
///
/// Numbers and times are as in the JSON report, unknown is empty.
package final class CSVReport: TraceReport {
  private var buffer: OutputBuffer
  private let selection: PacketSelection
  private let files: [[UInt8]]
  private let names: [IPAddress: [UInt8]]
  private let words: ChangeWords
  /// Point, node, interface and role of each point, as they stand in a row.
  private var points: [[UInt8]] = []
  private var written = 0

  private static let header: StaticString =
    """
    trace,outcome,hop,kind,point,node,interface,role,file,frame,time,protocol,source,source_port,\
    destination,destination_port,ip_id,ttl,length,encapsulation,vni,outer_source,outer_destination,\
    delay_ns,delay_error_ns,segment_offset,segment_length,segment_of,changes,last_seen,expected_next,\
    corrected_time,source_name,destination_name\r\n
    """

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection = .all,
    sink: OutputSink
  ) {
    buffer = OutputBuffer(sink: sink)
    words = ChangeWords(addresses: addresses)
    names = addresses.names.mapValues(CSVText.field)
    self.files = files.map(CSVText.field)
    self.selection = selection
    buffer.append(Self.header)
  }

  package func add(_ trajectory: borrowing Trajectory, points table: borrowing PointTable) {
    guard selection.includes(trajectory, after: written) else { return }
    written += 1
    takePoints(of: table)
    var previous: Observation?
    for index in trajectory.hops.indices {
      let hop = trajectory.hops[index]
      buffer.append(trajectory.number)
      comma()
      if let name = trajectory.outcome.name { buffer.append(name) }
      comma()
      buffer.append(UInt64(index + 1))
      comma()
      write(hop, after: previous, part: trajectory.part)
      comma()
      buffer.append(index == trajectory.lastSeen)
      comma()
      if let next = trajectory.expectedNext, index == trajectory.lastSeen {
        buffer.append(CSVText.field(table[next].name))
      }
      comma()
      buffer.appendSeconds(hop.observation.correctedTime)
      comma()
      buffer.append(names[hop.observation.source] ?? [])
      comma()
      buffer.append(names[hop.observation.destination] ?? [])
      buffer.append("\r\n")
      if hop.kind == .path { previous = hop.observation }
    }
  }

  package func flush() { buffer.flush() }

  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    buffer.flush()
  }

  private func takePoints(of table: borrowing PointTable) {
    guard table.points.count > points.count else { return }
    for point in table.points[points.count...] {
      let fields = [point.name, point.nodeName, point.interface, point.role.name]
      points.append(Array(fields.map(CSVText.field).joined(separator: [UInt8(ascii: ",")])))
    }
  }

  private func write(_ hop: Hop, after previous: Observation?, part: PacketPart?) {
    let row = hop.observation
    buffer.append(hop.kind.name)
    comma()
    buffer.append(points[Int(row.point)])
    comma()
    buffer.append(files[Int(row.file)])
    comma()
    buffer.append(row.frame)
    comma()
    buffer.appendSeconds(row.time)
    comma()
    writePacket(row)
    comma()
    writeTunnel(row)
    comma()
    write(hop.delay)
    comma()
    write(hop.delayError)
    comma()
    let segment = part?.segment(of: row)
    write(segment.map { Int64($0.offset) })
    comma()
    write(segment.map { Int64($0.length) })
    comma()
    write(segment.map { Int64($0.unitLength) })
    comma()
    guard hop.kind == .path, let previous else { return }
    buffer.append(
      CSVText.field(
        words.list(from: previous, to: row, part: part).joined(separator: "; ")))
  }

  private func writePacket(_ row: Observation) {
    let hasPorts = row.traits.contains(.hasPorts)
    buffer.append(Array(TextNames.protocolName(row.transportProtocol).utf8))
    comma()
    buffer.append(row.source)
    comma()
    write(hasPorts ? Int64(row.sourcePort) : nil)
    comma()
    buffer.append(row.destination)
    comma()
    write(hasPorts ? Int64(row.destinationPort) : nil)
    comma()
    write(row.isIPv6 ? nil : Int64(row.identification))
    comma()
    buffer.append(UInt64(row.timeToLive))
    comma()
    buffer.append(UInt64(row.length))
  }

  private func writeTunnel(_ row: Observation) {
    guard row.isEncapsulated else {
      buffer.append(",,,")
      return
    }
    buffer.append(Array(row.encapsulation.name.utf8))
    comma()
    write(row.networkIdentifier.map(Int64.init))
    comma()
    buffer.append(row.tunnelSource)
    comma()
    buffer.append(row.tunnelDestination)
  }

  private func write(_ number: Int64?) {
    if let number { buffer.append(number) }
  }

  private func comma() { buffer.append(UInt8(ascii: ",")) }
}
