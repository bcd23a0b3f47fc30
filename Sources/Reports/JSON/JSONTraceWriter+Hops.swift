import Packets
import Trajectories

extension JSONTraceWriter {
  mutating func writeHops(_ trajectory: borrowing Trajectory) {
    let hops = trajectory.hops
    buffer.append(",\"hops\":[")
    var previous = -1
    for index in hops.indices {
      if index > 0 { buffer.append(",") }
      writeHop(hops[index], of: trajectory)
      if case .path = hops[index].kind {
        if previous >= 0 {
          writeChanges(from: hops[previous].observation, to: hops[index].observation)
        }
        previous = index
      }
      buffer.append("]}")
    }
    buffer.append("]")
  }

  /// All members up to the list of changes, which is left open.
  private mutating func writeHop(_ hop: Hop, of trajectory: borrowing Trajectory) {
    let row = hop.observation
    buffer.append("{\"kind\":\"")
    buffer.append(hop.kind.name)
    buffer.append("\",")
    buffer.append(names.hopPrefixes[Int(row.point)])
    buffer.append(names.files[Int(row.file)])
    buffer.append(",\"frame\":")
    buffer.append(row.frame)
    if row.traits.contains(.isReassembled) { writeFrames(row, of: trajectory) }
    buffer.append(",\"time\":\"")
    buffer.appendSeconds(row.time)
    buffer.append("\",\"corrected_time\":\"")
    buffer.appendSeconds(row.correctedTime)
    buffer.append("\",\"ttl\":")
    buffer.append(UInt64(row.timeToLive))
    buffer.append(",\"ip_id\":")
    writeIdentification(row)
    buffer.append(",")
    writeEndpoints(row)
    buffer.append(",\"length\":")
    buffer.append(UInt64(row.length))
    buffer.append(",\"segment\":")
    if let part = trajectory.part {
      writeSegment(part.segment(of: row))
    } else {
      buffer.append("null")
    }
    buffer.append(",\"outer\":")
    writeOuterHeaders(row)
    buffer.append(",\"delay_ns\":")
    writeNumber(hop.delay)
    buffer.append(",\"delay_error_ns\":")
    writeNumber(hop.delayError)
    buffer.append(",\"changes\":[")
  }

  private mutating func writeFrames(_ row: Observation, of trajectory: borrowing Trajectory) {
    for reassembled in trajectory.reassembled
    where reassembled.file == row.file && reassembled.first == row.frame {
      buffer.append(",\"frames\":[")
      for (place, frame) in reassembled.frames.enumerated() {
        if place > 0 { buffer.append(",") }
        buffer.append(frame)
      }
      buffer.append("]")
    }
  }

  private mutating func writeSegment(_ segment: PacketPart.Segment?) {
    guard let segment else {
      buffer.append("null")
      return
    }
    buffer.append("{\"offset\":")
    buffer.append(UInt64(segment.offset))
    buffer.append(",\"length\":")
    buffer.append(UInt64(segment.length))
    buffer.append(",\"of\":")
    buffer.append(UInt64(segment.unitLength))
    buffer.append("}")
  }

  mutating func writeEndpoints(_ row: Observation) {
    let hasPorts = row.traits.contains(.hasPorts)
    buffer.append("\"source\":\"")
    buffer.append(row.source)
    buffer.append("\",\"source_port\":")
    writeNumber(hasPorts ? Int64(row.sourcePort) : nil)
    buffer.append(",\"destination\":\"")
    buffer.append(row.destination)
    buffer.append("\",\"destination_port\":")
    writeNumber(hasPorts ? Int64(row.destinationPort) : nil)
    writeNames(row.source, row.destination)
  }

  private mutating func writeNames(_ source: IPAddress, _ destination: IPAddress) {
    if names.addresses.isEmpty {
      buffer.append(",\"source_name\":null,\"destination_name\":null")
      return
    }
    let null = Array("null".utf8)
    buffer.append(",\"source_name\":")
    buffer.append(names.addresses[source] ?? null)
    buffer.append(",\"destination_name\":")
    buffer.append(names.addresses[destination] ?? null)
  }

  mutating func writeIdentification(_ row: Observation) {
    writeNumber(row.isIPv6 ? nil : Int64(row.identification))
  }

  private mutating func writeOuterHeaders(_ row: Observation) {
    guard row.isEncapsulated else {
      buffer.append("null")
      return
    }
    buffer.append("{\"encapsulation\":\"")
    writeName(of: row.encapsulation)
    buffer.append("\",\"source\":\"")
    buffer.append(row.tunnelSource)
    buffer.append("\",\"destination\":\"")
    buffer.append(row.tunnelDestination)
    buffer.append("\",\"source_port\":")
    let hasPorts = row.encapsulation.hasPorts
    writeNumber(hasPorts ? Int64(row.tunnelSourcePort) : nil)
    buffer.append(",\"destination_port\":")
    writeNumber(hasPorts ? Int64(row.tunnelDestinationPort) : nil)
    buffer.append(",\"vni\":")
    writeNumber(row.networkIdentifier.map(Int64.init))
    buffer.append(",\"ip_id\":")
    writeNumber(row.tunnelSource.isIPv4 ? Int64(row.tunnelIdentification) : nil)
    writeNames(row.tunnelSource, row.tunnelDestination)
    buffer.append("}")
  }

  mutating func writeName(of encapsulation: Encapsulation) {
    buffer.append(names.encapsulations[Int(encapsulation.rawValue)])
  }

  mutating func writeNumber(_ number: Int64?) {
    if let number {
      buffer.append(number)
    } else {
      buffer.append("null")
    }
  }
}
