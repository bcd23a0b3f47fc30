import Packets
import Trajectories

// Hops are named by their place in the trajectory: rows are large, and as parameters they would be copied.
extension JSONTraceWriter {
  mutating func writeHops(_ trajectory: borrowing Trajectory) {
    let hops = trajectory.hops.span
    buffer.append(",\"hops\":[")
    var previous = -1
    for index in hops.indices {
      if index > 0 { buffer.append(",") }
      writeHop(index, of: trajectory)
      if case .path = hops[index].kind {
        if previous >= 0 { writeChanges(hops, from: previous, to: index) }
        previous = index
      }
      buffer.append("]}")
    }
    buffer.append("]")
  }

  /// All members up to the list of changes, which is left open.
  private mutating func writeHop(_ index: Int, of trajectory: borrowing Trajectory) {
    let hops = trajectory.hops.span
    buffer.append("{\"kind\":\"")
    buffer.append(hops[index].kind.name)
    buffer.append("\",")
    buffer.append(names.hopPrefixes[Int(hops[index].observation.point)])
    buffer.append(names.files[Int(hops[index].observation.file)])
    buffer.append(",\"frame\":")
    writeNumber(.frame, of: hops, index)
    if hops[index].observation.traits.contains(.isReassembled) {
      writeFrames(hops[index].observation, of: trajectory)
    }
    writeTimes(hops, index)
    buffer.append(",\"ttl\":")
    buffer.append(UInt64(hops[index].observation.timeToLive))
    buffer.append(",\"ip_id\":")
    writePacket(hops, index)
    buffer.append(",\"segment\":")
    if let part = trajectory.part {
      writeSegment(part.segment(of: hops[index].observation))
    } else {
      buffer.append("null")
    }
    buffer.append(",\"outer\":")
    writeOuterHeaders(hops, index)
    buffer.append(",\"delay_ns\":")
    writeNumber(.delay, of: hops, index)
    buffer.append(",\"delay_error_ns\":")
    writeNumber(.delayError, of: hops, index)
    buffer.append(",\"changes\":[")
  }

  /// What the hop says of the packet's own headers, from the number of the identification on.
  private mutating func writePacket(_ hops: Span<Hop>, _ index: Int) {
    let (start, marks) = (buffer.linePosition, markCount)
    writeNumber(.identification, of: hops, index)
    buffer.append(",")
    writeEndpoints(hops, index)
    buffer.append(",\"length\":")
    writeNumber(.length, of: hops, index)
    markShared(ofHop: index, since: start, markCount: marks)
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

  private mutating func writeTimes(_ hops: Span<Hop>, _ index: Int) {
    buffer.append(",\"time\":\"")
    let time = buffer.linePosition
    buffer.appendSeconds(hops[index].observation.time)
    mark(.time, ofHop: index, since: time)
    buffer.append("\",\"corrected_time\":\"")
    let correctedTime = buffer.linePosition
    buffer.appendSeconds(hops[index].observation.correctedTime)
    mark(.correctedTime, ofHop: index, since: correctedTime)
    buffer.append("\"")
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

  private mutating func writeNumber(_ field: TraceField, of hops: Span<Hop>, _ index: Int) {
    writeNumber(hops[index].number(field), field, ofHop: index)
  }

  mutating func writeNumber(_ number: Int64?) {
    if let number {
      buffer.append(number)
    } else {
      buffer.append("null")
    }
  }
}

// MARK: - What hops have in common

extension JSONTraceWriter {
  mutating func writeEndpoints(_ hops: Span<Hop>, _ index: Int) {
    if let endpoints, !isMarking {
      if hops[index].observation.hasSameEnds(as: hops[endpoints.hop].observation) {
        return buffer.repeatPiece(endpoints.piece)
      }
    }
    let start = buffer.linePosition
    buffer.append("\"source\":\"")
    buffer.append(hops[index].observation.source)
    buffer.append("\",\"source_port\":")
    writeNumber(.sourcePort, of: hops, index)
    buffer.append(",\"destination\":\"")
    buffer.append(hops[index].observation.destination)
    buffer.append("\",\"destination_port\":")
    writeNumber(.destinationPort, of: hops, index)
    writeNames(hops[index].observation.source, hops[index].observation.destination)
    endpoints = Said(hop: index, piece: start..<buffer.linePosition)
  }

  private mutating func writeOuterHeaders(_ hops: Span<Hop>, _ index: Int) {
    guard hops[index].observation.isEncapsulated else {
      buffer.append("null")
      return
    }
    if let outerHeaders, !isMarking {
      if hops[index].observation.hasSameTunnel(as: hops[outerHeaders.hop].observation) {
        return buffer.repeatPiece(outerHeaders.piece)
      }
    }
    let start = buffer.linePosition
    writeOuterHeaders(of: hops, index)
    outerHeaders = Said(hop: index, piece: start..<buffer.linePosition)
  }

  private mutating func writeOuterHeaders(of hops: Span<Hop>, _ index: Int) {
    let row = hops[index].observation
    buffer.append("{\"encapsulation\":\"")
    writeName(of: row.encapsulation)
    buffer.append("\",\"source\":\"")
    buffer.append(row.tunnelSource)
    buffer.append("\",\"destination\":\"")
    buffer.append(row.tunnelDestination)
    buffer.append("\",\"source_port\":")
    writeNumber(.tunnelSourcePort, of: hops, index)
    buffer.append(",\"destination_port\":")
    writeNumber(row.encapsulation.hasPorts ? Int64(row.tunnelDestinationPort) : nil)
    buffer.append(",\"vni\":")
    writeNumber(row.networkIdentifier.map(Int64.init))
    buffer.append(",\"ip_id\":")
    writeNumber(.tunnelIdentification, of: hops, index)
    writeNames(row.tunnelSource, row.tunnelDestination)
    buffer.append("}")
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

  mutating func writeName(of encapsulation: Encapsulation) {
    buffer.append(names.encapsulations[Int(encapsulation.rawValue)])
  }
}

extension Observation {
  /// Whether addresses and ports are those of `other`.
  @inline(__always)
  fileprivate func hasSameEnds(as other: Observation) -> Bool {
    source.isEqual(to: other.source) && destination.isEqual(to: other.destination)
      && sourcePort == other.sourcePort && destinationPort == other.destinationPort
      && traits.contains(.hasPorts) == other.traits.contains(.hasPorts)
  }

  /// Whether the outer headers are those of `other`.
  @inline(__always)
  fileprivate func hasSameTunnel(as other: Observation) -> Bool {
    tunnelSource.isEqual(to: other.tunnelSource)
      && tunnelDestination.isEqual(to: other.tunnelDestination)
      && tunnelSourcePort == other.tunnelSourcePort
      && tunnelDestinationPort == other.tunnelDestinationPort
      && tunnelIdentification == other.tunnelIdentification && vni == other.vni
      && encapsulation.rawValue == other.encapsulation.rawValue
  }
}
