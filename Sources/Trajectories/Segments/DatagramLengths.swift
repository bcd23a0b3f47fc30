import Packets

/// The length of the datagrams in UDP units, by flow.
///
/// A unit and its first segment have one identification and begin with the same octets: the smaller one's payload is
/// the length. The short last segment of the unit before may have that identification, too. Where the smaller one is a
/// smaller unit itself, the unit that the same octets end with tells it by its identification.
struct DatagramLengths {
  private struct Entry {
    var endpoints: UInt64 = 0
    var length = 0
  }

  private static let capacity = 1024
  /// Payloads that no single packet has, by Ethernet's largest usual frames.
  private static let longestDatagram = 9000
  /// UDP_MAX_SEGMENTS of Linux.
  private static let mostSegments = 128
  private var entries: [Entry] = Array(repeating: Entry(), count: capacity)

  /// The length for a row's flow by the rows found around it, or as it was before; 0 if unknown.
  mutating func find(
    for head: Observation, among slots: [ObservationWindow.Slot],
    in window: borrowing ObservationWindow
  ) -> Int {
    let endpoints = head.endpointsHash
    let place = Int(truncatingIfNeeded: endpoints) & (Self.capacity - 1)
    var length = 0
    var longest = Int(head.payloadLength)
    for slot in slots {
      let row = window[slot]
      guard row.isIdentifiedDatagram, row.identification == head.identification,
        row.payloadLength != head.payloadLength, row.sharesEnd(with: head), row.mayBeginLike(head)
      else { continue }
      longest = max(longest, Int(row.payloadLength))
      let shorter = Int(min(row.payloadLength, head.payloadLength))
      if length == 0 || shorter < length { length = shorter }
    }
    if length > Self.longestDatagram {
      length = lengthOfSegments(
        in: length, of: head, endingAt: longest, among: slots, in: window)
    }
    if length > 0 { entries[place] = Entry(endpoints: endpoints, length: length) }
    return known(for: head)
  }

  /// The length of the segments in a unit that begins with `head`'s first octet, by another that ends with
  /// the last one of both; 0 if there is none.
  private func lengthOfSegments(
    in unit: Int, of head: Observation, endingAt end: Int, among slots: [ObservationWindow.Slot],
    in window: borrowing ObservationWindow
  ) -> Int {
    for slot in slots {
      let row = window[slot]
      let count = Int(row.identification &- head.identification)
      guard row.isIdentifiedDatagram, row.sharesEnd(with: head),
        (1...Self.mostSegments).contains(count)
      else { continue }
      let (length, rest) = (end - Int(row.payloadLength)).quotientAndRemainder(dividingBy: count)
      if rest == 0 && (1...Self.longestDatagram).contains(length) && unit % length == 0 {
        return length
      }
    }
    return 0
  }

  /// The length that was found for a row's flow; 0 if unknown.
  func known(for row: Observation) -> Int {
    let endpoints = row.endpointsHash
    let entry = entries[Int(truncatingIfNeeded: endpoints) & (Self.capacity - 1)]
    return entry.endpoints == endpoints ? entry.length : 0
  }
}

extension Observation {
  /// Whether source or destination, with its port, is the other's: translation mostly changes only one.
  func sharesEnd(with other: Observation) -> Bool {
    source == other.source && sourcePort == other.sourcePort
      || destination == other.destination && destinationPort == other.destinationPort
  }

  /// Whether the payloads of two datagrams may begin with the same octets.
  func mayBeginLike(_ other: Observation) -> Bool {
    sequence == other.sequence
      || payloadLength != other.payloadLength
        && min(payloadLength, other.payloadLength) < UInt32(DigestLengths.longest)
  }
}
