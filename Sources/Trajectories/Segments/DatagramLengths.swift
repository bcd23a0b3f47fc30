/// The length of the datagrams in UDP units, by flow.
///
/// A unit and its first segment have one identification: the smaller one's payload is the length.
struct DatagramLengths {
  private struct Entry {
    var endpoints: UInt64 = 0
    var length = 0
  }

  private static let capacity = 1024
  private var entries: [Entry] = Array(repeating: Entry(), count: capacity)

  /// The length for a row's flow by the rows found around it, or as it was before; 0 if unknown.
  mutating func find(
    for head: Observation, among slots: [ObservationWindow.Slot],
    in window: borrowing ObservationWindow
  ) -> Int {
    let endpoints = head.endpointsHash
    let place = Int(truncatingIfNeeded: endpoints) & (Self.capacity - 1)
    var length = 0
    for slot in slots {
      let row = window[slot]
      guard row.isIdentifiedDatagram, row.identification == head.identification,
        row.payloadLength != head.payloadLength, row.sharesEnd(with: head)
      else { continue }
      let shorter = Int(min(row.payloadLength, head.payloadLength))
      if length == 0 || shorter < length { length = shorter }
    }
    if length > 0 { entries[place] = Entry(endpoints: endpoints, length: length) }
    return known(for: head)
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
}
