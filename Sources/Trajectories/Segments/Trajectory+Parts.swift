extension Trajectory {
  /// Adds a late row that holds octets of the packet; their range from the row's first octet and how many
  /// octets the row has, or nil if the row is of other packets.
  mutating func admitPart(
    of row: Observation, datagramLength: Int, covered: CoveredOctets,
    known: borrowing FlowTranslations
  ) -> (own: Range<Int>, count: Int)? {
    let first = hops[0].observation
    guard !row.isLinkScoped, UnitCutter.isPlausible(first, row, known: known),
      let whole = part ?? Self.whole(first, beside: row, datagramLength: datagramLength),
      let unit = whole.space.range(of: row), let firstUnit = whole.space.range(of: first)
    else { return nil }
    let common = unit.clamped(to: whole.range)
    let own = common.lowerBound - unit.lowerBound..<common.upperBound - unit.lowerBound
    guard !common.isEmpty, !covered.isCovered(own, of: row) else { return nil }
    let verdict = whole.space.compare(first, at: firstUnit, with: row, at: unit)
    guard verdict != .differ, !wasSeen(row, at: common, in: whole.space) else { return nil }
    // What carries no identification is not taken for something sent before.
    if verdict == .unknown && row.correctedTime < first.correctedTime { return nil }
    part = whole
    hops.append(Hop(observation: row, kind: .path))
    return (own, unit.count)
  }

  /// Whether a hop has octets of a range at the row's point, in the same state but another unit.
  private func wasSeen(_ row: Observation, at range: Range<Int>, in space: PayloadSpace) -> Bool {
    hops.contains { hop in
      let seen = hop.observation
      let isTwin = row.hasExactIdentity && seen.identity == row.identity
      return seen.point == row.point && seen.timeToLive == row.timeToLive && !isTwin
        && space.range(of: seen)?.overlaps(range) == true
    }
  }

  /// A row's own octets, in the space that it has in common with another row.
  private static func whole(
    _ row: Observation, beside other: Observation, datagramLength: Int
  ) -> PacketPart? {
    let space: PayloadSpace?
    if row.isFragment || other.isFragment {
      space = PayloadSpace(payloadOf: row)
    } else if row.hasStreamPayload {
      space = PayloadSpace(sequenceOf: row)
    } else if row.hasPosition {
      space = PayloadSpace(positionsOf: row)
    } else {
      let isSame = row.identification == other.identification
      let length =
        isSame ? Int(min(row.payloadLength, other.payloadLength)) : datagramLength
      space = length > 0 ? PayloadSpace(datagramsOf: row, length: length) : nil
    }
    guard let space, let range = space.range(of: row) else { return nil }
    return PacketPart(space: space, range: range)
  }

  /// The parts that the hops' borders cut the packet into; just the packet itself where there are none.
  func parts() -> [PacketPart?] {
    guard let part else { return [nil] }
    var borders = [part.range.lowerBound, part.range.upperBound]
    for hop in hops {
      guard let unit = part.space.range(of: hop.observation) else { continue }
      let common = unit.clamped(to: part.range)
      borders.append(common.lowerBound)
      borders.append(common.upperBound)
    }
    borders.sort()
    return zip(borders, borders.dropFirst()).filter { $0 < $1 }.map {
      PacketPart(space: part.space, range: $0..<$1)
    }
  }

  /// Becomes one of the parts of a packet, with the hops that hold it.
  mutating func take(_ part: PacketPart?, of whole: Trajectory) {
    guard let part, part.range != whole.part?.range else { return }
    self.part = part
    hops = whole.hops.filter { hop in
      guard let unit = part.space.range(of: hop.observation) else { return false }
      return unit.lowerBound <= part.range.lowerBound && unit.upperBound >= part.range.upperBound
    }
  }
}
